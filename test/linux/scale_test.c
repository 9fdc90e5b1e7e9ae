// SPDX-License-Identifier: BSD-2-Clause
/*
 * Many regions, and regions of awkward shape, through the bare ioctl: where a
 * buffer begins and ends inside its pages, the same pages again and again,
 * pages in no order at all.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/pattern.h>
#include <client/service.h>

#include "tap.h"

#define MANY	  10000u
#define SAME	  1000u
#define SCATTERED (64u << 20)
#define PIECE	  (64u * 1024)
#define PIECES	  256u

static void many_regions(const struct service *service)
{
	size_t size = (size_t)MANY * MEMORY_PAGE_SIZE;
	uint8_t *memory = memory_alloc(size);
	struct tee_shm *shm = calloc(MANY, sizeof(*shm));
	unsigned int count = 0;
	unsigned int wrong = 0;

	while (count < MANY &&
	       tee_ok(service_register(service, memory + (size_t)count * 4096,
				       4096, &shm[count])))
		count++;
	tap_claim(count == MANY, "%u regions are registered at once", MANY);
	for (unsigned int i = 0; i < count; i++)
		wrong += !tee_ok(service_fill(service, memref_whole(&shm[i]),
					      (uint8_t)i));
	for (unsigned int i = 0; i < count; i++)
		wrong += pattern_check(memory + (size_t)i * 4096, 4096,
				       (uint8_t)i, 1) != 4096;
	tap_claim(wrong == 0, "each of them reaches its own page");
	/* Every other one first, then the rest backwards. */
	for (unsigned int i = 0; i < count; i += 2)
		tee_unregister(&shm[i]);
	for (unsigned int i = count - count % 2; i > 1; i -= 2) {
		uint64_t sum;

		wrong += !tee_ok(service_checksum(
			service, memref_whole(&shm[i - 1]), &sum));
		tee_unregister(&shm[i - 1]);
	}
	tap_claim(wrong == 0, "those left work while others go");
	free(shm);
	memory_free(memory, size);
}

/* Pages with the byte 0x11 all over, of which `size` from `offset` are used. */
static bool awkward(const struct service *service, uint8_t *memory,
		    uint64_t room, uint64_t offset, uint64_t size)
{
	struct tee_shm shm;
	bool ok;

	memset(memory, 0x11, room);
	if (!tee_ok(service_register(service, memory + offset, size, &shm)))
		return false;
	ok = tee_ok(service_fill(service, (struct memref){ &shm, 0, size },
				 1)) &&
	     pattern_check(memory + offset, size, 1, 1) == size &&
	     pattern_check(memory, offset, 0x11, 0) == offset &&
	     pattern_check(memory + offset + size, room - offset - size, 0x11,
			   0) == room - offset - size;
	tee_unregister(&shm);
	return ok;
}

static void awkward_edges(const struct service *service)
{
	static const uint64_t offset[] = { 0, 1, 0x123, 2048, 4095 };
	static const uint64_t size[] = { 1,    2,    4095,   4096,
					 4097, 6000, 100000, 511 * 4096 };
	uint64_t room = 520 * MEMORY_PAGE_SIZE;
	uint8_t *memory = memory_alloc(room);
	unsigned int wrong = 0;

	for (size_t i = 0; i < 5; i++) {
		for (size_t j = 0; j < 8; j++)
			wrong += !awkward(service, memory, room, offset[i],
					  size[j]);
	}
	tap_claim(wrong == 0,
		  "buffers may begin and end anywhere in their pages, and "
		  "nothing around them is touched");
	memory_free(memory, room);
}

static void same_page(const struct service *service)
{
	uint8_t *memory = memory_alloc(2 * MEMORY_PAGE_SIZE);
	struct tee_shm shm[SAME];
	unsigned int wrong = 0;
	unsigned int count = 0;
	uint64_t expected;

	pattern_scramble(memory, 2 * MEMORY_PAGE_SIZE, 4);
	expected = pattern_sum(memory + 100, 5000);
	while (count < SAME && tee_ok(service_register(service, memory + 100,
						       5000, &shm[count])))
		count++;
	tap_claim(count == SAME, "the same pages are registered %u times",
		  SAME);
	for (unsigned int i = 0; i < count; i++) {
		uint64_t sum;

		wrong += !tee_ok(service_checksum(
				 service, (struct memref){ &shm[i], 0, 5000 },
				 &sum)) ||
			 sum != expected;
		tee_unregister(&shm[i]);
	}
	tap_claim(wrong == 0, "each registration of them works to its end");
	memory_free(memory, 2 * MEMORY_PAGE_SIZE);
}

/* One region whose list names the same 16 pages 256 times. */
static void repeated_pages(const struct service *service)
{
	int file = memfd_create("repeated", MFD_CLOEXEC);
	uint8_t *memory = memory_alloc((size_t)PIECES * PIECE);
	struct tee_shm shm;
	uint64_t sum;

	if (file < 0 || ftruncate(file, PIECE) != 0 || !memory)
		tap_bail("Linux makes a file in memory");
	for (size_t i = 0; i < PIECES; i++) {
		if (mmap(memory + i * PIECE, PIECE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED)
			tap_bail("Linux maps a file many times");
	}
	pattern_scramble(memory, PIECE, 8);
	if (tap_success(service_register(service, memory, PIECES * PIECE, &shm),
			"a region may name a page %u times", PIECES)) {
		tap_claim(tee_ok(service_checksum(service, memref_whole(&shm),
						  &sum)) &&
				  sum == pattern_sum(memory, PIECE) * PIECES,
			  "its sum counts each of them");
		tee_unregister(&shm);
	}
	memory_free(memory, (size_t)PIECES * PIECE);
	close(file);
}

static void scattered(const struct service *service)
{
	uint8_t *memory = memory_alloc_scattered(SCATTERED, SCATTERED);
	struct tee_shm shm;
	uint64_t sum;

	if (!memory)
		tap_bail("Linux gives scattered pages");
	tap_claim(memory_run_count(memory, SCATTERED) == SCATTERED / 4096,
		  "64 MiB are scattered: every page is a run of its own");
	pattern_scramble(memory, SCATTERED, 6);
	if (!tap_success(service_register(service, memory, SCATTERED, &shm),
			 "they are registered"))
		return;
	tap_claim(tee_ok(service_checksum(service, memref_whole(&shm), &sum)) &&
			  sum == pattern_sum(memory, SCATTERED),
		  "their sum is right");
	tap_claim(tee_ok(service_fill(service, memref_whole(&shm), 200)) &&
			  pattern_check(memory, SCATTERED, 200, 1) == SCATTERED,
		  "every byte is filled");
	tap_claim(tee_ok(service_reverse(service, memref_whole(&shm))) &&
			  pattern_check(memory, SCATTERED, 199, -1) ==
				  SCATTERED,
		  "and put into reverse order");
	tee_unregister(&shm);
	memory_free(memory, SCATTERED);
}

/* What the driver allocates itself, in one piece, and a program maps. */
static void kernel_memory(const struct service *service)
{
	struct tee_ioctl_shm_alloc_data data = { .size = 1u << 20 };
	int fd = ioctl(service->tee.fd, TEE_IOC_SHM_ALLOC, &data);
	struct tee_shm shm = { .fd = fd, .id = data.id, .size = data.size };
	uint8_t *memory;

	if (!tap_claim(fd >= 0, "the driver allocates 1 MiB"))
		return;
	memory =
		mmap(NULL, shm.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	tap_claim(
		memory != MAP_FAILED &&
			tee_ok(service_fill(service, memref_whole(&shm), 33)) &&
			pattern_check(memory, shm.size, 33, 1) == shm.size,
		"it is filled and read through a mapping");
	munmap(memory, shm.size);
	tee_unregister(&shm);
}

int main(void)
{
	struct service service;

	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	if (!memory_raise_limits(MANY + 1000))
		tap_bail("this many files may be open");
	kernel_memory(&service);
	many_regions(&service);
	awkward_edges(&service);
	same_page(&service);
	repeated_pages(&service);
	scattered(&service);
	service_fini(&service);
	return tap_done();
}

// SPDX-License-Identifier: BSD-2-Clause
/* Memory that cannot be shared: refused, with nothing left behind. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/stats.h>

#include "tap.h"

#define ROOM (16u * MEMORY_PAGE_SIZE)
/* The second flash bank of the virt machine; no driver claims it. */
#define DEVICE_AT 0x04000000

static void refused(const struct service *service, const void *memory,
		    uint64_t size, const char *what)
{
	struct tee_shm shm;
	struct tee_result result =
		service_register(service, memory, size, &shm);

	tap_claim(result.err != 0, "%s is refused (errno %d)", what,
		  result.err);
	if (result.err == 0)
		tee_unregister(&shm);
}

static void bad_ranges(const struct service *service, uint8_t *memory)
{
	refused(service, memory, 0, "size 0");
	refused(service, memory, UINT64_MAX, "a size that wraps around");
	refused(service, memory + 1, UINT64_MAX - 4096, "nearly everything");
	refused(service, NULL, 4096, "address 0");
	refused(service, (void *)0xffff000040000000, 4096, "a kernel address");
	refused(service, (void *)0x7f00000000, 2ull << 30, "2 GiB of nothing");
}

static void bad_memory(const struct service *service, uint8_t *memory)
{
	uint8_t *part = memory + 4 * MEMORY_PAGE_SIZE;

	mprotect(part, MEMORY_PAGE_SIZE, PROT_READ);
	refused(service, part, 1, "read-only memory");
	refused(service, memory, ROOM, "a buffer with a read-only page");
	mprotect(part, MEMORY_PAGE_SIZE, PROT_NONE);
	refused(service, memory, ROOM, "a buffer with a forbidden page");
	munmap(part, MEMORY_PAGE_SIZE);
	refused(service, memory, ROOM, "a buffer with a hole");
}

static void device_memory(const struct service *service)
{
	int file = open("/dev/mem", O_RDWR | O_SYNC);
	void *device = mmap(NULL, MEMORY_PAGE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED, file, DEVICE_AT);

	if (device == MAP_FAILED)
		tap_note("this kernel maps no devices for user space");
	else
		refused(service, device, MEMORY_PAGE_SIZE, "a device");
	close(file);
}

static void flags(const struct service *service, const void *memory)
{
	struct tee_ioctl_shm_register_data data = {
		.addr = (uintptr_t)memory,
		.length = MEMORY_PAGE_SIZE,
		.flags = 1,
	};

	tap_claim(ioctl(service->tee.fd, TEE_IOC_SHM_REGISTER, &data) < 0 &&
			  errno == EINVAL,
		  "unknown flags are refused");
}

int main(void)
{
	struct service service;
	struct stats stats;
	struct stats_record before;
	uint8_t *memory = memory_alloc(ROOM);

	if (!tee_ok(service_init(&service)) ||
	    !tee_ok(stats_init(&stats, &service)) ||
	    !tee_ok(stats_read(&stats)))
		tap_bail("the accounts can be read");
	before = *stats_first(&stats);
	bad_ranges(&service, memory);
	flags(&service, memory);
	device_memory(&service);
	bad_memory(&service, memory);
	stats_read(&stats);
	tap_claim(stats_first(&stats)->regions == before.regions &&
			  stats_first(&stats)->pages == before.pages,
		  "nothing of what was refused is mapped");
	stats_fini(&stats);
	service_fini(&service);
	return tap_done();
}

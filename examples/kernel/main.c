// SPDX-License-Identifier: BSD-2-Clause
/*
 * A secure kernel that uses memory of the normal world and a device by way of
 * libdynshm. There is no normal world here: this program plays it as well,
 * through a mapping of its RAM, and each step says whether it went as it
 * should.
 */
#include "kernel.h"

#include <dynshm/lookup.h>
#include <dynshm/region.h>

#define POOL_PAGES 256u
#define WINDOW	   (UINT64_C(1) << 39) /* the root's second descriptor */
#define COOKIE	   7u
#define PAGES	   40u
#define LIST	   (NORMAL_RAM + 0x08000000)
#define DATA	   (NORMAL_RAM + 0x10000000)

void kernel_main(void);

static struct shm shm;
static struct guest *guest;
static unsigned int passed, failed;

static void step(int ok, const char *what)
{
	print(ok ? "ok      " : "FAILED  ");
	print(what);
	print("\n");
	if (ok)
		passed++;
	else
		failed++;
}

/* What the library is given: a pool, a root table, and who owns what. */
static enum shm_status start_library(void *pool)
{
	static const struct pa_range ram = { NORMAL_RAM,
					     NORMAL_RAM + NORMAL_RAM_SIZE - 1 };
	static const struct shm_fixed fixed[] = {
		{ SECURE_RAM, SECURE_RAM_SIZE, SHM_MEM_CACHED },
		{ UART, SHM_PAGE_SIZE, SHM_MEM_DEVICE },
	};
	struct shm_config config = {
		.pool = pool,
		.pool_pa = (uintptr_t)pool,
		.pool_size = POOL_PAGES * SHM_PAGE_SIZE,
		.ram = &ram,
		.ram_count = 1,
		.window = { WINDOW, 3 * WINDOW - 1 },
		.calls_per_guest = 1,
		.fixed = fixed,
		.fixed_count = 2,
		.pa_bits = 40,
	};

	__asm__ volatile("mrs %0, ttbr0_el1" : "=r"(config.root));
	return shm_init(&shm, &config);
}

/* The normal world's part: every third page, and a list of them. */
static void write_list(void)
{
	uint64_t *list = (uint64_t *)LIST;

	for (uint64_t i = 0; i < PAGES; i++) {
		list[i] = DATA + 3 * i * SHM_PAGE_SIZE;
		*(volatile uint64_t *)list[i] = i * i;
	}
}

/* A call of the guest that registers: begin, map in slices, publish. */
static enum shm_status register_list(struct region **out)
{
	struct region_request request = { COOKIE, PAGES * SHM_PAGE_SIZE, 0 };
	struct region *replaced;
	struct page_list list;
	enum shm_status st = region_create(guest->holdings, &request, out);

	if (st != SHM_OK)
		return st;
	page_list_init(&list, guest->holdings, 0, LIST, PAGES);
	do
		st = region_map_slice(*out, &list);
	while (st == SHM_INTERRUPTED);
	call_page_unmap(guest->holdings, 0, CALL_PAGE_LIST);
	if (st == SHM_OK)
		st = region_commit(*out, false, &replaced);
	if (st == SHM_OK)
		return st;
	region_leave(*out);
	while (region_take_apart(*out) == SHM_INTERRUPTED)
		;
	return st;
}

static int reads_right(const struct region *region)
{
	for (uint64_t i = 0; i < PAGES; i++) {
		uint64_t word = 0;

		if (!access_read(&word,
				 region_address(region, i * SHM_PAGE_SIZE),
				 sizeof(word)) ||
		    word != i * i)
			return 0;
	}
	return 1;
}

static void use_memory(void)
{
	struct region *region;
	struct shm_va_info info;
	uint64_t word = 0x1234;
	va_t va;

	write_list();
	step(register_list(&region) == SHM_OK, "a list of 40 pages is mapped");
	va = region_address(region, 0);
	print("        in a row from ");
	print_hex(va);
	print(" on\n");
	step(reads_right(region), "all pages hold what was written there");
	step(access_write(va, &word, sizeof(word)) &&
		     *(volatile uint64_t *)DATA == word,
	     "what is written here arrives there");
	step(shm_find_va(&shm, va + 5 * SHM_PAGE_SIZE, &info) &&
		     info.pa == DATA + 15 * SHM_PAGE_SIZE &&
		     info.kind == SHM_VA_SHARED,
	     "the sixth page is known by its address");
	step(region_get_to_leave(guest->holdings, COOKIE, &region) == SHM_OK,
	     "the normal world takes it back");
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
	step(!access_read(&word, va, sizeof(word)),
	     "nothing is there any more, and the fault was mended");
}

/* Of a PrimeCell: who made it, and which part it is. */
static uint32_t part_number(va_t base)
{
	uint32_t low = *(volatile uint32_t *)(base + 0xfe0) & 0xff;

	return (*(volatile uint32_t *)(base + 0xfe4) & 0xf) << 8 | low;
}

static void use_devices(void)
{
	va_t clock = 0, gpio = 0, other = 0;

	step(shm_ioremap(&shm, CLOCK, SHM_PAGE_SIZE, SHM_MEM_DEVICE, &clock) ==
			     SHM_OK &&
		     part_number(clock) == 0x31,
	     "the clock is mapped and says so");
	print("        it is ");
	print_number(*(volatile uint32_t *)clock);
	print(" seconds\n");
	step(shm_ioremap(&shm, GPIO, SHM_PAGE_SIZE, SHM_MEM_DEVICE, &gpio) ==
			     SHM_OK &&
		     part_number(gpio) == 0x61,
	     "so is the GPIO, which the normal world cannot see");
	step(shm_ioremap(&shm, CLOCK, 4, SHM_MEM_UNCACHED, &other) ==
		     SHM_CONFLICT,
	     "no page has two memory types");
	step(shm_ioremap(&shm, DATA, 4, SHM_MEM_DEVICE, &other) ==
		     SHM_BAD_ADDRESS,
	     "the normal world's RAM is no device");
	step(shm_iounmap(&shm, clock) == SHM_OK &&
		     shm_iounmap(&shm, gpio) == SHM_OK &&
		     shm_iounmap(&shm, gpio) == SHM_BAD_ADDRESS,
	     "both are given back, once");
}

void kernel_main(void)
{
	size_t pages;
	uint64_t level;
	void *pool;

	page_init();
	pages = page_free_count();
	pool = page_alloc(POOL_PAGES);
	step(pool != NULL && start_library(pool) == SHM_OK,
	     "the library has a pool of 1 MiB");
	level = meta_pool_free_bytes(&shm.pool);
	step(guest_create(&shm, 0, &guest) == SHM_OK &&
		     guest_prepare(&shm, guest) == SHM_OK,
	     "there is a guest");
	use_memory();
	use_devices();
	guest_cut_off(&shm, guest);
	guest_destroy(&shm, guest);
	while (corpse_drain(&shm) == SHM_INTERRUPTED)
		;
	step(meta_pool_free_bytes(&shm.pool) == level,
	     "the pool is at its level again");
	step(lock_count() > 0, "it was the kernel's own lock");
	page_free(pool, POOL_PAGES);
	step(page_free_count() == pages, "and all pages are the kernel's");
	print_number(passed);
	print(" passed, ");
	print_number(failed);
	print(" failed\n");
	machine_exit(failed != 0);
}

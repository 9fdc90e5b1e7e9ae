// SPDX-License-Identifier: BSD-2-Clause
/* The machine that tests of the library and of the interface run on. */
#include "world.h"

#include <stdlib.h>

static const struct pa_range world_ram[] = {
	{ WORLD_RAM_PA, WORLD_RESERVED_PA - 1 },
	{ WORLD_RAM2_PA, WORLD_RAM2_END - 1 },
	{ WORLD_RAM3_PA, WORLD_RAM3_END - 1 },
	{ WORLD_HIGH_PA, WORLD_HIGH_END - 1 },
};

#define RAM_COUNT (sizeof(world_ram) / sizeof(world_ram[0]))

static bool has_tlb_ranges;

void world_set_tlb_ranges(bool has)
{
	has_tlb_ranges = has;
}

struct va_range world_window(void)
{
	return (struct va_range){ WORLD_WINDOW, WORLD_WINDOW_LAST };
}

void world_start_machine(uint64_t pool_size)
{
	sim_reset();
	sim_tlb_set_ranges(has_tlb_ranges);
	for (size_t i = 0; i < RAM_COUNT; i++)
		sim_add_range(SIM_RAM, world_ram[i].first,
			      world_ram[i].last - world_ram[i].first + 1);
	sim_add_range(SIM_RESERVED, WORLD_RESERVED_PA,
		      WORLD_RAM2_PA - WORLD_RESERVED_PA);
	sim_add_range(SIM_DEVICE, WORLD_DEVICE_PA, 0x200000);
	sim_add_range(SIM_DEVICE, WORLD_PCI_PA, UINT64_C(512) << 20);
	sim_add_range(SIM_SECURE, WORLD_ROOT_PA, WORLD_ROOT_SIZE);
	sim_add_range(SIM_SECURE, WORLD_POOL_PA, pool_size);
	sim_mmu_set_root(sim_pointer(WORLD_ROOT_PA));
	sim_interrupts_open(true);
}

struct shm_config world_config(uint64_t pool_size, uint32_t calls)
{
	return (struct shm_config){
		.pool = sim_pointer(WORLD_POOL_PA),
		.pool_pa = WORLD_POOL_PA,
		.pool_size = pool_size,
		.ram = world_ram,
		.ram_count = RAM_COUNT,
		.root = sim_pointer(WORLD_ROOT_PA),
		.va_bits = SIM_VA_BITS,
		.window = world_window(),
		.calls_per_guest = calls,
	};
}

void world_start(struct shm *shm, uint64_t pool_size, uint32_t calls)
{
	struct shm_config config;

	world_start_machine(pool_size);
	config = world_config(pool_size, calls);
	if (shm_init(shm, &config) != SHM_OK)
		abort();
}

static bool count_leaf(void *arg, const struct sim_mapping *leaf)
{
	*(uint64_t *)arg += leaf->size / SHM_PAGE_SIZE;
	return true;
}

uint64_t world_leaf_count(void)
{
	uint64_t count = 0;

	sim_walk_leaves(world_window(), count_leaf, &count);
	return count;
}

static bool hash_leaf(void *arg, const struct sim_mapping *leaf)
{
	uint64_t *hash = arg;
	uint64_t bits = (uint64_t)leaf->ns | (uint64_t)leaf->read_only << 1 |
			(uint64_t)leaf->executable << 2 | leaf->attr << 3;

	*hash = (*hash ^ leaf->va) * UINT64_C(0x100000001b3);
	*hash = (*hash ^ leaf->pa ^ leaf->size) * UINT64_C(0x100000001b3);
	*hash = (*hash ^ bits) * UINT64_C(0x100000001b3);
	return true;
}

uint64_t world_tables_hash(void)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ sim_table_count();

	sim_walk_leaves(world_window(), hash_leaf, &hash);
	return hash;
}

void world_copy(void *to, const void *from, size_t size)
{
	uint64_t *out = to;
	const uint64_t *in = from;

	for (size_t i = 0; i < size / 8; i++)
		__atomic_store_n(&out[i],
				 __atomic_load_n(&in[i], __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
}

static void write_word(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

pa_t world_write_list(unsigned int at, const pa_t *pages, uint64_t count)
{
	pa_t list = WORLD_LISTS_PA + at * SHM_PAGE_SIZE;
	pa_t page = list;
	uint64_t done = 0;

	do {
		uint64_t *words = sim_pointer(page);
		unsigned int i = 0;

		for (; i < WORLD_LIST_ENTRIES && done < count; i++)
			write_word(&words[i], pages[done++]);
		page += SHM_PAGE_SIZE;
		/* A link to read at one's own peril, unless more follows. */
		write_word(&words[WORLD_LIST_ENTRIES],
			   done < count ? page : UINT64_C(0xdead0000beef0123));
	} while (done < count);
	return list;
}

void world_scatter(pa_t *pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		pages[i] = WORLD_HIGH_PA + i * 3 % 4096 * SHM_PAGE_SIZE;
}

// SPDX-License-Identifier: BSD-2-Clause
/* Building the manager, and the secure kernel's own mappings. */
#include <dynshm/shm.h>

#include <dynshm/guest.h>
#include <dynshm/ioremap.h>
#include <dynshm/region.h>
#include <dynshm/session.h>

#include "holdings.h"
#include "io_tree.h"
#include "window.h"

static enum shm_status check_config(const struct shm_config *config)
{
	if (!shm_page_aligned((uintptr_t)config->pool) ||
	    !shm_page_aligned(config->pool_pa))
		return SHM_BAD_ADDRESS;
	if (config->pool_size == 0 || !shm_page_aligned(config->pool_size) ||
	    config->pool_size >> SHM_PAGE_SHIFT >
		    UINT32_C(1) << (32 - PT_PAGE_BITS))
		return SHM_BAD_SIZE;
	if (config->pa_bits > PT_PAGE_PA_BITS)
		return SHM_BAD_SIZE;
	if (config->calls_per_guest == 0 ||
	    config->calls_per_guest * CALL_PAGE_COUNT > PT_ENTRY_COUNT / 2)
		return SHM_BAD_SIZE;
	return windows_check(config);
}

static void init_caches(struct shm *shm)
{
	meta_cache_init(&shm->guest_cache, sizeof(struct guest));
	meta_cache_init(&shm->io_cache, sizeof(struct io_mapping));
	meta_cache_init(&shm->leaf_cache, PT_TABLE_BYTES);
	meta_cache_init(&shm->pool.basic, sizeof(struct holdings));
}

static enum shm_status add_fixed(struct shm *shm,
				 const struct shm_config *config)
{
	enum shm_status st = io_tree_add_fixed(
		shm, config->pool_pa, config->pool_size, SHM_MEM_SECURE);

	for (size_t i = 0; st == SHM_OK && i < config->fixed_count; i++) {
		const struct shm_fixed *fixed = &config->fixed[i];

		st = io_tree_add_fixed(shm, fixed->first, fixed->size,
				       fixed->type);
	}
	return st;
}

static pa_t highest_pa(const struct shm_config *config)
{
	uint32_t bits =
		config->pa_bits == 0 ? PT_PAGE_PA_BITS : config->pa_bits;

	return (UINT64_C(1) << bits) - 1;
}

enum shm_status shm_init(struct shm *shm, const struct shm_config *config)
{
	enum shm_status st = check_config(config);

	if (st != SHM_OK)
		return st;
	*shm = (struct shm){
		.calls_per_guest = config->calls_per_guest,
		.guest_tables = config->guest_tables == 0
					? SHM_GUEST_TABLES
					: config->guest_tables,
		.highest_pa = highest_pa(config),
		.has_tlb_ranges = cpu_has_tlb_ranges(),
		.budget = config->budget,
		.live_split = cpu_replaces_live(),
	};
	shm->corpses_end = &shm->corpses;
	rb_init(&shm->guests, NULL);
	io_tree_init(shm);
	meta_pool_init(&shm->pool, config->pool, config->pool_pa,
		       config->pool_size);
	init_caches(shm);
	st = pa_index_init(&shm->index, &shm->pool, config->ram,
			   config->ram_count);
	if (st == SHM_OK)
		st = holdings_create(shm, SHM_MEM_SECURE, NULL, &shm->kernel);
	if (st == SHM_OK)
		st = windows_init(shm, config);
	if (st == SHM_OK)
		st = add_fixed(shm, config);
	return st;
}

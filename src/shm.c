// SPDX-License-Identifier: BSD-2-Clause
/* Building the manager, and the secure kernel's own mappings. */
#include <dynshm/shm.h>

#include <dynshm/guest.h>
#include <dynshm/ioremap.h>
#include <dynshm/region.h>
#include <dynshm/session.h>

#include "holdings.h"
#include "io_tree.h"
#include "space.h"
#include "table.h"

/* Windows with room, as shm.h says: how large, and what small slots get. */
#define ROOMY_SIZE	(UINT64_C(64) << 30)
#define ROOMY_ALIGN	(UINT64_C(1) << 30)
#define SMALL_SLOTS_MAX (UINT64_C(512) << 30)

static unsigned int config_va_bits(const struct shm_config *config)
{
	return config->va_bits == 0 ? PT_VA_BITS_MAX : config->va_bits;
}

/* Whole descriptors of the root, below 2^va_bits. */
static bool window_is_whole(unsigned int root_level, unsigned int va_bits,
			    struct va_range window)
{
	uint64_t span = table_entry_span(root_level);

	return window.first <= window.last && window.last >> va_bits == 0 &&
	       ((window.first | (window.last + 1)) & (span - 1)) == 0;
}

static enum shm_status check_config(const struct shm_config *config)
{
	unsigned int va_bits = config_va_bits(config);

	if (!shm_page_aligned((uintptr_t)config->pool) ||
	    !shm_page_aligned(config->pool_pa))
		return SHM_BAD_ADDRESS;
	if (config->pool_size == 0 || !shm_page_aligned(config->pool_size) ||
	    config->pool_size >> SHM_PAGE_SHIFT >
		    UINT32_C(1) << (32 - PT_PAGE_BITS))
		return SHM_BAD_SIZE;
	if (va_bits < PT_VA_BITS_MIN || va_bits > PT_VA_BITS_MAX)
		return SHM_BAD_SIZE;
	if (!window_is_whole(pt_first_level(va_bits), va_bits, config->window))
		return SHM_BAD_ADDRESS;
	if (config->pa_bits > PT_PAGE_PA_BITS)
		return SHM_BAD_SIZE;
	if (config->calls_per_guest == 0 ||
	    config->calls_per_guest * CALL_PAGE_COUNT > PT_ENTRY_COUNT / 2)
		return SHM_BAD_SIZE;
	return SHM_OK;
}

static void init_caches(struct shm *shm)
{
	meta_cache_init(&shm->guest_cache, sizeof(struct guest));
	meta_cache_init(&shm->io_cache, sizeof(struct io_mapping));
	meta_cache_init(&shm->leaf_cache, PT_TABLE_BYTES);
	meta_cache_init(&shm->window_cache, sizeof(struct va_window));
	meta_cache_init(&shm->pool.basic, sizeof(struct holdings));
}

static void init_root(struct shm *shm, const struct shm_config *config)
{
	unsigned int va_bits = config_va_bits(config);
	struct va_range window = config->window;

	shm->root.entries = config->root;
	shm->root.level = (uint8_t)pt_first_level(va_bits);
	shm->va_bits = (uint8_t)va_bits;
	shm->roomy = shm->root.level + 2u <= PT_LEAF_LEVEL &&
		     va_range_size(window) >= ROOMY_SIZE &&
		     window.first % ROOMY_ALIGN == 0;
}

/* A window of slots of one kind. shm->lock held, or at init. */
static enum shm_status open_window(struct shm *shm, bool small,
				   struct va_range range)
{
	struct account *account = &shm->kernel->account;
	uint32_t bytes = shm->window_cache.object_size;
	struct va_window *window =
		meta_object_alloc(&shm->pool, &shm->window_cache, NULL);
	enum shm_status st;

	if (window == NULL)
		return SHM_NO_METADATA;
	st = space_open_window(shm, window, small, range);
	if (st != SHM_OK)
		meta_object_free(&shm->pool, &shm->window_cache, window, NULL);
	else
		/* The kernel has no ceiling. */
		(void)account_charge(account, RESOURCE_METADATA, bytes);
	return st;
}

/* With room, the first quarter is for small slots. */
static enum shm_status open_first_window(struct shm *shm,
					 struct va_range window)
{
	uint64_t size = va_range_size(window) / 4 & ~(ROOMY_ALIGN - 1);
	struct va_range small = window;
	enum shm_status st;

	if (!shm->roomy)
		return open_window(shm, false, window);
	if (size > SMALL_SLOTS_MAX)
		size = SMALL_SLOTS_MAX;
	small.last = small.first + size - 1;
	window.first = small.last + 1;
	st = open_window(shm, true, small);
	return st == SHM_OK ? open_window(shm, false, window) : st;
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
		.highest_pa = highest_pa(config),
		.budget = config->budget,
	};
	shm->corpses_end = &shm->corpses;
	init_root(shm, config);
	rb_init(&shm->guests, NULL);
	io_tree_init(shm);
	va_pool_init(&shm->small_slots);
	va_pool_init(&shm->large_slots);
	meta_pool_init(&shm->pool, config->pool, config->pool_pa,
		       config->pool_size);
	init_caches(shm);
	st = pa_index_init(&shm->index, &shm->pool, config->ram,
			   config->ram_count);
	if (st == SHM_OK)
		st = holdings_create(shm, SHM_MEM_SECURE, NULL, &shm->kernel);
	if (st == SHM_OK)
		st = open_first_window(shm, config->window);
	if (st == SHM_OK)
		st = add_fixed(shm, config);
	return st;
}

enum shm_status shm_add_window(struct shm *shm, struct va_range range)
{
	enum shm_status st;
	cpu_irq_t irq;

	if (!window_is_whole(shm->root.level, shm->va_bits, range) ||
	    (shm->roomy && (range.first | (range.last + 1)) % ROOMY_ALIGN != 0))
		return SHM_BAD_ADDRESS;
	irq = spin_lock(&shm->lock);
	st = open_window(shm, false, range);
	spin_unlock(&shm->lock, irq);
	return st;
}

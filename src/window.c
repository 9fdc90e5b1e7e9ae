// SPDX-License-Identifier: BSD-2-Clause
/*
 * The windows that slots are made in: what is open from the start, what the
 * kernel adds later, and what opens by itself when the rest is full. Windows
 * that touch act as one (va_pool.h), so it does not matter to slots how the
 * space came.
 */
#include "window.h"

#include <dynshm/guest.h>

#include "slot.h"
#include "table.h"

/* Windows with room, as shm.h says: how large, and what small slots get. */
#define ROOMY_SIZE	(UINT64_C(64) << 30)
#define ROOMY_ALIGN	(UINT64_C(1) << 30)
#define SMALL_SLOTS_MAX (UINT64_C(512) << 30)

struct window {
	struct va_window va;
	struct window *next; /* of shm->spare_windows */
};

static unsigned int config_va_bits(const struct shm_config *config)
{
	return config->va_bits == 0 ? PT_VA_BITS_MAX : config->va_bits;
}

static bool grows(const struct shm_config *config)
{
	return config->growth_step != 0;
}

static bool config_is_roomy(const struct shm_config *config)
{
	uint64_t size = va_range_size(config->window);

	if (grows(config))
		size += va_range_size(config->growth);
	return pt_first_level(config_va_bits(config)) + 2u <= PT_LEAF_LEVEL &&
	       size >= ROOMY_SIZE && config->window.first % ROOMY_ALIGN == 0;
}

/* What windows and their growth are made of. */
static uint64_t unit(bool roomy)
{
	return roomy ? ROOMY_ALIGN : LEAF_SIZE;
}

/* Whole pieces of `span` bytes, below 2^va_bits. */
static bool range_is_whole(uint64_t span, unsigned int va_bits,
			   struct va_range range)
{
	return range.first <= range.last && range.last >> va_bits == 0 &&
	       ((range.first | (range.last + 1)) & (span - 1)) == 0;
}

/* Whole descriptors of the root, one of which may serve both. */
static bool growth_is_whole(uint64_t span, unsigned int va_bits,
			    struct va_range window, struct va_range growth)
{
	struct va_range both = { window.first, growth.last };

	if (window.last + 1 == growth.first)
		return range_is_whole(span, va_bits, both);
	return range_is_whole(span, va_bits, window) &&
	       range_is_whole(span, va_bits, growth);
}

static enum shm_status check_growth(const struct shm_config *config)
{
	struct va_range window = config->window;
	struct va_range growth = config->growth;
	unsigned int va_bits = config_va_bits(config);
	uint64_t span = table_entry_span(pt_first_level(va_bits));
	uint64_t least;

	if (!range_is_whole(LEAF_SIZE, va_bits, window) ||
	    !range_is_whole(LEAF_SIZE, va_bits, growth) ||
	    va_ranges_overlap(window, growth) ||
	    !growth_is_whole(span, va_bits, window, growth))
		return SHM_BAD_ADDRESS;
	least = unit(config_is_roomy(config));
	if (((growth.first | (growth.last + 1)) & (least - 1)) != 0)
		return SHM_BAD_ADDRESS;
	if (config->growth_step < least ||
	    (config->growth_step & (config->growth_step - 1)) != 0)
		return SHM_BAD_SIZE;
	return SHM_OK;
}

enum shm_status windows_check(const struct shm_config *config)
{
	unsigned int va_bits = config_va_bits(config);
	uint64_t span;

	if (va_bits < PT_VA_BITS_MIN || va_bits > PT_VA_BITS_MAX)
		return SHM_BAD_SIZE;
	if (grows(config))
		return check_growth(config);
	span = table_entry_span(pt_first_level(va_bits));
	return range_is_whole(span, va_bits, config->window) ? SHM_OK
							     : SHM_BAD_ADDRESS;
}

static struct window *window_alloc(struct shm *shm)
{
	struct window *window =
		meta_object_alloc(&shm->pool, &shm->window_cache, NULL);

	/* The kernel has no ceiling. */
	if (window != NULL)
		(void)account_charge(&shm->kernel->account, RESOURCE_METADATA,
				     shm->window_cache.object_size);
	return window;
}

static void window_free(struct shm *shm, struct window *window)
{
	account_refund(&shm->kernel->account, RESOURCE_METADATA,
		       shm->window_cache.object_size);
	meta_object_free(&shm->pool, &shm->window_cache, window, NULL);
}

/* shm->lock held, or at init. */
static enum shm_status window_open(struct shm *shm, bool small,
				   struct va_range range)
{
	struct window *window;
	enum shm_status st;

	if (va_pool_has_window(windows_of(shm, !small), range))
		return SHM_CONFLICT;
	window = window_alloc(shm);
	if (window == NULL)
		return SHM_NO_METADATA;
	st = va_pool_add_window(windows_of(shm, small), &window->va, range);
	if (st != SHM_OK)
		window_free(shm, window);
	return st;
}

/* With room, the first quarter is for small slots. */
static enum shm_status open_first(struct shm *shm, struct va_range window)
{
	uint64_t size = va_range_size(window) / 4 & ~(ROOMY_ALIGN - 1);
	struct va_range small = window;
	enum shm_status st;

	if (!shm->roomy)
		return window_open(shm, false, window);
	if (size < ROOMY_ALIGN)
		size = ROOMY_ALIGN;
	if (size > SMALL_SLOTS_MAX)
		size = SMALL_SLOTS_MAX;
	small.last = small.first + size - 1;
	window.first = small.last + 1;
	st = window_open(shm, true, small);
	/* All others may be a matter of growth. */
	if (st != SHM_OK || small.last == window.last)
		return st;
	return window_open(shm, false, window);
}

/* A window for each time that they can grow, so that it cannot fail then. */
static enum shm_status prepare_growth(struct shm *shm,
				      const struct shm_config *config)
{
	uint64_t left = va_range_size(config->growth);

	shm->growth = config->growth;
	shm->growth_step = config->growth_step;
	while (left != 0) {
		struct window *window = window_alloc(shm);

		if (window == NULL)
			return SHM_NO_METADATA;
		window->next = shm->spare_windows;
		shm->spare_windows = window;
		left -= left < shm->growth_step ? left : shm->growth_step;
	}
	return SHM_OK;
}

enum shm_status windows_init(struct shm *shm, const struct shm_config *config)
{
	enum shm_status st;

	shm->va_bits = (uint8_t)config_va_bits(config);
	shm->roomy = config_is_roomy(config);
	shm->root.entries = config->root;
	shm->root.level = (uint8_t)pt_first_level(shm->va_bits);
	meta_cache_init(&shm->window_cache, sizeof(struct window));
	va_pool_init(&shm->small_slots);
	va_pool_init(&shm->large_slots);
	st = open_first(shm, config->window);
	if (st == SHM_OK && grows(config))
		st = prepare_growth(shm, config);
	return st;
}

struct window *windows_grow(struct shm *shm, bool small, uint64_t size)
{
	struct va_range range = shm->growth;
	struct window *window = shm->spare_windows;
	uint64_t step = shm->growth_step;

	if (window == NULL || va_range_size(range) == 0)
		return NULL;
	size = (size + step - 1) & ~(step - 1);
	if (size < va_range_size(range))
		range.last = range.first + size - 1;
	/* Nobody else has any of it: this cannot fail. */
	(void)va_pool_add_window(windows_of(shm, small), &window->va, range);
	shm->spare_windows = window->next;
	shm->growth.first = range.last + 1;
	return window;
}

void windows_shrink(struct shm *shm, bool small, struct window *window)
{
	shm->growth.first = window->va.range.first;
	(void)va_pool_remove_window(windows_of(shm, small), &window->va);
	window->next = shm->spare_windows;
	shm->spare_windows = window;
}

/* What is left to grow into is as good as taken. */
static bool is_for_growth(const struct shm *shm, struct va_range range)
{
	return shm->growth_step != 0 && va_ranges_overlap(shm->growth, range);
}

enum shm_status shm_add_window(struct shm *shm, struct va_range range)
{
	uint64_t span = table_entry_span(shm->root.level);
	enum shm_status st = SHM_CONFLICT;
	cpu_irq_t irq;

	if (!range_is_whole(span, shm->va_bits, range) ||
	    !range_is_whole(unit(shm->roomy), shm->va_bits, range))
		return SHM_BAD_ADDRESS;
	irq = spin_lock(&shm->lock);
	if (!is_for_growth(shm, range))
		st = window_open(shm, false, range);
	spin_unlock(&shm->lock, irq);
	return st;
}

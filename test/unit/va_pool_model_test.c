/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pool of virtual ranges against the model: random sequences of every
 * operation, all of the pool compared with all of the model after each step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/random.h"
#include "model/va_model.h"

#define STEPS 400

/* What a kind of sequence draws its numbers from. */
struct shape {
	uint64_t unit;		 /* windows lie at multiples of it */
	unsigned int units;	 /* in this many places */
	unsigned int window_max; /* units of a window */
	unsigned int size_shift; /* areas have up to 2^this pages */
	unsigned int align_shift;
};

struct world {
	struct va_pool pool;
	struct va_model model;
	struct random random;
	const struct shape *shape;
	struct va_window windows[VA_MODEL_WINDOWS];
	bool window_used[VA_MODEL_WINDOWS];
	struct va_area areas[VA_MODEL_AREAS];
	bool area_used[VA_MODEL_AREAS];
};

static struct world world;

static uint64_t draw(struct world *w, uint64_t limit)
{
	return random_below(&w->random, limit);
}

/* Pages up to 2^shift, small ones as often as large ones. */
static uint64_t draw_pages(struct world *w, unsigned int shift)
{
	return 1 + draw(w, UINT64_C(1) << draw(w, shift + 1));
}

static void add_window(struct world *w)
{
	const struct shape *shape = w->shape;
	unsigned int i = (unsigned int)draw(w, VA_MODEL_WINDOWS);
	va_t first = shape->unit * (1 + draw(w, shape->units));
	uint64_t size = shape->unit * (1 + draw(w, shape->window_max));
	struct va_range range = { first, first + size - 1 };
	enum shm_status expected = SHM_OK;

	if (w->window_used[i])
		return;
	if (va_model_hits_window(&w->model, range))
		expected = SHM_CONFLICT;
	assert_int_equal(va_pool_add_window(&w->pool, &w->windows[i], range),
			 expected);
	if (expected == SHM_OK) {
		va_model_add_window(&w->model, range);
		w->window_used[i] = true;
	}
}

static void remove_window(struct world *w)
{
	unsigned int i = (unsigned int)draw(w, VA_MODEL_WINDOWS);
	struct va_range range = w->windows[i].range;
	enum shm_status expected = SHM_OK;

	if (!w->window_used[i])
		return;
	if (va_model_hits_area(&w->model, range))
		expected = SHM_BAD_STATE;
	assert_int_equal(va_pool_remove_window(&w->pool, &w->windows[i]),
			 expected);
	if (expected == SHM_OK) {
		va_model_remove_window(&w->model, range.first);
		w->window_used[i] = false;
	}
}

static struct va_request draw_request(struct world *w)
{
	struct va_request request = va_request_pages(
		draw_pages(w, w->shape->size_shift) * SHM_PAGE_SIZE);
	uint64_t align_shift = draw(w, w->shape->align_shift + 1);

	/* An exact fit of the largest gap, now and then. */
	if (draw(w, 8) == 0 && va_pool_largest_gap(&w->pool) != 0)
		request.size = va_pool_largest_gap(&w->pool);
	request.align <<= align_shift;
	if (draw(w, 2) == 0)
		request.offset = draw(w, UINT64_C(1) << align_shift)
				 << SHM_PAGE_SHIFT;
	return request;
}

static void reserve(struct world *w)
{
	unsigned int i = (unsigned int)draw(w, VA_MODEL_AREAS);
	struct va_request request = draw_request(w);
	enum shm_status expected = SHM_NO_VA;
	struct va_range range;

	if (w->area_used[i])
		return;
	if (va_model_find(&w->model, &request, &range))
		expected = SHM_OK;
	assert_int_equal(va_pool_reserve(&w->pool, &request, &w->areas[i]),
			 expected);
	if (expected != SHM_OK)
		return;
	assert_int_equal(w->areas[i].range.first, range.first);
	assert_int_equal(w->areas[i].range.last, range.last);
	va_model_add_area(&w->model, range);
	w->area_used[i] = true;
}

static void release(struct world *w, unsigned int i)
{
	if (!w->area_used[i])
		return;
	va_model_remove_area(&w->model, w->areas[i].range.first);
	va_pool_release(&w->pool, &w->areas[i]);
	w->area_used[i] = false;
}

static void compare(const struct world *w)
{
	const char *difference = va_model_compare(&w->model, &w->pool);

	if (difference != NULL)
		fail_msg("%s", difference);
}

/* Fills and empties in turns, so that full and empty pools both come up. */
static void step(struct world *w, unsigned int phase)
{
	uint64_t what = draw(w, 100);
	unsigned int i = (unsigned int)draw(w, VA_MODEL_AREAS);

	if (what < 6)
		add_window(w);
	else if (what < 10)
		remove_window(w);
	else if (phase % 2 == 0 ? what < 85 : what < 30)
		reserve(w);
	else
		release(w, i);
	compare(w);
}

/* All areas, then all windows, leave: nothing may be left over. */
static void empty(struct world *w)
{
	for (unsigned int i = 0; i < VA_MODEL_AREAS; i++)
		release(w, i);
	compare(w);
	for (unsigned int i = 0; i < VA_MODEL_WINDOWS; i++) {
		struct va_window *window = &w->windows[i];

		if (!w->window_used[i])
			continue;
		assert_int_equal(va_pool_remove_window(&w->pool, window),
				 SHM_OK);
		va_model_remove_window(&w->model, window->range.first);
		compare(w);
	}
	assert_true(rb_is_empty(&w->pool.areas));
	assert_int_equal(w->pool.window_size, 0);
}

static void run(const char *name, const struct shape *shape, uint64_t seeds)
{
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		world = (struct world){ .shape = shape };
		world.random = random_start(name, seed);
		va_pool_init(&world.pool);
		for (unsigned int i = 0; i < STEPS; i++)
			step(&world, i / 100);
		empty(&world);
	}
}

static void few_pages_in_touching_windows_follow_the_model(void **state)
{
	static const struct shape shape = { 4 * SHM_PAGE_SIZE, 24, 4, 2, 4 };

	(void)state;
	run("few pages", &shape, 150);
}

static void large_alignments_follow_the_model(void **state)
{
	static const struct shape shape = { UINT64_C(1) << 27, 64, 16, 18, 18 };

	(void)state;
	run("alignment up to 1 GiB", &shape, 60);
}

static void windows_of_slots_follow_the_model(void **state)
{
	static const struct shape shape = { UINT64_C(1) << 21, 400, 2, 8, 9 };

	(void)state;
	run("slots of 2 MiB", &shape, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			few_pages_in_touching_windows_follow_the_model),
		cmocka_unit_test(large_alignments_follow_the_model),
		cmocka_unit_test(windows_of_slots_follow_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

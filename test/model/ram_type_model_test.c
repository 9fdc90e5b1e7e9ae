// SPDX-License-Identifier: BSD-2-Clause
/*
 * Random lives of regions and of the kernel's own mappings of the same RAM,
 * beside an array that says for each page who has it and with which type. Each
 * answer is foretold; and whatever the tables lead to has the one type that the
 * array has.
 */
#include "model/region_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <dynshm/ioremap.h>
#include <dynshm/shared_page.h>

#include "model/random.h"
#include "sim/world.h"

#define PAGE	 SHM_PAGE_SIZE
#define RANGE	 1600u /* pages, from the middle of a granule on */
#define RANGE_PA (WORLD_HIGH_PA + 100 * PAGE)
#define REGIONS	 6u
#define USERS	 12u
#define PLACES	 8u
#define STEPS	 800u
#define NOBODY	 UINT32_MAX

/* What is mapped, and by how many users. */
struct mapping {
	va_t va;
	uint32_t first, count, users; /* 0 users: free */
};

struct user {
	va_t va; /* 0: free */
	struct mapping *mapping;
};

static struct {
	unsigned int guests[RANGE]; /* mappings */
	unsigned int kernel[RANGE];
	uint32_t type[RANGE]; /* of the kernel's mappings */
	uint32_t list[REGIONS][RANGE];
	uint32_t list_count[REGIONS]; /* 0: not registered */
	struct mapping mapping[USERS];
	struct user user[USERS];
	uint32_t place[PLACES]; /* page, or NOBODY */
	struct va_area area;
	struct random random;
} m;

static uint32_t below(uint32_t limit)
{
	return (uint32_t)random_below(&m.random, limit);
}

/* NOBODY, or the type that everybody has the page with. */
static uint32_t type_of(uint32_t page)
{
	if (m.kernel[page] != 0)
		return m.type[page];
	return m.guests[page] != 0 ? SHM_MEM_CACHED : NOBODY;
}

static bool fits(uint32_t page, uint32_t type)
{
	return type_of(page) == NOBODY || type_of(page) == type;
}

static void guest_count(unsigned int r, unsigned int change)
{
	for (uint32_t i = 0; i < m.list_count[r]; i++)
		m.guests[m.list[r][i]] += change;
}

static void do_register(unsigned int r)
{
	uint32_t count = 1 + below(3) * below(RANGE / 3);
	uint32_t first = below(RANGE - count + 1);
	bool is_run = below(2);
	enum shm_status want = SHM_OK;

	if (m.list_count[r] != 0) {
		unregister(COOKIE + r);
		guest_count(r, -1u);
		m.list_count[r] = 0;
		return;
	}
	for (uint32_t i = 0; i < count && i < COUNT; i++) {
		m.list[r][i] = is_run ? first + i : below(RANGE);
		pages[i] = RANGE_PA + m.list[r][i] * PAGE;
		if (!fits(m.list[r][i], SHM_MEM_CACHED))
			want = SHM_CONFLICT;
	}
	count = count < COUNT ? count : COUNT;
	assert_int_equal(register_list(COOKIE + r,
				       world_write_list(0, pages, count),
				       count * PAGE),
			 want);
	if (want == SHM_OK) {
		m.list_count[r] = count;
		guest_count(r, 1);
	}
}

static void kernel_count(uint32_t first, uint32_t count, unsigned int change)
{
	for (uint32_t i = first; i < first + count; i++)
		m.kernel[i] += change;
}

/* A request inside a mapping of the type shares it; the address tells. */
static void use(struct user *user, va_t va, uint32_t first, uint32_t count)
{
	struct mapping *free = m.mapping;

	user->va = va;
	for (unsigned int i = 0; i < USERS; i++) {
		struct mapping *at = &m.mapping[i];

		if (at->users == 0) {
			free = at;
		} else if (first >= at->first &&
			   first + count <= at->first + at->count &&
			   va == at->va + (first - at->first) * PAGE) {
			at->users++;
			user->mapping = at;
			return;
		}
	}
	assert_int_equal(free->users, 0);
	*free = (struct mapping){ va, first, count, 1 };
	user->mapping = free;
	kernel_count(first, count, 1);
}

static void unmap(struct user *user)
{
	struct mapping *mapping = user->mapping;

	assert_int_equal(shm_iounmap(&shm, user->va), SHM_OK);
	if (--mapping->users == 0)
		kernel_count(mapping->first, mapping->count, -1u);
	user->va = 0;
}

static void do_map(struct user *user)
{
	static const uint32_t types[] = { SHM_MEM_CACHED, SHM_MEM_UNCACHED,
					  SHM_MEM_DEVICE_NGRE };
	uint32_t type = types[below(3)];
	uint32_t count = 1 + below(4) * below(180);
	uint32_t first = below(RANGE - count + 1);
	enum shm_status want = SHM_OK;
	va_t va = 0;

	if (user->va != 0) {
		unmap(user);
		return;
	}
	for (uint32_t i = first; i < first + count; i++)
		if (!fits(i, type))
			want = SHM_CONFLICT;
	assert_int_equal(shm_map_ram(&shm, RANGE_PA + first * PAGE,
				     count * PAGE, type | SHM_MEM_NON_SECURE,
				     &va),
			 want);
	if (want != SHM_OK)
		return;
	use(user, va, first, count);
	for (uint32_t i = first; i < first + count; i++)
		m.type[i] = type;
}

static void do_place(unsigned int p)
{
	va_t va = m.area.range.first + p * PAGE;
	uint32_t page = below(RANGE);
	pa_t pa = RANGE_PA + page * PAGE;
	bool is_good = fits(page, SHM_MEM_CACHED);

	if (m.place[p] != NOBODY) {
		assert_int_equal(kernel_pages_unmap(&shm, &m.area, va, 1), 1);
		kernel_count(m.place[p], 1, -1u);
		m.place[p] = NOBODY;
		return;
	}
	assert_int_equal(kernel_pages_map(&shm, &m.area, va, &pa, 1),
			 is_good ? SHM_OK : SHM_CONFLICT);
	if (!is_good)
		return;
	m.place[p] = page;
	m.type[page] = SHM_MEM_CACHED;
	kernel_count(page, 1, 1);
}

/* It may be drained at once, or when it is met. */
static void do_die(void)
{
	while (guest_cut_off(&shm, guest) == SHM_INTERRUPTED)
		;
	guest_destroy(&shm, guest);
	if (below(2))
		while (corpse_drain(&shm) != SHM_OK)
			;
	for (unsigned int r = 0; r < REGIONS; r++)
		m.list_count[r] = 0;
	memset(m.guests, 0, sizeof(m.guests));
	assert_int_equal(guest_create(&shm, 3, &guest), SHM_OK);
	assert_int_equal(guest_prepare(&shm, guest), SHM_OK);
}

static bool see_leaf(void *arg, const struct sim_mapping *leaf)
{
	bool *seen = arg;
	uint64_t first = (leaf->pa - RANGE_PA) / PAGE;

	for (uint64_t i = 0; i < leaf->size / PAGE; i++) {
		/* Blocks may begin before the range. */
		uint64_t page = first + i;

		if (leaf->pa + i * PAGE < RANGE_PA || page >= RANGE)
			continue;
		assert_int_equal(leaf->attr, type_of((uint32_t)page));
		seen[page] = true;
	}
	return true;
}

static void check(void)
{
	bool seen[RANGE] = { false };

	sim_walk_leaves(world_window(), see_leaf, seen);
	for (uint32_t i = 0; i < RANGE; i++)
		assert_int_equal(seen[i], type_of(i) != NOBODY);
	assert_true(sim_check_violations());
}

static void go_on(void)
{
	uint32_t what = below(100);

	if (what < 45)
		do_register(below(REGIONS));
	else if (what < 80)
		do_map(&m.user[below(USERS)]);
	else if (what < 98)
		do_place(below(PLACES));
	else
		do_die();
}

static void one_page_has_one_type(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		uint64_t level;

		assert_int_equal(set_up(NULL), 0);
		memset(&m, 0, sizeof(m));
		memset(m.place, 0xff, sizeof(m.place));
		m.random = random_start("ram types", seed);
		assert_int_equal(
			kernel_pages_reserve(&shm, PLACES * PAGE, &m.area),
			SHM_OK);
		level = meta_pool_free_bytes(&shm.pool);
		for (unsigned int i = 0; i < STEPS; i++) {
			go_on();
			check();
		}
		for (unsigned int i = 0; i < USERS; i++)
			if (m.user[i].va != 0)
				unmap(&m.user[i]);
		for (unsigned int i = 0; i < PLACES; i++)
			if (m.place[i] != NOBODY)
				do_place(i);
		do_die();
		while (corpse_drain(&shm) != SHM_OK)
			;
		check();
		assert_int_equal(meta_pool_free_bytes(&shm.pool), level);
		assert_int_equal(shm.typed_ram, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_page_has_one_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

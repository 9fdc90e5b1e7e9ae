/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operands of range invalidations: some as written down from the architecture
 * manual by hand, and many that a decoder of it must find to cover what was
 * asked for, no page less and none more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tlb_range.h>

#include "model/random.h"

/* The other judge's inside; it knows nothing of tlb_range.h. */
#include <sim_internal.h>

#define ROUNDS	  20000u
#define MAX_PAGES (UINT64_C(1) << 21)

static void operands_are_the_manuals(void **state)
{
	static const struct {
		va_t va;
		uint64_t pages;
		unsigned int level;
		uint64_t operand;
	} wanted[] = {
		/* TG 1; SCALE, NUM and TTL 0 */
		{ 0x123456000, 2, 0, UINT64_C(0x0000400000123456) },
		{ 0x123456000, 3, 0, UINT64_C(0x0000400000123456) },
		/* NUM 30: 62 pages, as the 63rd is odd */
		{ 0x123456000, 63, 0, UINT64_C(0x00004f0000123456) },
		/* SCALE 1, NUM 0, TTL 3 */
		{ 0x8000000000, 64, 3, UINT64_C(0x0000506008000000) },
		/* SCALE 2, NUM 1, TTL 2: 16 MiB of blocks */
		{ 0x8000000000, 4096, 2, UINT64_C(0x000060c008000000) },
		/* SCALE 3, NUM 31, the last one of 48 bits */
		{ 0xfffe00000000, MAX_PAGES, 0, UINT64_C(0x00007f8fffe00000) },
		{ 0xfffe00000000, MAX_PAGES + 5, 0,
		  UINT64_C(0x00007f8fffe00000) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(tlb_range_first(wanted[i].va, wanted[i].pages,
						 wanted[i].level)
					 .operand,
				 wanted[i].operand);
}

/* Sizes near powers of two and of any magnitude. */
static uint64_t random_size(struct random *random)
{
	uint64_t power = UINT64_C(2) << random_below(random, 21);
	uint64_t size = power + random_below(random, 5);

	if (random_below(random, 2) == 0)
		size = power / 2 + random_below(random, power / 2 + 1);
	return size < 2 ? 2 : size > MAX_PAGES ? MAX_PAGES : size;
}

static void covers_exactly(va_t va, uint64_t pages)
{
	unsigned int count = 0;

	while (pages >= TLB_RANGE_MIN) {
		struct tlb_range range = tlb_range_first(va, pages, 0);
		struct sim_tlbi decoded = { 0 };

		assert_true(sim_tlbi_decode_range(range.operand, &decoded));
		assert_int_equal(decoded.range.first, va);
		assert_int_equal(va_range_size(decoded.range),
				 range.pages * SHM_PAGE_SIZE);
		assert_int_equal(decoded.level, 0);
		assert_in_range(range.pages, 2, pages);
		va += range.pages * SHM_PAGE_SIZE;
		pages -= range.pages;
		count++;
	}
	assert_in_range(pages, 0, 1);
	assert_in_range(count, 1, 4);
}

static void every_size_is_covered_in_four_operations(void **state)
{
	struct random random = random_start("ranges", 1);

	(void)state;
	for (uint64_t pages = 2; pages < 5000; pages++)
		covers_exactly(UINT64_C(0x8000000000), pages);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t pages = random_size(&random);
		uint64_t room = (UINT64_C(1) << 36) - pages;

		covers_exactly(random_below(&random, room) * SHM_PAGE_SIZE,
			       pages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operands_are_the_manuals),
		cmocka_unit_test(every_size_is_covered_in_four_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

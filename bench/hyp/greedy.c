// SPDX-License-Identifier: BSD-2-Clause
/* A guest that takes all there is, and what that costs another. */
#include "guests.h"

#define GREEDY (GUEST + 1)
#define LARGE  100000u /* pages */

/* Regions of so many pages until one is refused. */
static uint64_t take(uint64_t cookie, uint64_t list, uint64_t pages)
{
	while (shm_register(cookie, list, pages * PAGE) == RET_OK)
		cookie++;
	return cookie;
}

static void take_all(uint64_t list)
{
	uint64_t cookie = COOKIE;
	uint32_t last;

	cookie = take(cookie, list, LARGE);
	cookie = take(cookie, list, 600);
	cookie = take(cookie, list, 1);
	do
		last = session_open();
	while (last != 0);
	(void)take(cookie, list, 1);
}

void measure_beside_greedy(void)
{
	uint64_t mark = pages_mark();
	uint64_t one = list_run(DATA + LARGE * PAGE, 1);
	uint64_t list = list_scatter(DATA, LARGE);
	struct pair alone, beside;

	settle();
	(void)create(GUEST);
	caller_set(GUEST);
	alone = time_pair(COOKIE, one, PAGE, ROUNDS);
	caller_set(0);
	(void)create(GREEDY);
	caller_set(GREEDY);
	take_all(list);
	caller_set(GUEST);
	beside = time_pair(COOKIE, one, PAGE, ROUNDS);
	row_ratio(
		"register beside one that has taken everything, against alone",
		beside.add, alone.add, "at most 1.05");
	row_ratio("unregister, the same", beside.remove, alone.remove,
		  "at most 1.05");
	caller_set(0);
	(void)destroy(GREEDY);
	(void)destroy(GUEST);
	pages_reset(mark);
}

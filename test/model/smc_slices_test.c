// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guests that end where virtual space is scarce, by the interface: no call
 * takes longer for what they had, and it comes to its end whoever calls. With
 * room, all of it is done at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <abi/tee.h>
#include <dynshm/region.h>

#include "sim/normal_world.h"
#include "sim/trace.h"

#define POOL_SIZE (UINT64_C(16) << 20)
#define LEAF_SPAN (SHM_PAGE_SIZE << PT_INDEX_BITS)
#define LEAVES	  300u
#define SLICES	  (WORLD_IS_SMALL ? 2u : 1u)
/* Masked work: 256 descriptors, and by other calls a page that is cleared. */
#define SLICE  300u
#define CALL   560u
#define COOKIE UINT64_C(0xffff000012345680)
#define COUNT  700u
#define GUEST  7u
#define OTHER  8u

static struct nw hypervisor;
static struct nw guest;
static pa_t pages[COUNT];
static uint64_t level;

static int set_up(void **state)
{
	(void)state;
	nw_start(&hypervisor, POOL_SIZE);
	guest = hypervisor;
	guest.client = GUEST;
	world_scatter(pages, COUNT);
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	nw_settle(&hypervisor, 10);
	level = meta_pool_free_bytes(&tee_shm()->pool);
	return 0;
}

/* A call of the guest's leaves it as it was at first, but for its holdings. */
static int tear_down(void **state)
{
	(void)state;
	while (nw_destroy(&hypervisor, GUEST) == NW_EBUSY)
		;
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	nw_settle(&hypervisor, 10);
	assert_int_equal(meta_pool_free_bytes(&tee_shm()->pool), level);
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
	return sim_check_violations() ? 0 : -1;
}

static uint32_t register_all(void)
{
	return nw_register(&guest, COOKIE, pages, COUNT, 0,
			   COUNT * SHM_PAGE_SIZE);
}

/* Many leaf tables' worth of space, in which no run of pages has ended yet. */
static void take_space(uint16_t id)
{
	struct region_request request = { 0, LEAVES * LEAF_SPAN, 0 };
	struct guest *owner = guest_find(tee_shm(), id);
	struct region *large;
	struct page_list list;

	assert_int_equal(guest_prepare(tee_shm(), owner), SHM_OK);
	assert_int_equal(region_create(owner->holdings, &request, &large),
			 SHM_OK);
	page_list_init_contiguous(&list, 0, region_pages(large));
	assert_int_equal(region_map_slice(large, &list), SHM_INTERRUPTED);
}

/* The same behind memory with pages. */
static void take_much(void)
{
	assert_int_equal(register_all(), 0);
	take_space(GUEST);
	sim_masked_work_reset();
}

static void assert_bounded(uint64_t most)
{
	assert_in_range(sim_masked_work(), 1, most);
	sim_masked_work_reset();
}

static void assert_nothing_mapped(void)
{
	for (unsigned int i = 0; i < COUNT; i++)
		assert_false(sim_tlb_names_page(pages[i]));
}

static void destroyed_guest_is_busy_until_it_is_gone(void **state)
{
	(void)state;
	take_much();
	for (unsigned int i = 1; i < SLICES; i++) {
		assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_EBUSY);
		assert_bounded(SLICE);
		/* It takes no calls, and nobody else gets its id. */
		assert_int_equal(
			nw_call(&guest, NW_CALL_WITH_ARG, 0, 0, 0, 0, 0, 0),
			NW_ENOTAVAIL);
		assert_int_equal(nw_create(&hypervisor, GUEST), NW_ENOTAVAIL);
		sim_masked_work_reset();
	}
	assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
	assert_bounded(SLICE);
	assert_nothing_mapped();
	assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
}

/* Xen does not look at what VM_DESTROYED answers, and does not repeat it. */
static void calls_of_others_finish_a_death(void **state)
{
	(void)state;
	take_much();
	assert_int_equal(nw_destroy(&hypervisor, GUEST),
			 SLICES == 1 ? NW_OK : NW_EBUSY);
	assert_bounded(SLICE);
	nw_unregister(&hypervisor, 1);
	assert_bounded(CALL);
	assert_nothing_mapped();
	assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
	assert_int_equal(register_all(), 0);
	assert_int_equal(nw_unregister(&guest, COOKIE), 0);
}

static void new_epoch_begins_when_the_last_one_has_ended(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		take_much();
		assert_int_equal(nw_call(&guest, NW_EXCHANGE_CAPABILITIES, 0, 0,
					 0, 0, 0, 0),
				 NW_OK);
		assert_bounded(SLICE);
		/* What was registered is not there, and can be again. */
		assert_int_equal(nw_unregister(&guest, COOKIE),
				 NW_BAD_PARAMETERS);
		assert_bounded(CALL);
		assert_int_equal(register_all(), 0);
		assert_int_equal(nw_unregister(&guest, COOKIE), 0);
		assert_nothing_mapped();
	}
}

/* Dead in the middle of the end of its last epoch. */
static void guest_dies_between_two_epochs(void **state)
{
	unsigned int slices = 1;

	(void)state;
	take_much();
	assert_int_equal(
		nw_call(&guest, NW_EXCHANGE_CAPABILITIES, 0, 0, 0, 0, 0, 0),
		NW_OK);
	assert_bounded(SLICE);
	for (; nw_destroy(&hypervisor, GUEST) == NW_EBUSY; slices++)
		assert_bounded(SLICE);
	assert_bounded(SLICE);
	assert_in_range(slices, 1, SLICES);
	assert_nothing_mapped();
}

/* One that was buried half is not lost for what becomes of another. */
static void deaths_stay_apart(void **state)
{
	const uint32_t first = SLICES == 1 ? NW_OK : NW_EBUSY;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(nw_create(&hypervisor, OTHER), NW_OK);
		take_space(GUEST);
		assert_int_equal(nw_destroy(&hypervisor, GUEST), first);
		assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
		/* It is the same object once more, being the only spare. */
		assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
		take_space(OTHER);
		assert_int_equal(nw_destroy(&hypervisor, OTHER), first);
		assert_int_equal(nw_destroy(&hypervisor, GUEST), NW_OK);
		nw_unregister(&hypervisor, 1);
		assert_int_equal(nw_create(&hypervisor, OTHER), NW_OK);
		assert_int_equal(nw_destroy(&hypervisor, OTHER), NW_OK);
		assert_int_equal(nw_create(&hypervisor, GUEST), NW_OK);
		nw_settle(&hypervisor, 10);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(destroyed_guest_is_busy_until_it_is_gone),
		CASE(calls_of_others_finish_a_death),
		CASE(new_epoch_begins_when_the_last_one_has_ended),
		CASE(guest_dies_between_two_epochs),
		CASE(deaths_stay_apart),
	};

	trace_leave_out("a death takes as many slices as it has leaf tables");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cores at once: two map and unmap devices, for the kernel and for a guest,
 * while two others register memory of that guest and use it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dynshm/region.h>
#include <string.h>

#include "model/io_model.h"
#include "model/random.h"
#include "model/region_fixture.h"
#include "sim/cores.h"
#include "sim/trace.h"
#include "sim/world.h"

#define ROUNDS 400u
#define HELD   8u

struct core {
	struct random random;
	const char *wrong; /* what went wrong first */
	unsigned int number;
	unsigned int refused; /* requests that conflicted */
	va_t held[HELD];
};

static enum shm_status give_back(const struct core *core, va_t va)
{
	return core->number == 0 ? shm_iounmap(&shm, va)
				 : guest_iounmap(guest->holdings, va);
}

static enum shm_status ask(const struct core *core, pa_t pa, uint64_t size,
			   enum shm_memtype type, va_t *va)
{
	return core->number == 0
		       ? shm_ioremap(&shm, pa, size, type, va)
		       : guest_ioremap(guest->holdings, pa, size, type, va);
}

/* Cores 0 and 1. Both want the same pages, now and then as another type. */
static void device_round(struct core *core)
{
	struct random *random = &core->random;
	va_t *va = &core->held[random_below(random, HELD)];
	pa_t pa = WORLD_DEVICE_PA + random_below(random, 40 * SHM_PAGE_SIZE);
	uint64_t size = 1 + random_below(random, 50 * SHM_PAGE_SIZE);
	enum shm_memtype type = random_below(random, 8) == 0 ? SHM_MEM_UNCACHED
							     : SHM_MEM_DEVICE;
	struct shm_va_info info;
	enum shm_status st;

	if (*va != 0 && give_back(core, *va) != SHM_OK)
		core->wrong = "iounmap";
	*va = 0;
	st = ask(core, pa, size, type, va);
	if (st == SHM_CONFLICT) {
		core->refused++;
		return;
	}
	if (st != SHM_OK || !shm_find_va(&shm, *va, &info) || info.pa != pa ||
	    info.kind != SHM_VA_DEVICE)
		core->wrong = "ioremap";
}

/* Cores 2 and 3, each with a region of its own. */
static void memory_round(struct core *core)
{
	uint64_t count = 1 + random_below(&core->random, 40);
	struct region_request request = { core->number, count * SHM_PAGE_SIZE,
					  0 };
	struct page_list reader;
	struct region *region;
	struct region *replaced;
	pa_t own[40];
	uint64_t value = core->number;
	uint64_t seen = 0;
	enum shm_status st;

	for (uint64_t i = 0; i < count; i++)
		own[i] = WORLD_RAM_PA +
			 (core->number * 100 + i * 2) * SHM_PAGE_SIZE;
	if (region_create(guest->holdings, &request, &region) != SHM_OK) {
		core->wrong = "create";
		return;
	}
	page_list_init(&reader, guest->holdings, core->number % 2,
		       world_write_list(core->number * 8, own, count), count);
	do
		st = region_map_slice(region, &reader);
	while (st == SHM_INTERRUPTED);
	call_page_unmap(guest->holdings, core->number % 2, CALL_PAGE_LIST);
	if (st != SHM_OK || region_commit(region, false, &replaced) != SHM_OK ||
	    !access_write(region_address(region, 0), &value, 8) ||
	    !access_read(&seen, region_address(region, 0), 8) || seen != value)
		core->wrong = "use";
	region_leave(region);
	while (region_take_apart(region) == SHM_INTERRUPTED)
		;
}

static void *run_core(void *arg)
{
	struct core *core = arg;

	sim_core_set(core->number);
	sim_interrupts_open(true);
	for (unsigned int i = 0; i < ROUNDS && core->wrong == NULL; i++) {
		if (core->number < 2)
			device_round(core);
		else
			memory_round(core);
	}
	for (unsigned int i = 0; i < HELD; i++)
		if (core->held[i] != 0 &&
		    give_back(core, core->held[i]) != SHM_OK)
			core->wrong = "last iounmap";
	return NULL;
}

static void devices_come_and_go_beside_other_mappings(void **state)
{
	static struct core cores[SIM_CORE_COUNT];
	struct look before = look();

	(void)state;
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		cores[i] = (struct core){
			.number = i,
			.random = random_start("core", i + 1),
		};
	cores_run(run_core, cores, sizeof(cores[0]));
	for (unsigned int i = 0; i < SIM_CORE_COUNT; i++)
		assert_ptr_equal(cores[i].wrong, NULL);
	assert_in_range(cores[0].refused + cores[1].refused, 1, 2 * ROUNDS);
	assert_unchanged(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			devices_come_and_go_beside_other_mappings, set_up,
			tear_down),
	};

	trace_leave_out("which core comes first is not fixed");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

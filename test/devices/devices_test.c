// SPDX-License-Identifier: BSD-2-Clause
/* See main.c. */
#include <test/devices/commands.h>
#include <test/hyp/vm.h>

#define COOKIE	    UINT64_C(0xffff0000d0000000)
#define CHURN	    10000u
#define SIDE_CHURN  2000u
#define SIDE_ROUNDS 100u
#define SIDE_PAGES  20u

static uint32_t open_devices(void)
{
	struct wire_arg *arg = core_arg();

	arg_set(arg, CMD_OPEN, 2);
	arg_param(arg, 0, VALUE_IN | META, DEVICES_UUID_LOW, DEVICES_UUID_HIGH,
		  0);
	arg_param(arg, 1, VALUE_IN | META, 0, 0, 0);
	return message(arg) == RET_OK ? arg->session : 0;
}

/* The line at which the service found something wrong, or 0. */
static uint64_t ask(uint32_t session, enum device_test what, uint64_t a,
		    uint64_t *b)
{
	struct wire_arg *arg = invoke_set(session, what);

	arg_param(arg, 0, VALUE_INOUT, a, *b, 0);
	equal(message(arg), RET_OK);
	*b = arg->param[0].b;
	return arg->param[0].a;
}

static uint64_t run(enum device_test what, uint64_t a, uint64_t b)
{
	uint32_t session = open_devices();

	check(session != 0);
	equal(ask(session, what, a, &b), 0);
	equal(session_close(session), RET_OK);
	return b;
}

static void clock_counts(void)
{
	uint64_t before = run(DEVICE_CLOCK, 0, 0);
	uint64_t after;

	wait_us(2100000);
	after = run(DEVICE_CLOCK, 0, 0);
	check(before != 0);
	check(after - before >= 2 && after - before < 60);
}

static void gpio(void)
{
	(void)run(DEVICE_GPIO, 0, 0);
}

static void gic(void)
{
	equal(run(DEVICE_GIC, gic_version(), 0), gic_version());
}

static void fw_cfg(void)
{
	(void)run(DEVICE_FW_CFG, 0, 0);
}

static void console(void)
{
	(void)run(DEVICE_CONSOLE, 0, 0);
}

static void refused(void)
{
	(void)run(DEVICE_REFUSED, 0, 0);
}

static void churn(void)
{
	(void)run(DEVICE_CHURN, CHURN, 1);
}

/* Registers, uses and unregisters, on a core of its own. */
struct side {
	unsigned int core;
	uint32_t done;
	uint64_t list;
	uint64_t data;
};

static void use_memory(void *arg)
{
	struct side *side = arg;
	uint64_t cookie = COOKIE + side->core;
	uint64_t size = SIDE_PAGES * PAGE;
	uint32_t session = session_open();
	uint32_t ret;

	for (unsigned int i = 0; i < SIDE_ROUNDS; i++) {
		equal(shm_register(cookie, side->list, size), RET_OK);
		equal(checksum(session, cookie, 0, size, &ret),
		      size * (side->core + 1));
		equal(ret, RET_OK);
		equal(shm_unregister(cookie), RET_OK);
		side->done++;
	}
	equal(session_close(session), RET_OK);
}

static void churn_aside(void *arg)
{
	(void)run(DEVICE_CHURN, SIDE_CHURN, 0);
	((struct side *)arg)->done = SIDE_ROUNDS;
}

/* One core beside the first maps devices, too, where there are enough. */
static void beside_other_mappings(void)
{
	static struct side sides[CORE_COUNT];
	unsigned int cores = cores_present();

	for (unsigned int i = 1; i < cores; i++) {
		void *data = pages_take(SIDE_PAGES);

		bytes_set(data, (uint8_t)(i + 1), SIDE_PAGES * PAGE);
		sides[i] = (struct side){
			.core = i,
			.data = address_of(data),
			.list = list_scatter(address_of(data), SIDE_PAGES),
		};
		core_run(i, i == 2 ? churn_aside : use_memory, &sides[i]);
	}
	(void)run(DEVICE_CHURN, SIDE_CHURN, 0);
	for (unsigned int i = 1; i < cores; i++) {
		core_wait(i);
		equal(sides[i].done, SIDE_ROUNDS);
	}
}

static uint64_t pages_of_guest(void)
{
	struct stats_record records[2];
	uint32_t total;

	equal(stats_read(1, records, 1, &total), 1);
	return records[0].pages;
}

static void dies_with_its_guest(void)
{
	uint64_t pages = pages_of_guest();

	(void)run(DEVICE_OWN, 0, 0);
	equal(pages_of_guest(), pages + 1);
	(void)run(DEVICE_BUSY, 0, 0);
	equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0), A0_OK);
	(void)run(DEVICE_DEAD, 0, 0);
	equal(pages_of_guest(), pages);
}

/* A page of memory with a word in it. */
static uint64_t *word_page(uint64_t word)
{
	uint64_t *page = pages_take(1);

	*page = word;
	return page;
}

struct message {
	uint32_t command, result;
	uint64_t buffer, size;
	uint32_t pad[10];
	uint32_t mutex; /* at byte 64 */
};

static void callers_use_messages(void)
{
	struct message *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);

	*page = (struct message){ 41, 0, address_of(page), PAGE, { 0 }, 9 };
	(void)run(DEVICE_MESSAGE, address_of(page), 0);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	(void)run(DEVICE_MESSAGE, address_of(page), 1);
	equal(page->result, 42);
	equal(page->mutex, 0);
	equal(shm_unregister(COOKIE), RET_OK);
	(void)run(DEVICE_MESSAGE, address_of(page), 0);
}

static void callers_use_devices(void)
{
	const uint64_t word = UINT64_C(0x0123456789abcdef);

	(void)run(DEVICE_DRIVERS, address_of(word_page(word)), word);
}

static void callers_use_pages(void)
{
	uint64_t *second = word_page(5);
	uint64_t *first = word_page(7);

	(void)run(DEVICE_PAGES, address_of(first), address_of(second));
	equal(*first, ~UINT64_C(7));
	equal(*second, ~UINT64_C(5));
}

static void types_conflict(void)
{
	uint64_t page = address_of(word_page(1));
	uint64_t list = list_run(page, 1);

	(void)run(DEVICE_TYPED, page, TYPED_BEGIN);
	equal(shm_register(COOKIE, list, PAGE), RET_ACCESS_CONFLICT);
	equal(buffer_add(COOKIE, list, PAGE), A0_EBADADDR);
	(void)run(DEVICE_TYPED, page, TYPED_END);
	equal(shm_register(COOKIE, list, PAGE), RET_OK);
	(void)run(DEVICE_TYPED, page, TYPED_REFUSED);
	equal(shm_unregister(COOKIE), RET_OK);
	(void)run(DEVICE_TYPED, page, TYPED_BEGIN);
	(void)run(DEVICE_TYPED, page, TYPED_END);
}

/* The pool's level is looked at after each test. */
static void dies_with_its_machine(void)
{
	uint64_t level = pool_level();

	(void)run(DEVICE_KERNEL, 1, 0);
	vm_begin(GUEST);
	(void)run(DEVICE_OWN, 0, 0);
	(void)run(DEVICE_BUSY, 0, 0);
	vm_end(GUEST);
	(void)run(DEVICE_GONE, 0, 0);
	(void)run(DEVICE_KERNEL, 0, 0);
	vm_settle();
	equal(pool_level(), level);
}

static void window(void)
{
	(void)run(DEVICE_WINDOW, 0, 0);
}

/*
 * A pending interrupt sends it back from every checkpoint; it is left there,
 * at a different one each time.
 */
static void window_left_behind(void)
{
	uint32_t session = open_devices();
	struct wire_arg *arg = pages_take(1);
	unsigned int stops = 0;

	for (unsigned int entries = 1; entries < 10; entries++) {
		struct call call;
		uint32_t a0 = A0_RPC_FOREIGN;

		arg_set(arg, CMD_INVOKE, 1);
		arg->session = session;
		arg->func = DEVICE_WINDOW;
		arg_param(arg, 0, VALUE_INOUT, 0, 0, 0);
		call_set(&call, FID_CALL_WITH_RPC_ARG, arg);
		irq_mask();
		gic_send(target_core(), IRQ_SGI);
		for (unsigned int i = 0; i < entries && a0 == A0_RPC_FOREIGN;
		     i++)
			a0 = call_enter(&call);
		irq_unmask();
		stops += a0 == A0_RPC_FOREIGN;
		equal(smc_simple(FID_EXCHANGE_CAPABILITIES, 0), A0_OK);
		session = open_devices();
	}
	/* 6 tables to fill with blocks and as many to empty. */
	check(stops >= 6);
	equal(session_close(session), RET_OK);
}

static const struct test tests[] = {
	{ "clock_is_mapped_for_either_world_and_counts", clock_counts },
	{ "gpio_answers_in_the_secure_world_alone", gpio },
	{ "distributor_is_shared_with_the_kernel", gic },
	{ "fw_cfg_is_found_at_its_offset_in_the_page", fw_cfg },
	{ "console_has_left_the_static_map", console },
	{ "memory_is_no_device", refused },
	{ "ten_thousand_maps_leave_the_pool_at_its_level", churn },
	{ "devices_come_and_go_beside_other_mappings", beside_other_mappings },
	{ "device_of_a_guest_dies_with_it", dies_with_its_guest },
	{ "window_of_6_GiB_is_mapped_in_slices", window },
	{ "window_that_is_left_half_mapped_goes_with_its_guest",
	  window_left_behind },
	{ "callers_of_op_tee_read_and_write_messages", callers_use_messages },
	{ "callers_of_op_tee_reach_their_devices", callers_use_devices },
	{ "callers_of_op_tee_use_the_pages_they_map", callers_use_pages },
	{ "ram_has_one_memory_type_whoever_comes_first", types_conflict },
};

static const struct test machine_tests[] = {
	{ "device_of_a_machine_dies_with_it_but_the_kernels_stays",
	  dies_with_its_machine },
};

GROUP(devices, tests);
GROUP(devices_of_machines, machine_tests);

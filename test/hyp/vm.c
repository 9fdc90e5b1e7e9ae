// SPDX-License-Identifier: BSD-2-Clause
/* Making guests, speaking for them, and looking at what is left of them. */
#include "vm.h"

#define SGI	  1u
#define SETTLERS  2u
#define SETTLER_0 0xFFF0u

static uint32_t announce(uint32_t function, uint32_t id)
{
	uint64_t x[8] = { function, id };

	smc(x);
	check(x[0] <= UINT32_MAX);
	return (uint32_t)x[0];
}

uint32_t vm_create(uint32_t id)
{
	return announce(FID_VM_CREATED, id);
}

uint32_t vm_destroy(uint32_t id)
{
	return announce(FID_VM_DESTROYED, id);
}

void vm_begin(uint32_t id)
{
	equal(vm_create(id), A0_OK);
	caller_set(id);
}

void vm_end(uint32_t id)
{
	caller_set(0);
	equal(vm_destroy(id), A0_OK);
}

uint64_t vm_pool_level(void)
{
	uint32_t who = caller();
	uint64_t level;

	caller_set(0);
	level = pool_level();
	caller_set(who);
	return level;
}

#define BATCH 32u

static bool find_record(uint32_t id, struct stats_record *out)
{
	struct stats_record batch[BATCH];
	uint32_t total;

	for (uint32_t first = 1;; first += BATCH) {
		uint32_t count = stats_read(first, batch, BATCH, &total);

		for (uint32_t i = 0; i < count; i++) {
			*out = batch[i];
			if (out->guest == id)
				return true;
		}
		if (count < BATCH)
			return false;
	}
}

bool vm_record(uint32_t id, struct stats_record *out)
{
	uint32_t who = caller();
	bool found;

	caller_set(0);
	found = find_record(id, out);
	caller_set(who);
	return found;
}

uint32_t vm_enter_slice(struct call *call)
{
	uint32_t a0;

	irq_mask();
	gic_send(target_core(), SGI);
	a0 = call_enter(call);
	irq_unmask();
	return a0;
}

void vm_works(uint64_t cookie)
{
	uint64_t mark = pages_mark();
	uint8_t *page = pages_take(1);
	uint64_t list = list_run(address_of(page), 1);
	uint32_t session = session_open();
	uint32_t ret;

	bytes_set(page, 3, PAGE);
	check(session != 0);
	equal(shm_register(cookie, list, PAGE), RET_OK);
	equal(checksum(session, cookie, 0, PAGE, &ret), 3 * PAGE);
	equal(ret, RET_OK);
	equal(shm_unregister(cookie), RET_OK);
	equal(session_close(session), RET_OK);
	pages_reset(mark);
}

uint32_t vm_resume(const struct call *call)
{
	uint64_t x[8] = {
		FID_RETURN_FROM_RPC, call->x[1], call->x[2], call->x[3],
		call->x[4],	     call->x[5], 0,	     call->x[7]
	};

	smc(x);
	return (uint32_t)x[0];
}

uint32_t random_next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

uint32_t vm_thread_count(void)
{
	uint64_t x[8] = { FID_GET_THREAD_COUNT };

	smc(x);
	return (uint32_t)x[1];
}

void vm_settle(void)
{
	for (unsigned int i = 0; i < 2 * SETTLERS; i++)
		(void)shm_unregister(1);
	for (unsigned int i = 0; i < SETTLERS; i++)
		equal(vm_create(SETTLER_0 + i), A0_OK);
	for (unsigned int i = 0; i < 2 * SETTLERS; i++)
		(void)shm_unregister(1);
	for (unsigned int i = 0; i < SETTLERS; i++)
		equal(vm_destroy(SETTLER_0 + i), A0_OK);
}

// SPDX-License-Identifier: BSD-2-Clause
/* All cores at once, and nothing left when they are done. */
#include "call.h"
#include "tap.h"

#define COOKIE UINT64_C(0xffff0000b0000000)
#define ROUNDS 150u
#define PAGES  40u
#define TINY   3u

struct worker {
	unsigned int core;
	bool same_cookie;
	uint8_t *data;
	uint64_t lists[2];
	uint32_t done;
	uint32_t busy;
};

/* With a session of its own and cookies of its own, all must go well. */
static void own_round(struct worker *worker, uint32_t session,
		      unsigned int round)
{
	uint64_t cookie = COOKIE + worker->core * 0x1000 + round % 2 + 1;
	uint64_t size = (round % 3 == 0 ? PAGES : TINY) * PAGE;
	uint64_t list = worker->lists[round % 3 != 0];
	uint32_t ret;
	uint64_t sum;

	equal(shm_register(cookie, list, size), RET_OK);
	sum = checksum(session, cookie, 0, size, &ret);
	equal(ret, RET_OK);
	equal(sum, size * (worker->core + 1));
	equal(shm_unregister(cookie), RET_OK);
	worker->done++;
}

/* All use one cookie: each answer is one that this can give. */
static void shared_round(struct worker *worker, uint32_t session)
{
	uint32_t ret = shm_register(COOKIE, worker->lists[1], TINY * PAGE);

	check(ret == RET_OK || ret == RET_BUSY);
	worker->busy += ret == RET_BUSY;
	(void)checksum(session, COOKIE, 0, TINY * PAGE, &ret);
	check(ret == RET_OK || ret == RET_BAD_PARAMETERS);
	ret = shm_unregister(COOKIE);
	check(ret == RET_OK || ret == RET_BAD_PARAMETERS);
	worker->done++;
}

static void hammer(void *arg)
{
	struct worker *worker = arg;
	uint32_t session = session_open();

	check(session != 0);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (worker->same_cookie)
			shared_round(worker, session);
		else
			own_round(worker, session, i);
	}
	equal(session_close(session), RET_OK);
}

static void prepare(struct worker *worker, unsigned int core)
{
	worker->core = core;
	worker->data = pages_take(PAGES);
	bytes_set(worker->data, (uint8_t)(core + 1), PAGES * PAGE);
	worker->lists[0] = list_scatter(address_of(worker->data), PAGES);
	worker->lists[1] = list_run(address_of(worker->data), TINY);
}

static void run_all(bool same_cookie)
{
	static struct worker workers[CORE_COUNT];
	unsigned int cores = cores_present();

	for (unsigned int i = 0; i < cores; i++) {
		workers[i] = (struct worker){ .same_cookie = same_cookie };
		prepare(&workers[i], i);
	}
	for (unsigned int i = 1; i < cores; i++)
		core_run(i, hammer, &workers[i]);
	hammer(&workers[0]);
	for (unsigned int i = 1; i < cores; i++)
		core_wait(i);
	for (unsigned int i = 0; i < cores; i++)
		equal(workers[i].done, ROUNDS);
	if (same_cookie)
		(void)shm_unregister(COOKIE);
}

static void own_cookies(void)
{
	run_all(false);
}

static void one_cookie(void)
{
	run_all(true);
}

static const struct test tests[] = {
	{ "all_cores_register_and_use_their_own", own_cookies },
	{ "all_cores_fight_for_one_cookie", one_cookie },
};

GROUP(many_cores, tests);

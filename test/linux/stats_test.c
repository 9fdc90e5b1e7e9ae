// SPDX-License-Identifier: BSD-2-Clause
/* The accounts: their layout, and that they follow what happens. */
#include <string.h>

#include <client/memory.h>
#include <client/stats.h>

#include "tap.h"

struct reader {
	const struct service *service;
	uint8_t *memory;
	struct tee_shm shm;
};

#define READER_SIZE 4096u

/* STATS into `room` bytes from record `first`; *size is what it reports. */
static struct tee_result ask(struct reader *reader, uint64_t first,
			     uint64_t room, uint64_t *size)
{
	struct tee_call call = {
		.session = reader->service->session,
		.command = SERVICE_STATS,
		.param = {
			tee_value(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, first,
				  0),
			tee_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT,
				   &reader->shm, 0, room),
		},
	};
	struct tee_result result;

	memset(reader->memory, 0xa5, READER_SIZE);
	result = tee_invoke(&reader->service->tee, &call);
	*size = call.param[1].b;
	return result;
}

static void layout(struct reader *reader)
{
	const struct stats_header *header = (void *)reader->memory;
	const struct stats_record *record = (void *)(header + 1);
	uint64_t size;

	tap_success(ask(reader, 0, READER_SIZE, &size), "STATS answers");
	tap_claim(header->magic == STATS_MAGIC && header->version == 1 &&
			  header->record_size == 120,
		  "the header has magic, version and record size");
	tap_claim(header->count == 2 && header->total_count == 2,
		  "without a hypervisor there are totals and one guest");
	tap_claim(size == 16 + 2 * 120, "the size is that of both records");
	tap_claim(reader->memory[size] == 0xa5, "nothing is written behind");
	tap_claim(record[0].guest == STATS_TOTALS && record[1].guest == 0,
		  "the totals come first, then guest 0");
	tap_claim(record[1].state == 0 && record[1].reserved == 0,
		  "guest 0 lives, and what is reserved is 0");
	tap_claim(record[0].pool_free_size > 0 && record[1].pool_free_size == 0,
		  "only the totals tell what the pool has left");
	tap_claim(record[1].calls_active == 1 && record[1].sessions >= 1,
		  "this call and its session are counted");
}

static void parts(struct reader *reader)
{
	const struct stats_header *header = (void *)reader->memory;
	const struct stats_record *record = (void *)(header + 1);
	uint64_t size;

	tap_success(ask(reader, 1, READER_SIZE, &size),
		    "STATS from record 1 on answers");
	tap_claim(header->count == 1 && header->total_count == 2 &&
			  record[0].guest == 0,
		  "it begins with guest 0");
	tap_success(ask(reader, 0, 16 + 120, &size),
		    "room for one record is enough");
	tap_claim(header->count == 1 && header->total_count == 2,
		  "then one comes, and the number of all");
	tap_answer(ask(reader, 0, 16 + 119, &size), TEE_SHORT_BUFFER,
		   TEE_ORIGIN_APP, "a byte less is SHORT_BUFFER");
	tap_claim(size == 16 + 120, "which says how much is needed");
	tap_answer(ask(reader, 0, 0, &size), TEE_SHORT_BUFFER, TEE_ORIGIN_APP,
		   "so is no room at all");
}

static void follows(const struct service *service)
{
	uint8_t *memory = memory_alloc(5 * MEMORY_PAGE_SIZE);
	struct stats stats;
	struct stats_record before;
	const struct stats_record *now;
	struct tee_shm shm;
	uint64_t runs;

	if (!tee_ok(stats_init(&stats, service)) || !tee_ok(stats_read(&stats)))
		tap_bail("the accounts can be read");
	before = *stats_first(&stats);
	memory[0] = 1;
	if (!tee_ok(service_register(service, memory, 5 * MEMORY_PAGE_SIZE,
				     &shm)))
		tap_bail("five pages are registered");
	runs = memory_run_count(memory, 5 * MEMORY_PAGE_SIZE);
	stats_read(&stats);
	now = stats_first(&stats);
	tap_claim(now->regions == before.regions + 1 &&
			  now->pages == before.pages + 5,
		  "five pages more are one region and five pages more");
	tap_claim(now->runs == before.runs + runs,
		  "their runs are those of /proc/self/pagemap");
	tap_claim(now->regions_high >= now->regions &&
			  now->pages_high >= now->pages,
		  "high-water marks are no lower than what is now");
	tap_claim(now->virtual_size >= now->pages * MEMORY_PAGE_SIZE,
		  "virtual space covers what is mapped");
	tee_unregister(&shm);
	stats_read(&stats);
	now = stats_first(&stats);
	tap_claim(now->regions == before.regions && now->pages == before.pages,
		  "unregistering takes them off again");
	tap_claim(now->pages_high >= before.pages + 5,
		  "the high-water mark remembers them");
	stats_fini(&stats);
	memory_free(memory, 5 * MEMORY_PAGE_SIZE);
}

int main(void)
{
	struct service service;
	struct reader reader = { .service = &service };

	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	reader.memory = memory_alloc(READER_SIZE);
	if (!tee_ok(service_register(&service, reader.memory, READER_SIZE,
				     &reader.shm)))
		tap_bail("a page is registered");
	layout(&reader);
	parts(&reader);
	tee_unregister(&reader.shm);
	follows(&service);
	service_fini(&service);
	return tap_done();
}

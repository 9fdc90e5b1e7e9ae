// SPDX-License-Identifier: BSD-2-Clause
/*
 * STATS: who has what mapped, and what it costs. A record is made on the stack
 * and copied out, one at a time; padding is written, never left over.
 */
#include "memory.h"

#include <abi/params.h>
#include <abi/tee.h>
#include <dynshm/usage.h>

#define STATS_MAGIC   0x53485344u
#define STATS_VERSION 1u
#define STATS_TOTALS  UINT32_MAX
#define END_OF_GUESTS (UINT16_MAX + 1u)

enum {
	STATS_LIVE = 0,
	STATS_DRAINING = 1,
	STATS_CORPSE = 2
};

struct stats_header {
	uint32_t magic;
	uint16_t version;
	uint16_t record_size;
	uint32_t count;
	uint32_t total;
};

struct stats_record {
	uint32_t guest;
	uint32_t state;
	uint32_t regions;
	uint32_t regions_peak;
	uint64_t pages;
	uint64_t pages_peak;
	uint32_t runs;
	uint32_t tables;
	uint64_t metadata_bytes;
	uint32_t calls_active;
	uint32_t calls_suspended;
	uint32_t sessions;
	uint32_t revoked;
	uint64_t refusals;
	uint32_t last_error;
	uint32_t reserved;
	uint64_t budget_pages;
	uint64_t budget_metadata;
	uint64_t owed_bytes;
	uint64_t pool_free_bytes;
	uint64_t va_bytes;
};

_Static_assert(sizeof(struct stats_header) == 16, "wire contract, section 5");
_Static_assert(sizeof(struct stats_record) == 120, "wire contract, section 5");

static uint32_t narrow(uint64_t count)
{
	return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

static uint32_t state_of(const struct shm_usage *usage)
{
	if (usage->is_corpse)
		return STATS_CORPSE;
	return usage->is_leaving ? STATS_DRAINING : STATS_LIVE;
}

static void make_record(const struct shm_usage *usage,
			struct stats_record *record)
{
	*record = (struct stats_record){
		.guest = usage->guest,
		.state = state_of(usage),
		.regions = narrow(usage->used[RESOURCE_REGIONS]),
		.regions_peak = narrow(usage->peak[RESOURCE_REGIONS]),
		.pages = usage->used[RESOURCE_PAGES],
		.pages_peak = usage->peak[RESOURCE_PAGES],
		.runs = narrow(usage->runs),
		.tables = narrow(usage->used[RESOURCE_TABLES]),
		.metadata_bytes = usage->used[RESOURCE_METADATA],
		.sessions = narrow(usage->used[RESOURCE_SESSIONS]),
		.revoked = narrow(usage->revoked),
		.refusals = usage->refusals,
		.last_error = usage->last_error,
		.budget_pages = usage->ceiling[RESOURCE_PAGES],
		.budget_metadata = usage->ceiling[RESOURCE_METADATA],
		.owed_bytes = usage->owed_bytes,
		.va_bytes = usage->va_bytes,
	};
}

static void add_record(struct stats_record *sum, const struct stats_record *r)
{
	sum->regions += r->regions;
	sum->regions_peak += r->regions_peak;
	sum->pages += r->pages;
	sum->pages_peak += r->pages_peak;
	sum->runs += r->runs;
	sum->tables += r->tables;
	sum->metadata_bytes += r->metadata_bytes;
	sum->calls_active += r->calls_active;
	sum->calls_suspended += r->calls_suspended;
	sum->sessions += r->sessions;
	sum->revoked += r->revoked;
	sum->refusals += r->refusals;
	sum->owed_bytes += r->owed_bytes;
	sum->va_bytes += r->va_bytes;
	if (r->last_error != SHM_OK)
		sum->last_error = r->last_error;
}

/* Where an enumeration stands: the next guest, then the next corpse. */
struct cursor {
	uint32_t guest;
	uint32_t corpse;
	bool all; /* not just one guest's own record */
};

static struct cursor cursor_begin(const struct call *call)
{
	if (tee_is_privileged(call->guest))
		return (struct cursor){ .all = true };
	return (struct cursor){ .guest = call->guest->id };
}

static void look_at_calls(const struct shm_usage *usage, void *arg)
{
	struct stats_record *record = arg;

	make_record(usage, record);
	if (usage->calls != NULL)
		call_count(usage->calls, &record->calls_active,
			   &record->calls_suspended);
}

static bool next_record(struct shm *shm, struct cursor *cursor,
			struct stats_record *record)
{
	struct shm_usage usage;

	if (cursor->guest != END_OF_GUESTS &&
	    usage_find_guest(shm, cursor->guest, look_at_calls, record,
			     &usage)) {
		cursor->guest = cursor->all ? usage.guest + 1u : END_OF_GUESTS;
		return true;
	}
	cursor->guest = END_OF_GUESTS;
	if (!cursor->all || !usage_find_corpse(shm, cursor->corpse, &usage))
		return false;
	cursor->corpse++;
	make_record(&usage, record);
	return true;
}

/* After each piece of the work; false: it was cancelled, or has nowhere to go.
 */
static bool go_on(struct call *call)
{
	call_checkpoint(call);
	return !call_is_cancelled(call) && !params_are_revoked(call);
}

/* Sum up everything; *count is the number of records that follow. */
static void make_totals(struct call *call, struct stats_record *totals,
			uint32_t *count)
{
	struct cursor cursor = cursor_begin(call);
	struct stats_record record;

	*totals = (struct stats_record){ .guest = STATS_TOTALS };
	*count = 0;
	while (next_record(call->shm, &cursor, &record)) {
		add_record(totals, &record);
		++*count;
		if (!go_on(call))
			break;
	}
	totals->budget_pages = UINT64_MAX;
	totals->budget_metadata = UINT64_MAX;
	totals->pool_free_bytes = meta_pool_free_bytes(&call->shm->pool);
}

struct output {
	va_t at;
	uint64_t left;	/* bytes */
	uint32_t count; /* records written */
	uint32_t skip;	/* records before the first one wanted */
};

static bool put_record(struct output *output, const struct stats_record *record)
{
	if (output->skip > 0) {
		output->skip--;
		return true;
	}
	if (output->left < sizeof(*record))
		return true;
	if (!access_write(output->at, record, sizeof(*record)))
		return false;
	output->at += sizeof(*record);
	output->left -= sizeof(*record);
	output->count++;
	return true;
}

static void drain_all(struct call *call)
{
	while (corpse_drain(call->shm) == SHM_INTERRUPTED && go_on(call))
		;
}

/* Records into the output, from the wanted one on, as many as fit. */
static bool put_all(struct call *call, struct output *output,
		    const struct stats_record *totals)
{
	struct cursor cursor = cursor_begin(call);
	struct stats_record record;
	bool ok = !cursor.all || put_record(output, totals);

	while (ok && output->left >= sizeof(record) &&
	       next_record(call->shm, &cursor, &record)) {
		ok = put_record(output, &record);
		if (!go_on(call))
			break;
	}
	return ok;
}

uint32_t memory_stats(struct call *call)
{
	struct param *buffer = &call->params[1];
	uint64_t first = call->params[0].a;
	struct stats_header header = { STATS_MAGIC, STATS_VERSION,
				       sizeof(struct stats_record), 0, 0 };
	struct stats_record totals;
	struct output output = {
		.at = buffer->va + sizeof(header),
		.skip = first > UINT32_MAX ? UINT32_MAX : (uint32_t)first,
	};
	uint64_t room = buffer->size;

	if (room < sizeof(header) + sizeof(totals)) {
		buffer->size = sizeof(header) + sizeof(totals);
		return TEE_ERROR_SHORT_BUFFER;
	}
	drain_all(call);
	output.left = room - sizeof(header);
	make_totals(call, &totals, &header.total);
	header.total += tee_is_privileged(call->guest);
	if (!put_all(call, &output, &totals) || params_are_revoked(call))
		return TEE_ERROR_TARGET_DEAD;
	if (call_is_cancelled(call))
		return TEE_ERROR_CANCEL;
	header.count = output.count;
	if (!access_write(buffer->va, &header, sizeof(header)))
		return TEE_ERROR_TARGET_DEAD;
	buffer->size = sizeof(header) + output.count * sizeof(totals);
	return TEE_SUCCESS;
}

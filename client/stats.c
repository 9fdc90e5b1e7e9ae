// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading the accounts. All records come from one call, so that they belong to
 * one moment; when they do not fit, the buffer grows and the call is repeated.
 */
#include "stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_SIZE 4096u
#define LAST_SIZE  (16u << 20) /* more than 65,536 guests need */
#define TRIES	   8

/* All that the secure world says is checked before it is used as a size. */
static bool header_is_valid(const struct stats_header *header, size_t size)
{
	return size >= sizeof(*header) && header->magic == STATS_MAGIC &&
	       header->version == STATS_VERSION &&
	       header->record_size == sizeof(struct stats_record) &&
	       header->count <=
		       (size - sizeof(*header)) / sizeof(struct stats_record) &&
	       header->count <= header->total_count;
}

static struct tee_result buffer_init(struct stats *stats, size_t size)
{
	struct tee_result result = { 0 };
	void *buffer = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED)
		return (struct tee_result){ .err = errno };
	result = service_register(stats->service, buffer, size, &stats->shm);
	if (!tee_ok(result)) {
		munmap(buffer, size);
		return result;
	}
	stats->buffer = buffer;
	stats->buffer_size = size;
	return result;
}

static void buffer_fini(struct stats *stats)
{
	tee_unregister(&stats->shm);
	munmap(stats->buffer, stats->buffer_size);
}

struct tee_result stats_init(struct stats *stats, const struct service *service)
{
	memset(stats, 0, sizeof(*stats));
	stats->service = service;
	return buffer_init(stats, FIRST_SIZE);
}

void stats_fini(struct stats *stats)
{
	buffer_fini(stats);
	free(stats->record);
}

/* One call; *needed is what the service asks for when nothing fits. */
static struct tee_result read_once(struct stats *stats, size_t *needed)
{
	struct tee_call call = {
		.session = stats->service->session,
		.command = SERVICE_STATS,
		.param = {
			tee_value(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, 0, 0),
			tee_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT,
				   &stats->shm, 0, stats->buffer_size),
		},
	};
	const struct stats_header *header = stats->buffer;
	struct tee_result result = tee_invoke(&stats->service->tee, &call);

	*needed = call.param[1].b;
	if (!tee_ok(result))
		return result;
	if (!header_is_valid(header, call.param[1].b))
		return (struct tee_result){ .err = EPROTO };
	*needed = sizeof(*header) +
		  header->total_count * sizeof(struct stats_record);
	return result;
}

static struct tee_result grow(struct stats *stats, size_t needed)
{
	struct stats old = *stats;
	size_t size = stats->buffer_size;
	struct tee_result result;

	if (needed > LAST_SIZE)
		return (struct tee_result){ .err = EPROTO };
	while (size < needed)
		size *= 2;
	result = buffer_init(stats, size);
	if (tee_ok(result))
		buffer_fini(&old);
	return result;
}

static struct tee_result keep(struct stats *stats)
{
	const struct stats_header *header = stats->buffer;
	size_t size = header->count * sizeof(struct stats_record);
	struct stats_record *record = realloc(stats->record, size + 1);

	if (!record)
		return (struct tee_result){ .err = ENOMEM };
	memcpy(record, header + 1, size);
	stats->record = record;
	stats->count = header->count;
	return (struct tee_result){ 0 };
}

struct tee_result stats_read(struct stats *stats)
{
	struct tee_result result = { .err = EAGAIN };

	for (int i = 0; i < TRIES; i++) {
		size_t needed;

		result = read_once(stats, &needed);
		if (!tee_ok(result) && result.ret != (uint32_t)TEE_SHORT_BUFFER)
			return result;
		if (tee_ok(result) && needed <= stats->buffer_size)
			return keep(stats);
		result = grow(stats, needed);
		if (!tee_ok(result))
			return result;
	}
	return result;
}

uint64_t stats_own_pages(const struct stats *stats)
{
	return stats->buffer_size / 4096;
}

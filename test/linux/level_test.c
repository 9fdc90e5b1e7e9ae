// SPDX-License-Identifier: BSD-2-Clause
/*
 * Levels before and after: what is mapped, and what the secure pool has left.
 *
 * usage: level_test save FILE          store the levels
 *        level_test same FILE CLAIM    claim that they are what they were
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <client/stats.h>

#include "tap.h"

static bool read_levels(struct stats_record *levels)
{
	struct service service;
	struct stats stats;
	bool ok;

	if (!tee_ok(service_init(&service)))
		return false;
	ok = tee_ok(stats_init(&stats, &service));
	if (ok) {
		ok = tee_ok(stats_read(&stats));
		if (ok)
			*levels = *stats_first(&stats);
		stats_fini(&stats);
	}
	service_fini(&service);
	return ok;
}

static bool save(const char *path, const struct stats_record *levels)
{
	FILE *file = fopen(path, "w");
	bool ok;

	if (!file)
		return false;
	ok = fwrite(levels, sizeof(*levels), 1, file) == 1;
	return fclose(file) == 0 && ok;
}

static bool load(const char *path, struct stats_record *levels)
{
	FILE *file = fopen(path, "r");
	bool ok;

	if (!file)
		return false;
	ok = fread(levels, sizeof(*levels), 1, file) == 1;
	fclose(file);
	return ok;
}

static void compare(const struct stats_record *before,
		    const struct stats_record *now, const char *claim)
{
	tap_claim(now->regions == before->regions &&
			  now->pages == before->pages &&
			  now->sessions == before->sessions &&
			  now->calls_suspended == 0,
		  "%s: nothing is mapped that was not before", claim);
	tap_claim(now->pool_free_size + now->owed_size ==
			  before->pool_free_size + before->owed_size,
		  "%s: the secure pool is as full as before", claim);
	tap_note("%u regions, %" PRIu64 " pages, %u sessions; pool %" PRIu64
		 " free + %" PRIu64 " owed, before %" PRIu64 " + %" PRIu64,
		 now->regions, now->pages, now->sessions, now->pool_free_size,
		 now->owed_size, before->pool_free_size, before->owed_size);
}

int main(int argc, char **argv)
{
	struct stats_record before;
	struct stats_record now;

	if (argc < 3)
		tap_bail("level_test gets its arguments");
	if (!read_levels(&now))
		tap_bail("the levels can be read");
	if (strcmp(argv[1], "save") == 0) {
		if (!save(argv[2], &now))
			tap_bail("the levels are stored");
	} else if (!load(argv[2], &before) || argc < 4) {
		tap_bail("levels were stored before");
	} else {
		compare(&before, &now, argv[3]);
	}
	return tap_done();
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * Signs of life. The thread looks around four times a second, so that what
 * begins and ends in between pays for no wake-up.
 */
#include "progress.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST_AFTER	 2 /* seconds */
#define BETWEEN_IN_PLACE 1
#define BETWEEN_LINES	 5
#define WHAT_SIZE	 64

static bool plain_wanted;

static struct {
	pthread_mutex_t lock;
	bool has_thread;
	bool active;
	bool shown;
	time_t begun;
	time_t next; /* when to show something */
	char what[WHAT_SIZE];
} progress = { .lock = PTHREAD_MUTEX_INITIALIZER };

void progress_set_plain(bool plain)
{
	plain_wanted = plain;
}

static bool is_in_place(void)
{
	return !plain_wanted && isatty(STDERR_FILENO);
}

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void show(bool in_place)
{
	time_t time = now();

	if (!progress.active || time < progress.next)
		return;
	fprintf(stderr, in_place ? "\r... %s: %ld s " : "... %s: %ld s\n",
		progress.what, (long)(time - progress.begun));
	fflush(stderr);
	progress.shown = true;
	progress.next = time + (in_place ? BETWEEN_IN_PLACE : BETWEEN_LINES);
}

static void *run(void *unused)
{
	const struct timespec pause = { .tv_nsec = 250000000 };
	bool in_place = is_in_place();

	for (;;) {
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&progress.lock);
		show(in_place);
		pthread_mutex_unlock(&progress.lock);
	}
	return unused;
}

void progress_begin(const char *what)
{
	pthread_t thread;

	pthread_mutex_lock(&progress.lock);
	snprintf(progress.what, sizeof(progress.what), "%s", what);
	progress.begun = now();
	progress.next = progress.begun + FIRST_AFTER;
	progress.active = true;
	progress.shown = false;
	if (!progress.has_thread &&
	    pthread_create(&thread, NULL, run, NULL) == 0)
		progress.has_thread = true;
	pthread_mutex_unlock(&progress.lock);
}

void progress_end(void)
{
	pthread_mutex_lock(&progress.lock);
	progress.active = false;
	if (progress.shown && is_in_place())
		fprintf(stderr, "\r\033[K");
	pthread_mutex_unlock(&progress.lock);
}

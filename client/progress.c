// SPDX-License-Identifier: BSD-2-Clause
/* The thread behind signs of life. */
#include "progress.h"

#include <errno.h>
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
	pthread_cond_t ended;
	pthread_t thread;
	bool running;
	char what[WHAT_SIZE];
} progress = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.ended = PTHREAD_COND_INITIALIZER,
};

void progress_set_plain(bool plain)
{
	plain_wanted = plain;
}

static void show(bool in_place, int seconds)
{
	fprintf(stderr, in_place ? "\r... %s: %d s " : "... %s: %d s\n",
		progress.what, seconds);
	fflush(stderr);
}

static void *run(void *unused)
{
	bool in_place = !plain_wanted && isatty(STDERR_FILENO);
	int every = in_place ? BETWEEN_IN_PLACE : BETWEEN_LINES;
	struct timespec next;
	int seconds = FIRST_AFTER;
	bool shown = false;

	clock_gettime(CLOCK_REALTIME, &next);
	next.tv_sec += FIRST_AFTER;
	pthread_mutex_lock(&progress.lock);
	while (progress.running) {
		if (pthread_cond_timedwait(&progress.ended, &progress.lock,
					   &next) != ETIMEDOUT)
			continue;
		show(in_place, seconds);
		shown = true;
		seconds += every;
		next.tv_sec += every;
	}
	pthread_mutex_unlock(&progress.lock);
	if (shown && in_place)
		fprintf(stderr, "\r\033[K");
	return unused;
}

void progress_begin(const char *what)
{
	snprintf(progress.what, sizeof(progress.what), "%s", what);
	progress.running = true;
	if (pthread_create(&progress.thread, NULL, run, NULL) != 0)
		progress.running = false;
}

void progress_end(void)
{
	bool was_running;

	pthread_mutex_lock(&progress.lock);
	was_running = progress.running;
	progress.running = false;
	pthread_cond_signal(&progress.ended);
	pthread_mutex_unlock(&progress.lock);
	if (was_running)
		pthread_join(progress.thread, NULL);
}

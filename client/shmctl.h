/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands of shmctl share. */
#ifndef CLIENT_SHMCTL_H
#define CLIENT_SHMCTL_H

#include "service.h"

#define KIB	   (1ull << 10)
#define MIB	   (1ull << 20)
#define GIB	   (1ull << 30)

#define EXIT_USAGE 2

/* Each gets its own name as argv[0] and returns the exit status. */
int shmctl_demo(int argc, char **argv);
int shmctl_stats(int argc, char **argv);
int shmctl_budget(int argc, char **argv);
int shmctl_bench(int argc, char **argv);
int shmctl_big(int argc, char **argv);

#define SIZE_TEXT 24

/* "64 MiB" in `text`; returns it. */
const char *size_text(uint64_t size, char text[SIZE_TEXT]);

/* 4096, 4K, 64M, 2G, also with iB behind; 0: no size, says so on stderr. */
uint64_t size_parse(const char *text);

/* Say on stderr what failed and how; returns whether it was fine. */
bool report(struct tee_result result, const char *what);

/* One line of a demonstration: what was done to how much, its cost, `note`. */
void report_step(uint64_t size, const char *step, uint64_t ticks,
		 const char *note);

#endif

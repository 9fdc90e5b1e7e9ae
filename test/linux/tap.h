/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claims, one line each, in the Test Anything Protocol; run.sh numbers them,
 * because many programs make one test.
 */
#ifndef TEST_LINUX_TAP_H
#define TEST_LINUX_TAP_H

#include <stdbool.h>

#include <client/tee.h>

/* Returns whether it held. Safe to call from several threads. */
bool tap_claim(bool held, const char *claim, ...)
	__attribute__((format(printf, 2, 3)));

/* As above; when it did not hold, what was answered is said too. */
bool tap_success(struct tee_result result, const char *claim, ...)
	__attribute__((format(printf, 2, 3)));
bool tap_answer(struct tee_result result, int ret, int origin,
		const char *claim, ...) __attribute__((format(printf, 4, 5)));

/* A remark that nobody counts. */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Nothing further can be tested: counts as failed and exits. */
_Noreturn void tap_bail(const char *why);

/* The exit status of a program that came to its end: claims are counted. */
int tap_done(void);

#endif

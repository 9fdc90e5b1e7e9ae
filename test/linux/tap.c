// SPDX-License-Identifier: BSD-2-Clause
/* Claims as lines; each line is written at one go. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void print_line(const char *start, const char *format, va_list args)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, args);
	printf("%s%s\n", start, text);
	fflush(stdout);
}

void tap_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("# ", format, args);
	va_end(args);
}

static bool claim_line(bool held, const char *claim, va_list args)
{
	print_line(held ? "ok - " : "not ok - ", claim, args);
	return held;
}

bool tap_claim(bool held, const char *claim, ...)
{
	va_list args;

	va_start(args, claim);
	claim_line(held, claim, args);
	va_end(args);
	return held;
}

static void note_answer(struct tee_result result)
{
	char text[128];

	tap_note("the answer was %s",
		 tee_result_text(result, text, sizeof(text)));
}

bool tap_success(struct tee_result result, const char *claim, ...)
{
	va_list args;

	va_start(args, claim);
	if (!claim_line(tee_ok(result), claim, args))
		note_answer(result);
	va_end(args);
	return tee_ok(result);
}

bool tap_answer(struct tee_result result, int ret, int origin,
		const char *claim, ...)
{
	bool held = result.err == 0 && result.ret == (uint32_t)ret &&
		    result.origin == (uint32_t)origin;
	va_list args;

	va_start(args, claim);
	if (!claim_line(held, claim, args))
		note_answer(result);
	va_end(args);
	return held;
}

_Noreturn void tap_bail(const char *why)
{
	tap_claim(false, "%s", why);
	exit(1);
}

int tap_done(void)
{
	return fflush(stdout) == 0 ? 0 : 1;
}

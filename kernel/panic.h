/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end: our own mistake, or a machine that cannot be served. Nothing that
 * the normal world does may lead here once it runs.
 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <stdint.h>

/*
 * Print one line that starts with PANIC, and stop this core for good. Every
 * other core stops when it next enters the secure world.
 */
_Noreturn void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2), cold));

/*
 * For a caller that prints a report of its own: true if it is the first panic
 * of the machine and may print; otherwise the core should just stop.
 */
int panic_begin(void);

/* Masked, for good. */
_Noreturn void core_halt(void);

#endif

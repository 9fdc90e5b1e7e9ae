/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The secure console: a PL011 that is polled. Until the device tree has named
 * it, EARLY_CONSOLE (build constant, 0 = none) is used.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stdarg.h>

#include <dynshm/addr.h>

#ifndef EARLY_CONSOLE
#define EARLY_CONSOLE UINT64_C(0x09040000)
#endif

/* From now on print to the PL011 whose registers are mapped at `base`. */
void console_init(uintptr_t base);

/*
 * Conversions: %c %s %d %u %x %p %%, with l, ll or z, a width and 0 as flag.
 * One call is one unit: no other core prints in between. It polls with
 * interrupts masked, so keep it to boot and to what happens once.
 */
void console_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void console_vprintf(const char *format, va_list args)
	__attribute__((format(printf, 1, 0)));

/* This core panics and prints without the lock from now on. */
void console_enter_panic(void);

#endif

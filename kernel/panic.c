// SPDX-License-Identifier: BSD-2-Clause
/*
 * Stops the image after a mistake of our own. The first core to get here
 * reports; one that follows, or that panics while it reports, only stops.
 */
#include <stdarg.h>

#include <arch/cpu.h>
#include <kernel/console.h>
#include <kernel/core.h>
#include <kernel/panic.h>

/* entry.S looks at it on every way in. */
uint32_t core_panicked;

static struct spinlock panic_lock;

/* With the MMU off there is no struct core, and no exclusive access either. */
int panic_begin(void)
{
	struct core *core;
	bool first = true;

	(void)cpu_mask_interrupts();
	core = core_self();
	if (core != NULL) {
		cpu_irq_t saved;

		if (core->in_panic)
			core_halt();
		core->in_panic = 1;
		saved = spin_lock(&panic_lock);
		first = core_panicked == 0;
		core_panicked = 1;
		spin_unlock(&panic_lock, saved);
	}
	if (first)
		console_enter_panic();
	return first;
}

void panic(const char *format, ...)
{
	va_list args;

	if (panic_begin()) {
		va_start(args, format);
		console_printf("PANIC: core %u: ",
			       core_self() == NULL ? 0 : core_index());
		console_vprintf(format, args);
		console_printf("\n");
		va_end(args);
	}
	core_halt();
}

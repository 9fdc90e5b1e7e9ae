// SPDX-License-Identifier: BSD-2-Clause
/*
 * A service of the image that maps devices of QEMU's virt machine and looks
 * whether they are there: one command for each test. The processor's own
 * address translation says what is mapped, not the manager's tables.
 */
#include "service.h"

#include <abi/service.h>
#include <abi/tee.h>

void devices_expect(struct report *report, bool ok, uint32_t line)
{
	if (!ok && report->line == 0)
		report->line = line;
}

/* PAR_EL1 after a translation as for a read at EL1. */
uint64_t devices_translate(va_t va)
{
	uint64_t par;
	cpu_irq_t irq = cpu_mask_interrupts();

	__asm__ volatile("at s1e1r, %1\n\tisb\n\tmrs %0, par_el1"
			 : "=r"(par)
			 : "r"(va)
			 : "memory");
	cpu_restore_interrupts(irq);
	return par;
}

static void run_plain(uint32_t command, struct report *report)
{
	switch (command) {
	case DEVICE_GONE:
		devices_gone(report);
		break;
	case DEVICE_KERNEL:
		devices_kernel(report);
		break;
	case DEVICE_MESSAGE:
		devices_message(report);
		break;
	case DEVICE_DRIVERS:
		devices_drivers(report);
		break;
	case DEVICE_PAGES:
		devices_pages(report);
		break;
	case DEVICE_TYPED:
		devices_typed(report);
		break;
	default:
		report->line = __LINE__;
	}
}

static void run(struct call *call, uint32_t command, struct report *report)
{
	switch (command) {
	case DEVICE_CLOCK:
		devices_clock(report);
		break;
	case DEVICE_GPIO:
		devices_gpio(report);
		break;
	case DEVICE_GIC:
		devices_gic(report);
		break;
	case DEVICE_FW_CFG:
		devices_fw_cfg(report);
		break;
	case DEVICE_CONSOLE:
		devices_console(report);
		break;
	case DEVICE_REFUSED:
		devices_refused(report);
		break;
	case DEVICE_CHURN:
		devices_churn(call, report);
		break;
	case DEVICE_OWN:
		devices_own(call, report);
		break;
	case DEVICE_BUSY:
		devices_busy(report);
		break;
	case DEVICE_DEAD:
		devices_dead(report);
		break;
	case DEVICE_WINDOW:
		devices_window(call, report);
		break;
	default:
		run_plain(command, report);
	}
}

static uint32_t device_test_invoke(struct call *call)
{
	struct param *param = &call->params[0];
	struct report report = { .a = param->a, .b = param->b };

	if (param->type != MSG_TYPE_VALUE_INOUT)
		return TEE_ERROR_BAD_PARAMETERS;
	run(call, call->argument.header.func, &report);
	param->a = report.line;
	param->b = report.b;
	return TEE_SUCCESS;
}

const struct service service_extra = {
	{ DEVICES_UUID_LOW, DEVICES_UUID_HIGH },
	device_test_invoke,
};

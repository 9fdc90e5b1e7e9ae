/* SPDX-License-Identifier: BSD-2-Clause */
/* The tests of the service, and how they report. */
#ifndef TEST_DEVICES_SERVICE_H
#define TEST_DEVICES_SERVICE_H

#include <abi/call.h>
#include <dynshm/lookup.h>
#include <test/devices/commands.h>

struct report {
	uint64_t a; /* as it came */
	uint64_t b; /* as it came, and what goes back */
	uint32_t line;
};

void devices_expect(struct report *report, bool ok, uint32_t line);

#define expect(report, condition) devices_expect(report, condition, __LINE__)

/* What the processor makes of an address: PAR_EL1. */
uint64_t devices_translate(va_t va);

#define PAR_FAULT      UINT64_C(1)
#define PAR_NS	       (UINT64_C(1) << 9)
#define PAR_PAGE(par)  ((par)&UINT64_C(0x0000fffffffff000))
#define PAR_ATTR(par)  ((par) >> 56)
#define ATTR_DEVICE    0x04 /* nGnRE */
#define ATTR_UNCACHED  0x44

#define PRIMECELL_IDS  0xfe0
#define CLOCK_PA       UINT64_C(0x09010000) /* PL031 */
#define FW_CFG_PA      UINT64_C(0x09020000)
#define CONSOLE_PA     UINT64_C(0x09040000) /* PL011, the image's own */
#define GPIO_PA	       UINT64_C(0x090b0000) /* PL061, secure */
#define DISTRIBUTOR_PA UINT64_C(0x08000000)
#define PCI_PA	       UINT64_C(0x8000000000) /* its upper window */

/* registers.c */
void devices_clock(struct report *report);
void devices_gpio(struct report *report);
void devices_gic(struct report *report);
void devices_fw_cfg(struct report *report);
void devices_console(struct report *report);
/* A PrimeCell with this part number. */
bool devices_is_primecell(va_t base, uint32_t part);

/* life.c */
void devices_refused(struct report *report);
void devices_churn(struct call *call, struct report *report);
void devices_own(struct call *call, struct report *report);
void devices_busy(struct report *report);
void devices_dead(struct report *report);
void devices_gone(struct report *report);
void devices_window(struct call *call, struct report *report);

/* callers.c */
void devices_message(struct report *report);
void devices_drivers(struct report *report);
void devices_pages(struct report *report);
void devices_typed(struct report *report);
void devices_kernel(struct report *report);

#endif

// SPDX-License-Identifier: BSD-2-Clause
/*
 * ARMv7 in Secure SVC mode: faults, the MMU and the end. Registers are written
 * down from the architecture manual, not with the constants of what is tested.
 */
#include "machine.h"

#include "regime.h"

#include <kernel/console.h>

#define SCTLR_MMU	  (UINT32_C(1) << 0)
#define SCTLR_ALIGNMENT	  (UINT32_C(1) << 1)
#define SCTLR_DATA_CACHE  (UINT32_C(1) << 2)
#define SCTLR_FETCH_CACHE (UINT32_C(1) << 12)
#define SCTLR_HIGH	  (UINT32_C(1) << 13)
#define DACR_CLIENT_0	  UINT32_C(1)
#define FSR_WRITE	  (UINT32_C(1) << 11)

/* The upper half of the addresses: a window, and room for another. */
#define WINDOW_FIRST	 UINT64_C(0x80000000)
#define WINDOW_BYTES	 UINT64_C(0x40000000)

#define SEMIHOSTING_EXIT 0x20u
#define EXIT_APPLICATION UINT32_C(0x20026)

/* Called by start.S. */
void machine_enable_mmu(void);
uintptr_t fault_find(bool fetch, uintptr_t at);
void machine_unexpected(uintptr_t lr);

unsigned int machine_core(void)
{
	uint32_t core;

	__asm__ volatile("mrc p15, 0, %0, c13, c0, 4" : "=r"(core));
	return core;
}

void machine_config(struct shm_config *config)
{
	config->root = regime_root();
	config->va_bits = 32;
	config->window = (struct va_range){ WINDOW_FIRST,
					    WINDOW_FIRST + WINDOW_BYTES - 1 };
}

struct va_range machine_more_window(void)
{
	return (struct va_range){ WINDOW_FIRST + WINDOW_BYTES,
				  WINDOW_FIRST + 2 * WINDOW_BYTES - 1 };
}

void machine_enable_mmu(void)
{
	uint32_t sctlr, format = regime_start();

	/* DACR, TLBIALL */
	__asm__ volatile(
		"mcr p15, 0, %0, c3, c0, 0\n\t"
		"dsb\n\tmcr p15, 0, %1, c8, c7, 0\n\t"
		"dsb\n\tisb" ::"r"(DACR_CLIENT_0),
		"r"(0)
		: "memory");
	__asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(sctlr));
	sctlr &= ~(SCTLR_ALIGNMENT | SCTLR_HIGH);
	sctlr |= SCTLR_MMU | SCTLR_DATA_CACHE | SCTLR_FETCH_CACHE | format;
	__asm__ volatile("mcr p15, 0, %0, c1, c0, 0\n\tisb" ::"r"(sctlr)
			 : "memory");
}

void machine_unexpected(uintptr_t lr)
{
	console_printf("Bail out! exception: lr %lx\n", (unsigned long)lr);
	machine_exit(1);
}

static struct probe read_fetch_fault(void)
{
	uint32_t ifsr, ifar;

	__asm__ volatile(
		"mrc p15, 0, %0, c5, c0, 1\n\t"
		"mrc p15, 0, %1, c6, c0, 2"
		: "=r"(ifsr), "=r"(ifar));
	return (struct probe){ .faulted = true,
			       .fetch = true,
			       .address = ifar,
			       .status = regime_status(ifsr) };
}

static struct probe read_data_fault(void)
{
	uint32_t dfsr, dfar;

	__asm__ volatile(
		"mrc p15, 0, %0, c5, c0, 0\n\t"
		"mrc p15, 0, %1, c6, c0, 0"
		: "=r"(dfsr), "=r"(dfar));
	return (struct probe){ .faulted = true,
			       .write = dfsr & FSR_WRITE,
			       .address = dfar,
			       .status = regime_status(dfsr) };
}

uintptr_t fault_find(bool fetch, uintptr_t at)
{
	struct probe fault = fetch ? read_fetch_fault() : read_data_fault();
	uintptr_t target = fault_resume(&fault, at);

	if (target == 0) {
		console_printf("# status %x at address %lx\n", fault.status,
			       (unsigned long)fault.address);
		machine_unexpected(at);
	}
	return target;
}

void machine_exit(unsigned int status)
{
	uint32_t block[2] = { EXIT_APPLICATION, status };
	register uint32_t r0 __asm__("r0") = SEMIHOSTING_EXIT;
	register uint32_t r1 __asm__("r1") = (uintptr_t)block;

	for (;;)
		__asm__ volatile("svc 0x123456"
				 : "+r"(r0)
				 : "r"(r1)
				 : "memory");
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * AArch64 at Secure EL1: the static map, faults, translation and the end.
 * Descriptors and registers are written down from the architecture manual, not
 * with the constants of what is tested.
 */
#include "machine.h"

#include <kernel/console.h>

#define TABLE UINT64_C(3)
/* Blocks: valid, accessed. */
#define BLOCK_SECURE UINT64_C(0x701)
#define BLOCK_NORMAL UINT64_C(0x0060000000000721) /* NS, never executed */
#define BLOCK_DEVICE UINT64_C(0x0060000000000405)
#define BLOCK_2M     UINT64_C(0x200000)

/* One descriptor of the root. */
#define WINDOW_BYTES	 (UINT64_C(1) << 39)

#define EC_FETCH	 0x21u
#define EC_DATA		 0x25u
#define ESR_WRITE	 0x40u

#define SEMIHOSTING_EXIT 0x18u
#define EXIT_APPLICATION UINT64_C(0x20026)

struct map_table {
	uint64_t entries[512];
} __attribute__((aligned(4096)));

struct map_table map_root;
static struct map_table map_gib0;
static struct map_table map_first;

/* Called by start.S. */
void map_build(void);
uint64_t fault_find(uint64_t esr, uint64_t far, uint64_t elr);
void machine_unexpected(uint64_t vector, uint64_t esr, uint64_t elr,
			uint64_t far);

unsigned int machine_core(void)
{
	uint64_t core;

	__asm__ volatile("mrs %0, tpidr_el1" : "=r"(core));
	return (unsigned int)core;
}

/* With the MMU off. Secure RAM, devices, and RAM as the normal world has it. */
void map_build(void)
{
	map_root.entries[0] = (uintptr_t)&map_gib0 | TABLE;
	map_gib0.entries[0] = (uintptr_t)&map_first | TABLE;
	map_gib0.entries[RAM_FIRST >> 30] = RAM_FIRST | BLOCK_NORMAL;
	for (uint64_t pa = 0x08000000; pa < 0x0a000000; pa += BLOCK_2M)
		map_first.entries[pa >> 21] = pa | BLOCK_DEVICE;
	for (uint64_t pa = 0x0e000000; pa < 0x0f000000; pa += BLOCK_2M)
		map_first.entries[pa >> 21] = pa | BLOCK_SECURE;
}

void machine_config(struct shm_config *config)
{
	config->root = map_root.entries;
	config->window =
		(struct va_range){ WINDOW_BYTES, 2 * WINDOW_BYTES - 1 };
}

struct va_range machine_more_window(void)
{
	return (struct va_range){ 2 * WINDOW_BYTES, 3 * WINDOW_BYTES - 1 };
}

void machine_unexpected(uint64_t vector, uint64_t esr, uint64_t elr,
			uint64_t far)
{
	console_printf("Bail out! exception %lu: esr %lx elr %lx far %lx\n",
		       vector, esr, elr, far);
	machine_exit(1);
}

uint64_t fault_find(uint64_t esr, uint64_t far, uint64_t elr)
{
	unsigned int class = esr >> 26 & 0x3f;
	struct probe fault = {
		.faulted = true,
		.address = far,
		.status = esr & 0x3f,
		.write = class == EC_DATA && (esr & ESR_WRITE),
		.fetch = class == EC_FETCH,
	};
	uint64_t target = 0;

	if (class == EC_DATA || class == EC_FETCH)
		target = fault_resume(&fault, elr);
	if (target == 0)
		machine_unexpected(4, esr, elr, far);
	return target;
}

struct translation cpu_translate(va_t va, bool write)
{
	uint64_t par;

	if (write)
		__asm__ volatile("at s1e1w, %0" ::"r"(va) : "memory");
	else
		__asm__ volatile("at s1e1r, %0" ::"r"(va) : "memory");
	__asm__ volatile("isb\n\tmrs %0, par_el1" : "=r"(par)::"memory");
	if (par & 1)
		return (struct translation){ .status = par >> 1 & 0x3f };
	return (struct translation){
		.ok = true,
		.pa = (par & UINT64_C(0x0000fffffffff000)) | (va & 0xfff),
		.non_secure = par >> 9 & 1,
		.memory = (unsigned int)(par >> 56),
	};
}

void machine_exit(unsigned int status)
{
	uint64_t block[2] = { EXIT_APPLICATION, status };
	register uint64_t x0 __asm__("x0") = SEMIHOSTING_EXIT;
	register uint64_t x1 __asm__("x1") = (uintptr_t)block;

	for (;;)
		__asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
}

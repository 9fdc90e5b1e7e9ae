// SPDX-License-Identifier: BSD-2-Clause
/*
 * AArch64 at Secure EL1: the static map, faults, probes, cores and the end.
 * Descriptors and registers are written down from the architecture manual, not
 * with the constants of what is tested.
 */
#include "machine.h"

#include <kernel/console.h>

#define TABLE UINT64_C(3)
/* Blocks: valid, accessed. */
#define BLOCK_SECURE	 UINT64_C(0x701)
#define BLOCK_NORMAL	 UINT64_C(0x0060000000000721) /* NS, never executed */
#define BLOCK_DEVICE	 UINT64_C(0x0060000000000405)
#define BLOCK_2M	 UINT64_C(0x200000)

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

struct fixup {
	uint64_t instruction;
	uint64_t target;
};

extern const struct fixup __extable_start[], __extable_end[];
extern const char probe_load_at[], probe_store_at[], probe_failed[];
extern const char probe_branch_failed[];

/* start.S; they answer whether the access was made. */
bool probe_load(va_t va, uint32_t *value);
bool probe_store(va_t va, uint32_t value);
bool probe_branch(va_t va);

/* Called by start.S. */
void map_build(void);
void core_serve(void);
uint64_t fault_find(uint64_t esr, uint64_t far, uint64_t elr);
void machine_unexpected(uint64_t vector, uint64_t esr, uint64_t elr,
			uint64_t far);

volatile uint32_t core_released;
static void (*volatile core_work)(void *);
static void *volatile core_arg;

static struct probe faults[CORE_COUNT];

static unsigned int this_core(void)
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
		(struct va_range){ UINT64_C(1) << 39, (UINT64_C(1) << 43) - 1 };
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
	struct probe *fault = &faults[this_core()];

	*fault = (struct probe){
		.faulted = true,
		.address = far,
		.status = esr & 0x3f,
		.write = class == EC_DATA && (esr & ESR_WRITE),
		.fetch = class == EC_FETCH,
	};
	if (elr == (uintptr_t)probe_load_at || elr == (uintptr_t)probe_store_at)
		return (uintptr_t)probe_failed;
	if (class == EC_FETCH && elr == far)
		return (uintptr_t)probe_branch_failed;
	for (const struct fixup *f = __extable_start; f != __extable_end; f++)
		if (f->instruction == elr && class == EC_DATA)
			return f->target;
	machine_unexpected(4, esr, elr, far);
	return 0;
}

static struct probe result(bool done)
{
	static const struct probe none;

	return done ? none : faults[this_core()];
}

struct probe probe_read(va_t va, uint32_t *value)
{
	return result(probe_load(va, value));
}

struct probe probe_write(va_t va, uint32_t value)
{
	return result(probe_store(va, value));
}

struct probe probe_call(va_t va)
{
	return result(probe_branch(va));
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

void core_serve(void)
{
	for (;;) {
		void (*work)(void *) =
			__atomic_load_n(&core_work, __ATOMIC_ACQUIRE);

		if (work == NULL)
			continue;
		work(core_arg);
		__atomic_store_n(&core_work, NULL, __ATOMIC_RELEASE);
	}
}

void core_start(void (*work)(void *), void *arg)
{
	core_arg = arg;
	__atomic_store_n(&core_work, work, __ATOMIC_RELEASE);
	core_released = 1;
	__asm__ volatile("dsb sy\n\tsev" ::: "memory");
}

void core_join(void)
{
	while (__atomic_load_n(&core_work, __ATOMIC_ACQUIRE) != NULL)
		;
}

void machine_exit(unsigned int status)
{
	uint64_t block[2] = { EXIT_APPLICATION, status };
	register uint64_t x0 __asm__("x0") = SEMIHOSTING_EXIT;
	register uint64_t x1 __asm__("x1") = (uintptr_t)block;

	for (;;)
		__asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
}

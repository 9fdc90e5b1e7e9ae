// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory behind struct core: one entry, one stack above a guard page and
 * one emergency stack for each core. start.S hands them out.
 */
#include <stddef.h>

#include <kernel/context.h>
#include <kernel/core.h>

#include "asm.h"
#include "boot_map.h"

_Static_assert(offsetof(struct context, sp) == CONTEXT_SP, "asm.h");
_Static_assert(offsetof(struct context, elr) == CONTEXT_ELR, "asm.h");
_Static_assert(offsetof(struct context, spsr) == CONTEXT_SPSR, "asm.h");
_Static_assert(sizeof(struct context) == CONTEXT_SIZE, "asm.h");
_Static_assert(offsetof(struct core, context) == CORE_CONTEXT, "asm.h");
_Static_assert(offsetof(struct core, stack) == CORE_STACK, "asm.h");
_Static_assert(offsetof(struct core, emergency_top) == CORE_EMERGENCY_TOP,
	       "asm.h");
_Static_assert(offsetof(struct core, index) == CORE_EMERGENCY_TOP + 8,
	       "start.S stores both as a pair");
_Static_assert(offsetof(struct core, conflicts.count) == CORE_CONFLICTS,
	       "asm.h");
_Static_assert(sizeof(struct core) == CORE_SIZE && CORE_SIZE == 1 << 6,
	       "start.S shifts by this");
_Static_assert(sizeof(struct core_stack) == 1 << 13, "start.S shifts by this");
_Static_assert(CORE_EMERGENCY_SIZE == 1 << 11, "start.S shifts by this");

struct core cores[MAX_CORES] __attribute__((aligned(64)));
uint64_t core_mpidr[MAX_CORES];
struct core_stack core_stacks[MAX_CORES]
	__attribute__((section(".bss..stacks"), aligned(4096)));
uint8_t core_emergency_stacks[MAX_CORES][CORE_EMERGENCY_SIZE]
	__attribute__((aligned(16)));

int core_find_guard(uint64_t address)
{
	uint64_t offset = address - (uint64_t)core_stacks;

	if (offset >= sizeof(core_stacks) ||
	    offset % sizeof(struct core_stack) >= CORE_STACK_SIZE)
		return -1;
	return (int)(offset / sizeof(struct core_stack));
}

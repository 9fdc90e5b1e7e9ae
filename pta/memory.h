/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The services' commands. Each works on the parameters of its call, moves data
 * through a small buffer of its own a piece at a time, and takes a checkpoint
 * after each piece.
 */
#ifndef PTA_MEMORY_H
#define PTA_MEMORY_H

#include <abi/call.h>

uint32_t device_invoke(struct call *call);
uint32_t memory_invoke(struct call *call);

/* The memory service's commands, by id: memory.c, stats.c, budget.c. */
uint32_t memory_checksum(struct call *call);
uint32_t memory_fill(struct call *call);
uint32_t memory_copy(struct call *call);
uint32_t memory_reverse(struct call *call);
uint32_t memory_hold(struct call *call);
uint32_t memory_release(struct call *call);
uint32_t memory_rpc_fill(struct call *call);
uint32_t memory_stats(struct call *call);
uint32_t memory_set_budget(struct call *call);
uint32_t memory_held_sum(struct call *call);
uint32_t memory_get_budget(struct call *call);

/*
 * What the commands are made of; all answer a TEE result: CANCEL, or
 * TARGET_DEAD when the memory stopped answering. `size` may be 0.
 */
uint32_t bytes_sum(struct call *call, va_t va, uint64_t size, uint64_t *sum);
uint32_t bytes_fill(struct call *call, va_t va, uint64_t size, uint8_t first);
uint32_t bytes_copy(struct call *call, va_t to, va_t from, uint64_t size);
uint32_t bytes_reverse(struct call *call, va_t va, uint64_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests, as the hypervisor that this program is has the say over them. */
#ifndef HYP_VM_H
#define HYP_VM_H

#include "call.h"
#include "tap.h"

#define GUEST 0x21u /* for tests of one */

/* Announce a guest, or its end; a0. Always sent as the hypervisor. */
uint32_t vm_create(uint32_t id);
uint32_t vm_destroy(uint32_t id);

/* The same, which must succeed; the core then speaks for the new guest. */
void vm_begin(uint32_t id);
/* And as the hypervisor again, as which it goes on. */
void vm_end(uint32_t id);

/*
 * Let the stacks of the guests kept ready be those at the lowest addresses, so
 * that levels can be compared: take those that are ready, and while they are
 * in use let others be made. Speaks as the hypervisor.
 */
void vm_settle(void);

/* Free and owed bytes of the pool, asked as the hypervisor. */
uint64_t vm_pool_level(void);

/* The record of a guest; false: there is none. Asked as the hypervisor. */
bool vm_record(uint32_t id, struct stats_record *out);

/*
 * With an interrupt pending, a call goes back at its first look for one: so
 * each entry is one piece of work. vm_enter_slice() is call_enter() like that.
 */
uint32_t vm_enter_slice(struct call *call);

/* The guest that the core speaks for registers, sums and unregisters. */
void vm_works(uint64_t cookie);

/* A resume of this call as its guest; a0. */
uint32_t vm_resume(const struct call *call);

/* A sequence of numbers from a seed, which is never 0. */
uint32_t random_next(uint32_t *seed);

/* Calls a guest can have in flight. */
uint32_t vm_thread_count(void);

#endif

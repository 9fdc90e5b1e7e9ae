/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that guests die in: each puts one into *call, to be entered. */
#ifndef HYP_DEADLY_H
#define HYP_DEADLY_H

#include "vm.h"

#define COOKIE UINT64_C(0xffff000077770000)
#define LARGE  1200u /* pages: some slices of a list */
#define SMALL  40u   /* pages: some slices of a sum */

/* By the test: a list of LARGE pages, and a session of the guest's. */
extern uint64_t deadly_list;
extern uint32_t deadly_session;

void set_register(struct call *call);
void set_replace(struct call *call);
void set_add(struct call *call);
void set_unregister(struct call *call);
void set_remove(struct call *call);
void set_open(struct call *call);
void set_close(struct call *call);
void set_checksum(struct call *call);
void set_copy(struct call *call);
void set_reverse(struct call *call);
void set_held_sum(struct call *call);
void set_stats(struct call *call);
void set_rpc_fill(struct call *call);
void set_rpc_fill_beside(struct call *call);
void set_rpc_fill_inside(struct call *call);
void set_unregister_asleep(struct call *call);
void set_fill(struct call *call);
void set_hold(struct call *call);
void set_release(struct call *call);
void set_get_budget(struct call *call);

#endif

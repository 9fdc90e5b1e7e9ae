/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The argument structure of a call, in memory that the normal world can change
 * at any time: the header is copied once, each parameter once, and only what
 * the interface names as output is written back.
 */
#ifndef ABI_ARGUMENT_H
#define ABI_ARGUMENT_H

#include "call.h"

/*
 * Map the argument that the registers of a CALL_WITH_* name and copy its
 * header. Answers a0: SMC_OK, or why not.
 */
uint32_t argument_open(struct call *call);
void argument_close(struct call *call);

/* Copy parameter `i`, below param_count. False: the memory is gone. */
bool argument_read_param(struct call *call, unsigned int i,
			 struct msg_param *out);

/* Write outputs. False: the memory is gone. */
bool argument_write_result(struct call *call, uint32_t ret, uint32_t origin);
bool argument_write_session(struct call *call, uint32_t session);
bool argument_write_value(struct call *call, unsigned int i, uint64_t a,
			  uint64_t b);
bool argument_write_size(struct call *call, unsigned int i, uint64_t size);

#endif

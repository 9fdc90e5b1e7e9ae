/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters of OPEN_SESSION and INVOKE, between the wire and a service. */
#ifndef ABI_PARAMS_H
#define ABI_PARAMS_H

#include "call.h"

/*
 * Read the parameters from `first` on into call->params, with a reference to
 * each region. Answers the `ret`; what was taken so far is then to be released
 * all the same.
 */
uint32_t params_read(struct call *call, unsigned int first);

/* Write outputs back. False: the argument's memory is gone. */
bool params_write(struct call *call, unsigned int first);

/* Let go of all regions; temporary ones are taken apart. */
void params_release(struct call *call);

/*
 * Memory that the call works on was revoked: the command has to end with
 * TARGET_DEAD, whether or not it would touch the page that moved.
 */
bool params_are_revoked(const struct call *call);

static inline bool param_is_memref(const struct param *param)
{
	return param->type >= MSG_TYPE_RMEM_INPUT;
}

static inline bool param_has_input(const struct param *param)
{
	return param->type & MSG_DIRECTION_IN;
}

static inline bool param_has_output(const struct param *param)
{
	return param->type & MSG_DIRECTION_OUT;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow of control on the build machine. It runs on a host stack that belongs
 * to the address given as its stack's top, so that a flow which is dropped
 * half way costs nothing: the next one with that stack takes its place.
 */
#ifndef CONTEXT_IMPL_H
#define CONTEXT_IMPL_H

#include <stdint.h>

struct host_flow;

struct context {
	struct host_flow *flow;
};

#endif

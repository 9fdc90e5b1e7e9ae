/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls from a program in dom0. Xen reads and writes arguments by their
 * virtual address, and so they lie in a page that cannot go: there is one, and
 * one thread.
 */
#ifndef TEST_XEN_HYPERCALL_H
#define TEST_XEN_HYPERCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __XEN_TOOLS__ 1
/* The numbers are those of the Xen that runs; the headers are from its source.
 */
#include <xen/interface/domctl.h>
#include <xen/interface/memory.h>
#include <xen/privcmd.h>

/* All that can fail sets errno. */
bool hypercall_init(void);

/* The operation is copied to Xen and back. */
bool hypercall_domctl(uint32_t cmd, domid_t domain, struct xen_domctl *op);

/* Give a domain extents of 2 MiB, from that address of its own on. */
bool hypercall_populate(domid_t domain, uint64_t address, uint32_t extents);

/* Set where the only processor of a 64-bit domain starts, MMU off. */
bool hypercall_set_start(domid_t domain, uint64_t address);

/* Pages of a domain; hypercall_unmap() them before it is destroyed. */
void *hypercall_map(domid_t domain, uint64_t address, size_t size);
void hypercall_unmap(void *memory, size_t size);

#endif

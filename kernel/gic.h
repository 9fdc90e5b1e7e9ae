/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controller, GICv2 or GICv3. The image uses no interrupt of its
 * own; what matters is to tell whose the one is that stopped a flow.
 */
#ifndef KERNEL_GIC_H
#define KERNEL_GIC_H

#include <dynshm/addr.h>

struct gic_config {
	unsigned int version;	 /* 2 or 3; 0 = none found */
	uintptr_t distributor;	 /* GICD */
	uintptr_t cpu_interface; /* GICC, version 2 */
	uintptr_t redistributor; /* first GICR frame, version 3 */
	uint64_t redistributor_size;
};

enum irq_owner {
	IRQ_NONE,    /* nothing is pending any more: the flow can go on */
	IRQ_SECURE,  /* it was ours; acknowledged and ended */
	IRQ_FOREIGN, /* the normal world's (or EL3's): left alone, go back */
};

void gic_init(const struct gic_config *config);

/*
 * Look at the pending interrupt of this core, and take it if it is secure. As
 * nobody enables one, such an interrupt is spurious: it is switched off at the
 * controller and reported once. Interrupts masked.
 */
enum irq_owner gic_handle_secure(void);

#endif

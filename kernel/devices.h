/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices that the image itself drives: console and interrupt controller.
 * Boot prints through the static map; from here on their registers are mapped
 * as any other driver's are, and the static map has memory only.
 */
#ifndef KERNEL_DEVICES_H
#define KERNEL_DEVICES_H

#include <kernel/platform.h>

/* Once, by the boot core. What cannot be mapped is a panic. */
void devices_map(const struct platform *platform);

#endif

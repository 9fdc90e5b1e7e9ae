/* SPDX-License-Identifier: BSD-2-Clause */
/* Device registers where they are mapped: one access each, in order. */
#ifndef KERNEL_MMIO_H
#define KERNEL_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_read32(uintptr_t address)
{
	return *(const volatile uint32_t *)address;
}

static inline uint64_t mmio_read64(uintptr_t address)
{
	return *(const volatile uint64_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

#endif

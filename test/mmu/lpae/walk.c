// SPDX-License-Identifier: BSD-2-Clause
/*
 * A walk through long descriptors in software, written from the architecture
 * manual: it shares nothing with the encoder. Tables are secure RAM, which is
 * mapped where it is.
 */
#include "machine.h"

#define LAST_LEVEL UINT32_C(3)
#define ADDRESS	   UINT64_C(0x0000fffffffff000)

/* Fault status codes; the level is added. */
#define STATUS_TRANSLATION 0x04u
#define STATUS_ACCESS_FLAG 0x08u
#define STATUS_PERMISSION  0x0cu

#if defined(__aarch64__)
#define FIRST_LEVEL 0u
static uint64_t root(void)
{
	uint64_t ttbr;

	__asm__ volatile("mrs %0, ttbr0_el1" : "=r"(ttbr));
	return ttbr & ADDRESS;
}
#else
#define FIRST_LEVEL 1u
static uint64_t root(void)
{
	uint64_t ttbr;

	__asm__ volatile("mrrc p15, 0, %Q0, %R0, c2" : "=r"(ttbr));
	return ttbr & UINT64_C(0xffffffffe0);
}
#endif

/* PT_MAIR in pt_format.h has the same six bytes; this is the manual's list. */
static const uint8_t memory[8] = { 0xff, 0x04, 0x44, 0x00, 0x08, 0x0c };

const uint8_t memory_of_type[SHM_MEM_TYPE_COUNT] = { 0xff, 0x04, 0x44,
						     0x00, 0x08, 0x0c };

enum fault_reason fault_kind(unsigned int status)
{
	switch (status & 0x3c) {
	case STATUS_TRANSLATION:
		return FAULT_TRANSLATION;
	case STATUS_ACCESS_FLAG:
		return FAULT_ACCESS_FLAG;
	case STATUS_PERMISSION:
		return FAULT_PERMISSION;
	default:
		return FAULT_OTHER;
	}
}

/* Pages, blocks of level 2, and 16 of each with the contiguous bit. */
const uint64_t mapped_sizes[MAPPED_SIZES] = { 0x1000, 0x10000, 0x200000,
					      0x2000000 };

unsigned int permission_of_size(uint64_t size)
{
	return STATUS_PERMISSION | (size < 0x200000 ? LAST_LEVEL : 2);
}

static struct translation fault(unsigned int kind, unsigned int level)
{
	return (struct translation){ .status = kind | level };
}

static struct translation leaf(uint64_t descriptor, unsigned int level, va_t va,
			       bool write)
{
	uint64_t inside = (UINT64_C(1) << (12 + 9 * (LAST_LEVEL - level))) - 1;

	if (!(descriptor >> 10 & 1))
		return fault(STATUS_ACCESS_FLAG, level);
	if (write && (descriptor >> 7 & 1))
		return fault(STATUS_PERMISSION, level);
	return (struct translation){
		.ok = true,
		.pa = (descriptor & ADDRESS & ~inside) | (va & inside),
		.non_secure = descriptor >> 5 & 1,
		.memory = memory[descriptor >> 2 & 7],
		.size = (inside + 1) * (descriptor >> 52 & 1 ? 16 : 1),
	};
}

struct translation soft_translate(va_t va, bool write)
{
	uint64_t table = root();

	for (unsigned int level = FIRST_LEVEL;; level++) {
		unsigned int shift = 12 + 9 * (LAST_LEVEL - level);
		const volatile uint64_t *entries =
			(const volatile uint64_t *)(uintptr_t)table;
		uint64_t descriptor = entries[va >> shift & 511];

		if (!(descriptor & 1))
			return fault(STATUS_TRANSLATION, level);
		if (level == LAST_LEVEL)
			return descriptor & 2
				       ? leaf(descriptor, level, va, write)
				       : fault(STATUS_TRANSLATION, level);
		if (!(descriptor & 2))
			return level == 0 ? fault(STATUS_TRANSLATION, level)
					  : leaf(descriptor, level, va, write);
		table = descriptor & ADDRESS;
	}
}

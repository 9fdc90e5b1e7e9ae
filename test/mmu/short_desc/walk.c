// SPDX-License-Identifier: BSD-2-Clause
/*
 * A walk through short descriptors in software, written from the architecture
 * manual: it shares nothing with the encoder. SCTLR.AFE and TRE are set, so
 * types of memory are what PRRR and NMRR say. Tables are secure RAM, which is
 * mapped where it is.
 */
#include "machine.h"

/* Fault status codes, of the first and the second level. */
static const unsigned int translation[2] = { 0x5, 0x7 };
static const unsigned int access_flag[2] = { 0x3, 0x6 };
static const unsigned int domain[2] = { 0x9, 0xb };
static const unsigned int permission[2] = { 0xd, 0xf };

/* ARMv7 has one type for all devices whose writes may be answered early. */
const uint8_t memory_of_type[SHM_MEM_TYPE_COUNT] = { 0xff, 0x04, 0x44,
						     0x00, 0x04, 0x04 };

/* A page or block, whatever the bits of its fields were. */
struct leaf {
	unsigned int level; /* 0: the first */
	unsigned int domain;
	unsigned int ap;   /* AP[2:0] */
	unsigned int type; /* TEX[0], C, B */
	uint32_t base;
	uint32_t inside;
	bool non_secure;
};

/* Small and large pages, sections and supersections. */
const uint64_t mapped_sizes[MAPPED_SIZES] = { 0x1000, 0x10000, 0x100000,
					      0x1000000 };

unsigned int permission_of_size(uint64_t size)
{
	return permission[size < 0x100000];
}

enum fault_reason fault_kind(unsigned int status)
{
	for (unsigned int level = 0; level < 2; level++) {
		if (status == translation[level])
			return FAULT_TRANSLATION;
		if (status == access_flag[level])
			return FAULT_ACCESS_FLAG;
		if (status == permission[level])
			return FAULT_PERMISSION;
	}
	return FAULT_OTHER;
}

/* A type of normal memory, inner or outer, as four bits of MAIR have it. */
static unsigned int cacheability(uint32_t nmrr_field)
{
	static const unsigned int mair[4] = { 0x4, 0xf, 0xa, 0xe };

	return mair[nmrr_field & 3];
}

static unsigned int memory(unsigned int type)
{
	uint32_t prrr, nmrr;

	__asm__ volatile("mrc p15, 0, %0, c10, c2, 0" : "=r"(prrr));
	__asm__ volatile("mrc p15, 0, %0, c10, c2, 1" : "=r"(nmrr));
	switch (prrr >> 2 * type & 3) {
	case 0:
		return 0x00;
	case 1:
		return 0x04;
	default:
		return cacheability(nmrr >> 2 * type) |
		       cacheability(nmrr >> (16 + 2 * type)) << 4;
	}
}

static struct translation fault(const unsigned int code[2], unsigned int level)
{
	return (struct translation){ .status = code[level] };
}

static struct translation translate(const struct leaf *leaf, va_t va,
				    bool write)
{
	uint32_t dacr;

	__asm__ volatile("mrc p15, 0, %0, c3, c0, 0" : "=r"(dacr));
	if ((dacr >> 2 * leaf->domain & 1) == 0)
		return fault(domain, leaf->level);
	if (!(leaf->ap & 1))
		return fault(access_flag, leaf->level);
	if (write && (leaf->ap & 4))
		return fault(permission, leaf->level);
	return (struct translation){
		.ok = true,
		.pa = leaf->base | ((uint32_t)va & leaf->inside),
		.non_secure = leaf->non_secure,
		.memory = memory(leaf->type),
		.size = (uint64_t)leaf->inside + 1,
	};
}

static unsigned int type_of(uint32_t descriptor, unsigned int tex_at)
{
	return (descriptor >> 2 & 3) | (descriptor >> tex_at & 1) << 2;
}

/* Supersections lead to 32 bits of address here: the machine has no more. */
static struct translation section(uint32_t descriptor, va_t va, bool write)
{
	bool super = descriptor >> 18 & 1;
	struct leaf leaf = {
		.level = 0,
		.domain = super ? 0 : descriptor >> 5 & 15,
		.ap = (descriptor >> 10 & 3) | (descriptor >> 15 & 1) << 2,
		.type = type_of(descriptor, 12),
		.inside = super ? 0xffffff : 0xfffff,
		.non_secure = descriptor >> 19 & 1,
	};

	leaf.base = descriptor & ~leaf.inside;
	return translate(&leaf, va, write);
}

static struct translation page(uint32_t table, uint32_t descriptor, va_t va,
			       bool write)
{
	bool large = (descriptor & 3) == 1;
	struct leaf leaf = {
		.level = 1,
		.domain = table >> 5 & 15,
		.ap = (descriptor >> 4 & 3) | (descriptor >> 9 & 1) << 2,
		.type = type_of(descriptor, large ? 12 : 6),
		.inside = large ? 0xffff : 0xfff,
		.non_secure = table >> 3 & 1,
	};

	if ((descriptor & 3) == 0)
		return fault(translation, 1);
	leaf.base = descriptor & ~leaf.inside;
	return translate(&leaf, va, write);
}

/*
 * TTBCR.N bits of an address, if there are any, which are not all 0, lead to
 * TTBR1. The table at TTBR0 is for the other bits.
 */
static const volatile uint32_t *root_of(va_t va)
{
	uint32_t ttbcr, ttbr0, ttbr1, bits;

	__asm__ volatile("mrc p15, 0, %0, c2, c0, 2" : "=r"(ttbcr));
	__asm__ volatile("mrc p15, 0, %0, c2, c0, 0" : "=r"(ttbr0));
	__asm__ volatile("mrc p15, 0, %0, c2, c0, 1" : "=r"(ttbr1));
	bits = ttbcr & 7;
	if (bits != 0 && va >> (32 - bits) != 0)
		return (const volatile uint32_t *)(uintptr_t)(ttbr1 &
							      0xffffc000);
	return (const volatile uint32_t *)(uintptr_t)(ttbr0 &
						      0xffffff80 << (7 - bits));
}

struct translation soft_translate(va_t va, bool write)
{
	const volatile uint32_t *leaves;
	uint32_t first = root_of(va)[va >> 20 & 4095];

	if ((first & 3) == 0)
		return fault(translation, 0);
	if (first & 2)
		return section(first, va, write);
	leaves = (const volatile uint32_t *)(uintptr_t)(first & 0xfffffc00);
	return page(first, leaves[va >> 12 & 255], va, write);
}

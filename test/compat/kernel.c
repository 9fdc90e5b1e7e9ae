// SPDX-License-Identifier: BSD-2-Clause
/*
 * What compat/ and the library want from the kernel around them, so that a
 * program with both links. Nothing here runs.
 */
#include <compat/platform.h>

bool compat_get_call(struct compat_call *out)
{
	(void)out;
	return false;
}

const struct compat_memory *compat_memory(void)
{
	static const struct compat_memory none;

	return &none;
}

bool compat_translate(va_t va, pa_t *pa)
{
	(void)va;
	(void)pa;
	return false;
}

void compat_dcache_all(enum compat_cache_op op)
{
	(void)op;
}

void compat_dcache_area(enum compat_cache_op op, va_t va, uint64_t size)
{
	(void)op;
	(void)va;
	(void)size;
}

void compat_icache_all(void)
{
}

void compat_icache_area(va_t va, uint64_t size)
{
	(void)va;
	(void)size;
}

void core_init_mmu_map(void)
{
}

void core_init_mmu_regs(void)
{
}

bool cpu_mmu_enabled(void)
{
	return false;
}

void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);

void *memset(void *to, int byte, size_t size)
{
	(void)byte;
	(void)size;
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	(void)from;
	(void)size;
	return to;
}

// SPDX-License-Identifier: BSD-2-Clause
/* Attributes and types of memory, in OP-TEE's numbers and in the library's. */
#include "internal.h"

#define CACHED (TEE_MATTR_CACHE_CACHED << TEE_MATTR_CACHE_SHIFT)
#define DEVICE (TEE_MATTR_CACHE_NONCACHE << TEE_MATTR_CACHE_SHIFT)
#define SECURE TEE_MATTR_SECURE
#define EVERY  (TEE_MATTR_VALID_BLOCK | TEE_MATTR_GLOBAL)

static const uint32_t type_attributes[MEM_AREA_MAXTYPE] = {
	[MEM_AREA_TEE_RAM] = EVERY | SECURE | TEE_MATTR_PRWX | CACHED,
	[MEM_AREA_TEE_COHERENT] = EVERY | SECURE | TEE_MATTR_PRW | DEVICE,
	[MEM_AREA_TA_RAM] = EVERY | SECURE | TEE_MATTR_PRW | CACHED,
	[MEM_AREA_NSEC_SHM] = EVERY | TEE_MATTR_PRW | CACHED,
	[MEM_AREA_RAM_NSEC] = EVERY | TEE_MATTR_PRW | CACHED,
	[MEM_AREA_RAM_SEC] = EVERY | SECURE | TEE_MATTR_PRW | CACHED,
	[MEM_AREA_IO_NSEC] = EVERY | TEE_MATTR_PRW | DEVICE,
	[MEM_AREA_IO_SEC] = EVERY | SECURE | TEE_MATTR_PRW | DEVICE,
	[MEM_AREA_TEE_RAM_RX] = EVERY | SECURE | TEE_MATTR_PRX | CACHED,
	[MEM_AREA_TEE_RAM_RO] = EVERY | SECURE | TEE_MATTR_PR | CACHED,
	[MEM_AREA_TEE_RAM_RW] = EVERY | SECURE | TEE_MATTR_PRW | CACHED,
	[MEM_AREA_ROM_SEC] = EVERY | SECURE | TEE_MATTR_PR | CACHED,
	[MEM_AREA_EXT_DT] = EVERY | TEE_MATTR_PRW | DEVICE,
};

uint32_t core_mmu_type_to_attr(enum teecore_memtypes t)
{
	return (unsigned int)t < MEM_AREA_MAXTYPE ? type_attributes[t] : 0;
}

static uint32_t cache_field(uint32_t attr)
{
	return attr >> TEE_MATTR_CACHE_SHIFT & TEE_MATTR_CACHE_MASK;
}

bool core_mmu_mattr_is_ok(uint32_t mattr)
{
	return cache_field(mattr) == TEE_MATTR_CACHE_NONCACHE ||
	       cache_field(mattr) == TEE_MATTR_CACHE_CACHED;
}

bool core_mmu_is_shm_cached(void)
{
	return cache_field(core_mmu_type_to_attr(MEM_AREA_NSEC_SHM)) ==
	       TEE_MATTR_CACHE_CACHED;
}

/* User mode has what privileged mode has: nothing runs there. */
enum shm_memtype compat_memtype(uint32_t attr)
{
	enum shm_memtype type = SHM_MEM_DEVICE_NGNRE;

	if (cache_field(attr) == TEE_MATTR_CACHE_CACHED)
		type = SHM_MEM_CACHED;
	else if (cache_field(attr) == TEE_MATTR_MEM_TYPE_STRONGLY_O)
		type = SHM_MEM_DEVICE_NGNRNE;
	if (!(attr & (TEE_MATTR_PW | TEE_MATTR_UW)))
		type |= SHM_MEM_READ_ONLY;
	if (!(attr & (TEE_MATTR_PX | TEE_MATTR_UX)))
		type |= SHM_MEM_NO_EXEC;
	if (!(attr & TEE_MATTR_SECURE))
		type |= SHM_MEM_NON_SECURE;
	return type;
}

/* OP-TEE has no number for memory that is not cached and no device. */
uint32_t compat_attributes(enum shm_memtype type)
{
	uint32_t attr = EVERY | TEE_MATTR_PR;

	if (shm_memtype_base(type) == SHM_MEM_CACHED)
		attr |= CACHED;
	else if (shm_memtype_base(type) == SHM_MEM_DEVICE_NGNRNE)
		attr |= TEE_MATTR_MEM_TYPE_STRONGLY_O
			<< TEE_MATTR_MEM_TYPE_SHIFT;
	if (!(type & SHM_MEM_READ_ONLY))
		attr |= TEE_MATTR_PW;
	if (!(type & SHM_MEM_NO_EXEC))
		attr |= TEE_MATTR_PX;
	if (!(type & SHM_MEM_NON_SECURE))
		attr |= TEE_MATTR_SECURE;
	return attr;
}

bool compat_type_covers(enum teecore_memtypes type, unsigned int part)
{
	if (type == MEM_AREA_TEE_RAM)
		return part == MEM_AREA_TEE_RAM ||
		       part == MEM_AREA_TEE_RAM_RX ||
		       part == MEM_AREA_TEE_RAM_RO ||
		       part == MEM_AREA_TEE_RAM_RW;
	return part == (unsigned int)type;
}

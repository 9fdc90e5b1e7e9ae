// SPDX-License-Identifier: BSD-2-Clause
/* What a fault was, by the status that the core reports (Arm ARM). */
#include "internal.h"

#define GIB UINT64_C(0x40000000)

#if !defined(__arm__) || defined(CFG_WITH_LPAE)

bool core_mmu_place_tee_ram_at_top(paddr_t paddr)
{
	return (paddr & (GIB - 1)) >= GIB / 2;
}

#else

bool core_mmu_place_tee_ram_at_top(paddr_t paddr)
{
	return paddr > 2 * GIB;
}

#endif

#if !defined(__arm__)

/* ESR_EL1 of an abort: ISS.DFSC or IFSC, and WnR. A permission fault has a
 * level from 1 on, as has an access flag fault, which counts as one.
 */
#define EC_SHIFT	26
#define EC_PC_ALIGNMENT 0x22u
#define EC_SP_ALIGNMENT 0x26u
#define WNR		(UINT32_C(1) << 6)

enum core_mmu_fault core_mmu_get_fault_type(uint32_t fault_descr)
{
	uint32_t class = fault_descr >> EC_SHIFT;
	uint32_t status = fault_descr & 0x3f;

	if (class == EC_PC_ALIGNMENT || class == EC_SP_ALIGNMENT)
		return CORE_MMU_FAULT_ALIGNMENT;
	switch (status) {
	case 0x21:
		return CORE_MMU_FAULT_ALIGNMENT;
	case 0x04:
	case 0x05:
	case 0x06:
	case 0x07:
		return CORE_MMU_FAULT_TRANSLATION;
	case 0x09:
	case 0x0a:
	case 0x0b:
	case 0x0d:
	case 0x0e:
	case 0x0f:
		return fault_descr & WNR ? CORE_MMU_FAULT_WRITE_PERMISSION
					 : CORE_MMU_FAULT_READ_PERMISSION;
	default:
		return CORE_MMU_FAULT_OTHER;
	}
}

#elif defined(CFG_WITH_LPAE)

/* DFSR or IFSR of long descriptors: STATUS, and WnR. */
#define WNR (UINT32_C(1) << 11)

enum core_mmu_fault core_mmu_get_fault_type(uint32_t fault_descr)
{
	switch (fault_descr & 0x3f) {
	case 0x21:
		return CORE_MMU_FAULT_ALIGNMENT;
	case 0x22:
		return CORE_MMU_FAULT_DEBUG_EVENT;
	case 0x11:
		return CORE_MMU_FAULT_ASYNC_EXTERNAL;
	case 0x04:
	case 0x05:
	case 0x06:
	case 0x07:
		return CORE_MMU_FAULT_TRANSLATION;
	case 0x08:
	case 0x09:
	case 0x0a:
	case 0x0b:
	case 0x0c:
	case 0x0d:
	case 0x0e:
	case 0x0f:
		return fault_descr & WNR ? CORE_MMU_FAULT_WRITE_PERMISSION
					 : CORE_MMU_FAULT_READ_PERMISSION;
	default:
		return CORE_MMU_FAULT_OTHER;
	}
}

#else

/* The same of short descriptors: FS in bits 10 and 3:0. */
#define WNR (UINT32_C(1) << 11)

enum core_mmu_fault core_mmu_get_fault_type(uint32_t fault_descr)
{
	switch (fault_descr & 0x40f) {
	case 0x001:
		return CORE_MMU_FAULT_ALIGNMENT;
	case 0x002:
		return CORE_MMU_FAULT_DEBUG_EVENT;
	case 0x004:
	case 0x005:
	case 0x007:
		return CORE_MMU_FAULT_TRANSLATION;
	case 0x00d:
	case 0x00f:
		return fault_descr & WNR ? CORE_MMU_FAULT_WRITE_PERMISSION
					 : CORE_MMU_FAULT_READ_PERMISSION;
	case 0x003:
	case 0x006:
		return CORE_MMU_FAULT_ACCESS_BIT;
	case 0x406:
		return CORE_MMU_FAULT_ASYNC_EXTERNAL;
	default:
		return CORE_MMU_FAULT_OTHER;
	}
}

#endif

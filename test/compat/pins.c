// SPDX-License-Identifier: BSD-2-Clause
/*
 * The API of OP-TEE, nailed down: names, numbers and signatures, written anew
 * from the interface's description. Compiled, not run, for each processor and
 * once with OPTEE_API=22 and once with 410.
 */
#include <kernel/tee_misc.h>
#include <mm/core_memprot.h>
#include <mm/core_mmu.h>
#include <mm/tee_mmu_types.h>
#include <types_ext.h>

#define PIN(what, ...)                                                    \
	_Static_assert(_Generic(&(what), __VA_ARGS__ * : 1, default : 0), \
		       "signature of " #what)
#define PIN_FUNCTION(name, result, ...)                                     \
	_Static_assert(                                                     \
		_Generic(&(name), result(*)(__VA_ARGS__) : 1, default : 0), \
		"signature of " #name)
#define PIN_VALUE(name, value) \
	_Static_assert((name) == (value), "value of " #name)
#define PIN_SIZE(type, bytes) \
	_Static_assert(sizeof(type) == (bytes), "size of " #type)
#define PIN_FIELD(type, field, ...)                                         \
	_Static_assert(                                                     \
		_Generic(((type *)0)->field, __VA_ARGS__ : 1, default : 0), \
		"type of " #type "." #field)

typedef enum teecore_memtypes memtype;
typedef struct core_mmu_table_info info;

/* Types. */
PIN_SIZE(paddr_t, 8);
PIN_SIZE(paddr_size_t, 8);
PIN_SIZE(tee_paddr_t, 8);
PIN_SIZE(vaddr_t, sizeof(void *));
PIN_SIZE(tee_vaddr_t, sizeof(void *));
PIN_SIZE(uaddr_t, sizeof(void *));
PIN_SIZE(tee_uaddr_t, sizeof(void *));
PIN_SIZE(TEE_Result, 4);

/* core_memprot.h */
PIN_VALUE(CORE_MEM_SEC, 0);
PIN_VALUE(CORE_MEM_NON_SEC, 1);
PIN_VALUE(CORE_MEM_TEE_RAM, 2);
PIN_VALUE(CORE_MEM_TA_RAM, 3);
PIN_VALUE(CORE_MEM_NSEC_SHM, 4);
PIN_VALUE(CORE_MEM_MULTPURPOSE, 5);
PIN_VALUE(CORE_MEM_EXTRAM, 6);
PIN_VALUE(CORE_MEM_INTRAM, 7);
PIN_VALUE(CORE_MEM_CACHED, 8);

PIN_FUNCTION(core_pbuf_is, bool, uint32_t, tee_paddr_t, size_t);
PIN_FUNCTION(core_vbuf_is, bool, uint32_t, const void *, size_t);
PIN_FUNCTION(tee_pbuf_is, bool, uint32_t, tee_paddr_t, size_t);
PIN_FUNCTION(tee_vbuf_is, bool, uint32_t, const void *, size_t);
PIN_FUNCTION(virt_to_phys, paddr_t, void *);
PIN_FUNCTION(vaddr_to_phys, paddr_t, vaddr_t);
PIN_FUNCTION(phys_to_virt_io, void *, paddr_t, size_t);
PIN_FUNCTION(core_mmu_get_va, vaddr_t, paddr_t, memtype, size_t);
PIN_FUNCTION(io_pa_or_va, vaddr_t, struct io_pa_va *, size_t);
PIN_FUNCTION(io_pa_or_va_secure, vaddr_t, struct io_pa_va *, size_t);
PIN_FUNCTION(io_pa_or_va_nsec, vaddr_t, struct io_pa_va *, size_t);

/* core_mmu.h: numbers. */
PIN_VALUE(SMALL_PAGE_SHIFT, 12);
PIN_VALUE(SMALL_PAGE_SIZE, 0x1000);
PIN_VALUE(SMALL_PAGE_MASK, 0xfff);
#if defined(__arm__) && !defined(CFG_WITH_LPAE)
PIN_VALUE(CORE_MMU_PGDIR_SHIFT, 20);
PIN_VALUE(CORE_MMU_PGDIR_SIZE, 0x100000);
PIN_VALUE(CORE_MMU_PGDIR_MASK, 0xfffff);
#else
PIN_VALUE(CORE_MMU_PGDIR_SHIFT, 21);
PIN_VALUE(CORE_MMU_PGDIR_SIZE, 0x200000);
PIN_VALUE(CORE_MMU_PGDIR_MASK, 0x1fffff);
#endif
PIN_VALUE(CORE_MMU_DEVICE_SHIFT, CORE_MMU_PGDIR_SHIFT);
PIN_VALUE(CORE_MMU_DEVICE_SIZE, CORE_MMU_PGDIR_SIZE);
PIN_VALUE(CORE_MMU_DEVICE_MASK, CORE_MMU_PGDIR_MASK);
#ifdef CFG_SMALL_PAGE_USER_TA
PIN_VALUE(CORE_MMU_USER_CODE_SHIFT, SMALL_PAGE_SHIFT);
PIN_VALUE(CORE_MMU_USER_PARAM_MASK, SMALL_PAGE_MASK);
#else
PIN_VALUE(CORE_MMU_USER_CODE_SHIFT, CORE_MMU_PGDIR_SHIFT);
PIN_VALUE(CORE_MMU_USER_PARAM_MASK, CORE_MMU_PGDIR_MASK);
#endif
PIN_VALUE(CORE_MMU_USER_CODE_SIZE, 1 << CORE_MMU_USER_CODE_SHIFT);
PIN_VALUE(CORE_MMU_USER_CODE_MASK, CORE_MMU_USER_CODE_SIZE - 1);
PIN_VALUE(CORE_MMU_USER_PARAM_SHIFT, CORE_MMU_USER_CODE_SHIFT);
PIN_VALUE(CORE_MMU_USER_PARAM_SIZE, CORE_MMU_USER_CODE_SIZE);

PIN_VALUE(MEM_AREA_NOTYPE, 0);
PIN_VALUE(MEM_AREA_TEE_RAM, 1);
PIN_VALUE(MEM_AREA_TEE_COHERENT, 2);
PIN_VALUE(MEM_AREA_TA_RAM, 3);
PIN_VALUE(MEM_AREA_NSEC_SHM, 4);
PIN_VALUE(MEM_AREA_RAM_NSEC, 5);
PIN_VALUE(MEM_AREA_RAM_SEC, 6);
PIN_VALUE(MEM_AREA_IO_NSEC, 7);
PIN_VALUE(MEM_AREA_IO_SEC, 8);
PIN_VALUE(MEM_AREA_RES_VASPACE, 9);
PIN_VALUE(MEM_AREA_TA_VASPACE, 10);

PIN_VALUE(CORE_MMU_FAULT_ALIGNMENT, 0);
PIN_VALUE(CORE_MMU_FAULT_DEBUG_EVENT, 1);
PIN_VALUE(CORE_MMU_FAULT_TRANSLATION, 2);
PIN_VALUE(CORE_MMU_FAULT_WRITE_PERMISSION, 3);
PIN_VALUE(CORE_MMU_FAULT_READ_PERMISSION, 4);
PIN_VALUE(CORE_MMU_FAULT_ASYNC_EXTERNAL, 5);
PIN_VALUE(CORE_MMU_FAULT_ACCESS_BIT, 6);
PIN_VALUE(CORE_MMU_FAULT_OTHER, 7);

PIN_VALUE(TLBINV_UNIFIEDTLB, 0);
PIN_VALUE(TLBINV_CURRENT_ASID, 1);
PIN_VALUE(TLBINV_BY_ASID, 2);
PIN_VALUE(TLBINV_BY_MVA, 3);

PIN_SIZE(t_cache_operation_id, sizeof(int));
PIN_VALUE(DCACHE_CLEAN, 0x1);
PIN_VALUE(DCACHE_AREA_CLEAN, 0x2);
PIN_VALUE(DCACHE_INVALIDATE, 0x3);
PIN_VALUE(DCACHE_AREA_INVALIDATE, 0x4);
PIN_VALUE(ICACHE_INVALIDATE, 0x5);
PIN_VALUE(ICACHE_AREA_INVALIDATE, 0x6);
PIN_VALUE(WRITE_BUFFER_DRAIN, 0x7);
PIN_VALUE(DCACHE_CLEAN_INV, 0x8);
PIN_VALUE(DCACHE_AREA_CLEAN_INV, 0x9);
PIN_VALUE(L2CACHE_INVALIDATE, 0xA);
PIN_VALUE(L2CACHE_AREA_INVALIDATE, 0xB);
PIN_VALUE(L2CACHE_CLEAN, 0xC);
PIN_VALUE(L2CACHE_AREA_CLEAN, 0xD);
PIN_VALUE(L2CACHE_CLEAN_INV, 0xE);
PIN_VALUE(L2CACHE_AREA_CLEAN_INV, 0xF);

PIN_VALUE(TEE_MATTR_VALID_BLOCK, 0x1);
PIN_VALUE(TEE_MATTR_HIDDEN_BLOCK, 0x2);
PIN_VALUE(TEE_MATTR_HIDDEN_DIRTY_BLOCK, 0x4);
PIN_VALUE(TEE_MATTR_TABLE, 0x8);
PIN_VALUE(TEE_MATTR_PR, 0x10);
PIN_VALUE(TEE_MATTR_PW, 0x20);
PIN_VALUE(TEE_MATTR_PX, 0x40);
PIN_VALUE(TEE_MATTR_PRW, 0x30);
PIN_VALUE(TEE_MATTR_PRX, 0x50);
PIN_VALUE(TEE_MATTR_PRWX, 0x70);
PIN_VALUE(TEE_MATTR_UR, 0x80);
PIN_VALUE(TEE_MATTR_UW, 0x100);
PIN_VALUE(TEE_MATTR_UX, 0x200);
PIN_VALUE(TEE_MATTR_URW, 0x180);
PIN_VALUE(TEE_MATTR_URX, 0x280);
PIN_VALUE(TEE_MATTR_URWX, 0x380);
PIN_VALUE(TEE_MATTR_GLOBAL, 0x400);
PIN_VALUE(TEE_MATTR_SECURE, 0x800);
PIN_VALUE(TEE_MATTR_CACHE_SHIFT, 12);
PIN_VALUE(TEE_MATTR_CACHE_MASK, 7);
PIN_VALUE(TEE_MATTR_CACHE_NONCACHE, 0);
PIN_VALUE(TEE_MATTR_CACHE_CACHED, 1);
PIN_VALUE(TEE_MATTR_VIRTUAL, 0x8000);
PIN_VALUE(TEE_MATTR_LOCKED, 0x10000);
PIN_VALUE(TEE_MATTR_PAGED, 0x20000);

/* core_mmu.h: structures. */
PIN_FIELD(struct core_mmu_phys_mem, name, const char *);
PIN_FIELD(struct core_mmu_phys_mem, type, memtype);
PIN_FIELD(struct core_mmu_phys_mem, addr, paddr_t);
PIN_FIELD(struct core_mmu_phys_mem, size, size_t);
PIN_FIELD(info, table, void *);
PIN_FIELD(info, va_base, vaddr_t);
PIN_FIELD(info, level, unsigned int);
PIN_FIELD(info, shift, unsigned int);
PIN_FIELD(info, num_entries, unsigned int);
PIN_FIELD(struct tee_mmap_region, type, unsigned int);
PIN_FIELD(struct tee_mmap_region, region_size, unsigned int);
PIN_FIELD(struct tee_mmap_region, pa, paddr_t);
PIN_FIELD(struct tee_mmap_region, va, vaddr_t);
PIN_FIELD(struct tee_mmap_region, size, size_t);
PIN_FIELD(struct tee_mmap_region, attr, uint32_t);
PIN_FIELD(struct tee_mmu_info, table, struct tee_mmap_region *);
PIN_FIELD(struct tee_mmu_info, size, size_t);
PIN_FIELD(struct tee_mmu_info, ta_private_vmem_start, vaddr_t);
PIN_FIELD(struct tee_mmu_info, ta_private_vmem_end, vaddr_t);
PIN_FIELD(struct io_pa_va, pa, paddr_t);
PIN_FIELD(struct io_pa_va, va, vaddr_t);

/* core_mmu.h: functions and variables. */
PIN(default_nsec_shm_paddr, unsigned long);
PIN(default_nsec_shm_size, unsigned long);
PIN_FUNCTION(core_init_mmu_map, void, void);
PIN_FUNCTION(core_init_mmu_regs, void, void);
PIN_FUNCTION(core_mmu_place_tee_ram_at_top, bool, paddr_t);
PIN_FUNCTION(core_mmu_get_fault_type, enum core_mmu_fault, uint32_t);
PIN_FUNCTION(core_mmu_set_entry_primitive, void, void *, size_t, size_t,
	     paddr_t, uint32_t);
PIN_FUNCTION(core_mmu_set_entry, void, info *, unsigned int, paddr_t, uint32_t);
PIN_FUNCTION(core_mmu_get_entry_primitive, void, const void *, size_t, size_t,
	     paddr_t *, uint32_t *);
PIN_FUNCTION(core_mmu_get_entry, void, info *, unsigned int, paddr_t *,
	     uint32_t *);
PIN_FUNCTION(core_mmu_va2idx, unsigned int, info *, vaddr_t);
PIN_FUNCTION(core_mmu_idx2va, vaddr_t, info *, unsigned int);
PIN_FUNCTION(core_mmu_get_block_offset, size_t, info *, paddr_t);
PIN_FUNCTION(core_mmu_mattr_is_ok, bool, uint32_t);
PIN_FUNCTION(core_mmu_type_to_attr, uint32_t, memtype);
PIN_FUNCTION(core_mmu_get_mem_by_type, void, memtype, vaddr_t *, vaddr_t *);
PIN_FUNCTION(core_mmu_get_type_by_pa, memtype, paddr_t);
PIN_FUNCTION(core_va2pa_helper, int, void *, paddr_t *);
PIN_FUNCTION(core_mmu_is_shm_cached, bool, void);
PIN_FUNCTION(core_mmu_nsec_ddr_is_defined, bool, void);
PIN_FUNCTION(core_mmu_set_discovered_nsec_ddr, void, struct core_mmu_phys_mem *,
	     size_t);
PIN_FUNCTION(core_mmu_set_prtn, void, struct mmu_partition *);
PIN_FUNCTION(core_mmu_divide_block, bool, info *, unsigned int);
PIN_FUNCTION(core_mmu_entry_to_finer_grained, bool, info *, unsigned int, bool);
PIN_FUNCTION(core_mmu_find_mapping_exclusive, struct tee_mmap_region *, memtype,
	     size_t);
PIN_FUNCTION(core_mmu_remove_mapping, TEE_Result, memtype, void *, size_t);
PIN_FUNCTION(core_mmu_map_pages, TEE_Result, vaddr_t, paddr_t *, size_t,
	     memtype);
PIN_FUNCTION(core_mmu_map_contiguous_pages, TEE_Result, vaddr_t, paddr_t,
	     size_t, memtype);
PIN_FUNCTION(core_mmu_unmap_pages, void, vaddr_t, size_t);
PIN_FUNCTION(core_tlb_maintenance, int, int, unsigned int);
PIN_FUNCTION(tlbi_all, void, void);
PIN_FUNCTION(tlbi_asid, void, unsigned long);
PIN_FUNCTION(tlbi_va_allasid, void, vaddr_t);
PIN_FUNCTION(tlbi_va_range, void, vaddr_t, size_t, size_t);
PIN_FUNCTION(cache_maintenance_l1, unsigned int, int, void *, size_t);
PIN_FUNCTION(cache_maintenance_l2, unsigned int, int, paddr_t, size_t);
PIN_FUNCTION(cache_op_inner, TEE_Result, enum cache_op, void *, size_t);
PIN_FUNCTION(cache_op_outer, TEE_Result, enum cache_op, paddr_t, size_t);
PIN_FUNCTION(cpu_mmu_enabled, bool, void);

/* What depends on the level. */
#if OPTEE_API == 22
PIN_VALUE(MEM_AREA_MAXTYPE, 11);
PIN_FUNCTION(phys_to_virt, void *, paddr_t, memtype);
PIN_FUNCTION(core_mmu_find_table, bool, vaddr_t, unsigned int, info *);
PIN_FUNCTION(core_mmu_add_mapping, bool, memtype, paddr_t, size_t);
#else
PIN_VALUE(MEM_AREA_TS_VASPACE, MEM_AREA_TA_VASPACE);
PIN_FUNCTION(phys_to_virt, void *, paddr_t, memtype, size_t);
PIN_FUNCTION(core_mmu_find_table, bool, struct mmu_partition *, vaddr_t,
	     unsigned int, info *);
PIN_FUNCTION(core_mmu_add_mapping, void *, memtype, paddr_t, size_t);
#endif

/* Macros: that they take what callers give them. */
register_phys_mem(MEM_AREA_IO_SEC, 0x1c090000, SMALL_PAGE_SIZE);
register_ddr(0x40000000, SMALL_PAGE_SIZE);
register_dynamic_shm(0x80000000, SMALL_PAGE_SIZE);
PIN(phys_ddr_0x40000000, const struct core_mmu_phys_mem);
PIN(phys_ddr_0x80000000, const struct core_mmu_phys_mem);

void pins_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool pins_use_macros(tee_paddr_t pa, tee_vaddr_t va, const char *pointer);

bool pins_use_macros(tee_paddr_t pa, tee_vaddr_t va, const char *pointer)
{
	pins_print("%" PRIxPA " at %" PRIxVA, pa, va);
	return tee_pbuf_is_non_sec(pa, 1) || tee_pbuf_is_sec(pa, 1) ||
	       tee_vbuf_is_non_sec(va, 1) || tee_vbuf_is_sec(pointer, 1) ||
	       core_is_buffer_inside(pa, 1, pointer, 1) ||
	       core_is_buffer_outside(va, 1, pa, 1) ||
	       core_is_buffer_intersect(pointer, 1, va, 1);
}

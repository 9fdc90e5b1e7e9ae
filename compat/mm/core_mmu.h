/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OP-TEE's memory map and translation tables, as its own code sees them, over
 * libdynshm: names, numbers, order of arguments and meaning are those of OP-TEE
 * 2.2, the release of the proposal's day. What later releases added under new
 * names is here, too; where a name has changed its signature since,
 *
 *	OPTEE_API=22   (default) has it as in 2.2,
 *	OPTEE_API=410  as in 4.10.
 *
 * Code of both kinds may be linked together: the names lead to different
 * symbols. User-mode address spaces and the pager are not part of it.
 * docs/optee-api.md says what differs and why.
 */
#ifndef MM_CORE_MMU_H
#define MM_CORE_MMU_H

#ifndef OPTEE_API
#define OPTEE_API 22
#endif
#if OPTEE_API != 22 && OPTEE_API != 410
#error "OPTEE_API is 22 or 410"
#endif

#define SMALL_PAGE_SHIFT 12
#define SMALL_PAGE_SIZE	 (1 << SMALL_PAGE_SHIFT)
#define SMALL_PAGE_MASK	 (SMALL_PAGE_SIZE - 1)

/* What an entry one level above pages maps, by the format of the tables. */
#if defined(CFG_WITH_LPAE) || !defined(__arm__)
#define CORE_MMU_PGDIR_SHIFT 21
#else
#define CORE_MMU_PGDIR_SHIFT 20
#endif
#define CORE_MMU_PGDIR_SIZE   (1 << CORE_MMU_PGDIR_SHIFT)
#define CORE_MMU_PGDIR_MASK   (CORE_MMU_PGDIR_SIZE - 1)

#define CORE_MMU_DEVICE_SHIFT CORE_MMU_PGDIR_SHIFT
#define CORE_MMU_DEVICE_SIZE  (1 << CORE_MMU_DEVICE_SHIFT)
#define CORE_MMU_DEVICE_MASK  (CORE_MMU_DEVICE_SIZE - 1)

#ifdef CFG_SMALL_PAGE_USER_TA
#define CORE_MMU_USER_CODE_SHIFT SMALL_PAGE_SHIFT
#else
#define CORE_MMU_USER_CODE_SHIFT CORE_MMU_PGDIR_SHIFT
#endif
#define CORE_MMU_USER_CODE_SIZE	  (1 << CORE_MMU_USER_CODE_SHIFT)
#define CORE_MMU_USER_CODE_MASK	  (CORE_MMU_USER_CODE_SIZE - 1)
#define CORE_MMU_USER_PARAM_SHIFT CORE_MMU_USER_CODE_SHIFT
#define CORE_MMU_USER_PARAM_SIZE  (1 << CORE_MMU_USER_PARAM_SHIFT)
#define CORE_MMU_USER_PARAM_MASK  (CORE_MMU_USER_PARAM_SIZE - 1)

#if !defined(ASM) && !defined(__ASSEMBLER__)

#include <mm/maintenance.h>
#include <mm/tee_mmu_types.h>
#include <types_ext.h>

/* The symbol behind a name whose signature depends on OPTEE_API. */
#if OPTEE_API == 22
#define OPTEE_SYMBOL(name)
#else
#define OPTEE_SYMBOL(name) __asm__(#name "_410")
#endif

/* The numbers of names that 2.2 has are the same at both levels. */
enum teecore_memtypes {
	MEM_AREA_NOTYPE = 0,
	MEM_AREA_TEE_RAM = 1,	   /* the core's own, executable */
	MEM_AREA_TEE_COHERENT = 2, /* the core's own, coherent */
	MEM_AREA_TA_RAM = 3,	   /* secure RAM for applications */
	MEM_AREA_NSEC_SHM = 4,	   /* shared with the normal world */
	MEM_AREA_RAM_NSEC = 5,	   /* normal-world RAM */
	MEM_AREA_RAM_SEC = 6,	   /* secure RAM */
	MEM_AREA_IO_NSEC = 7,	   /* devices of the normal world */
	MEM_AREA_IO_SEC = 8,	   /* devices of the secure world */
	MEM_AREA_RES_VASPACE = 9,  /* addresses without memory yet */
	MEM_AREA_TA_VASPACE = 10,  /* user space, for phys_to_virt() */
#if OPTEE_API == 22
	MEM_AREA_MAXTYPE = 11,
#else
	MEM_AREA_TEE_RAM_RX = 12,
	MEM_AREA_TEE_RAM_RO = 13,
	MEM_AREA_TEE_RAM_RW = 14,
	MEM_AREA_ROM_SEC = 15,
	MEM_AREA_EXT_DT = 16,	   /* the device tree */
	MEM_AREA_SHM_VASPACE = 17, /* addresses for shared memory */
	MEM_AREA_DDR_OVERALL = 18, /* RAM that may be shared */
	MEM_AREA_SEC_RAM_OVERALL = 19,
	MEM_AREA_TS_VASPACE = MEM_AREA_TA_VASPACE,
	MEM_AREA_MAXTYPE = 20,
#endif
};

struct core_mmu_phys_mem {
	const char *name;
	enum teecore_memtypes type;
	paddr_t addr;
	size_t size; /* bytes */
};

#define REGISTER_MEM_(id, name, type, addr, size, where)             \
	static const struct core_mmu_phys_mem id __attribute__((     \
		used, section(where),                                \
		aligned(__alignof__(struct core_mmu_phys_mem)))) = { \
		name, (type), (addr), (size)                         \
	}

/*
 * Make a physical range part of the static map. `addr` is a single token: it
 * becomes part of an identifier, unexpanded.
 */
#define register_phys_mem(type, addr, size)                         \
	REGISTER_MEM_(phys_mem_map_##addr, #addr, type, addr, size, \
		      "phys_mem_map_section")

/* RAM that the normal world may share, for boards without a device tree. */
#define register_ddr(addr, size)                                             \
	REGISTER_MEM_(phys_ddr_##addr, #addr, MEM_AREA_RAM_NSEC, addr, size, \
		      "phys_ddr_section")
#define register_dynamic_shm register_ddr

/* There is no static shared memory: both are 0. */
extern unsigned long default_nsec_shm_paddr;
extern unsigned long default_nsec_shm_size;

/*
 * Boot, in the order of use, both with the MMU off: the tables of the static
 * map, once, and the registers of each core. The kernel's own.
 */
void core_init_mmu_map(void);
void core_init_mmu_regs(void);

/* Whether the core has more addresses free below than above `paddr`. */
bool core_mmu_place_tee_ram_at_top(paddr_t paddr);

enum core_mmu_fault {
	CORE_MMU_FAULT_ALIGNMENT = 0,
	CORE_MMU_FAULT_DEBUG_EVENT = 1,
	CORE_MMU_FAULT_TRANSLATION = 2,
	CORE_MMU_FAULT_WRITE_PERMISSION = 3,
	CORE_MMU_FAULT_READ_PERMISSION = 4,
	CORE_MMU_FAULT_ASYNC_EXTERNAL = 5,
	CORE_MMU_FAULT_ACCESS_BIT = 6,
	CORE_MMU_FAULT_OTHER = 7,
};

/* What a fault status register, or on AArch64 ESR_EL1, says. */
enum core_mmu_fault core_mmu_get_fault_type(uint32_t fault_descr);

/* A translation table; `level` counts as the architecture does. */
struct core_mmu_table_info {
	void *table;
	vaddr_t va_base; /* first address it translates */
	unsigned int level;
	unsigned int shift; /* log2 of the bytes an entry maps */
	unsigned int num_entries;
};

/* A guest's tables, in OP-TEE. Here is one set for all, NULL: no change. */
struct mmu_partition;
void core_mmu_set_prtn(struct mmu_partition *prtn);

/*
 * The table that holds the entry for `va`, not deeper than max_level: the walk
 * stops at a block and at an invalid entry. False when `va` is beyond the
 * tables or one of them has no address. A table of dynamic mappings stays only
 * as long as a mapping in it does.
 */
#if OPTEE_API == 22
bool core_mmu_find_table(vaddr_t va, unsigned int max_level,
			 struct core_mmu_table_info *tbl_info);
#else
/* `prtn` is NULL. */
bool core_mmu_find_table(struct mmu_partition *prtn, vaddr_t va,
			 unsigned int max_level,
			 struct core_mmu_table_info *tbl_info)
	OPTEE_SYMBOL(core_mmu_find_table);
#endif

/*
 * Write and read entries by the attributes of tee_mmu_types.h; 0 is an invalid
 * entry. Neither barriers nor TLB maintenance: core_tlb_maintenance() follows.
 * A NULL output is not wanted. An entry of memory that is shared may be made
 * invalid and valid again, but lead to no other page: that write does nothing.
 */
void core_mmu_set_entry_primitive(void *table, size_t level, size_t idx,
				  paddr_t pa, uint32_t attr);
void core_mmu_set_entry(struct core_mmu_table_info *tbl_info, unsigned int idx,
			paddr_t pa, uint32_t attr);
void core_mmu_get_entry_primitive(const void *table, size_t level, size_t idx,
				  paddr_t *pa, uint32_t *attr);
void core_mmu_get_entry(struct core_mmu_table_info *tbl_info, unsigned int idx,
			paddr_t *pa, uint32_t *attr);

/*
 * Put a table of smaller entries in the place of a block of a device mapping;
 * what is mapped stays as it is. False: no table is left, or it is no such
 * block. The second one is the later name: what is a table already is true.
 */
bool core_mmu_divide_block(struct core_mmu_table_info *tbl_info,
			   unsigned int idx);
bool core_mmu_entry_to_finer_grained(struct core_mmu_table_info *tbl_info,
				     unsigned int idx, bool secure);

static inline unsigned int core_mmu_va2idx(struct core_mmu_table_info *tbl_info,
					   vaddr_t va)
{
	return (unsigned int)((va - tbl_info->va_base) >> tbl_info->shift);
}

static inline vaddr_t core_mmu_idx2va(struct core_mmu_table_info *tbl_info,
				      unsigned int idx)
{
	return ((vaddr_t)idx << tbl_info->shift) + tbl_info->va_base;
}

static inline size_t
core_mmu_get_block_offset(struct core_mmu_table_info *tbl_info, paddr_t pa)
{
	return (size_t)(pa & ((UINT64_C(1) << tbl_info->shift) - 1));
}

/* The memory type of these attributes is one that can be mapped. */
bool core_mmu_mattr_is_ok(uint32_t mattr);

/* The attributes of a type; 0 for those without, and for unknown ones. */
uint32_t core_mmu_type_to_attr(enum teecore_memtypes t);

/*
 * First address and the one after the last of the first region of a type, and
 * of those that follow it without a gap; both 0 when there is none.
 */
void core_mmu_get_mem_by_type(enum teecore_memtypes type, vaddr_t *s,
			      vaddr_t *e);

/* The only static region of this type, if it has `len` bytes; else NULL. */
struct tee_mmap_region *
core_mmu_find_mapping_exclusive(enum teecore_memtypes type, size_t len);

/*
 * The type of what maps `pa`, static or dynamic; else MEM_AREA_NOTYPE. At 22,
 * all parts of the core's own RAM are MEM_AREA_TEE_RAM.
 */
enum teecore_memtypes core_mmu_get_type_by_pa(paddr_t pa)
	OPTEE_SYMBOL(core_mmu_get_type_by_pa);

/* Look `va` up in the static map: 0, or -1 when it is not there. */
int core_va2pa_helper(void *va, paddr_t *pa);

/* Memory shared with the normal world is mapped cached: always. */
bool core_mmu_is_shm_cached(void);

/*
 * Tell, once, before there is a manager, which RAM the normal world may share:
 * `nelems` ranges in any order, of which names and types do not count. Boot
 * begins with that, less what is secure or in the static map (but as RAM of the
 * normal world), wraps, lies beyond 48 bits, or is no whole page; with nothing
 * if the rest is in too many pieces. Later calls do nothing.
 */
void core_mmu_set_discovered_nsec_ddr(struct core_mmu_phys_mem *start,
				      size_t nelems);

/* Some RAM may be shared at run time. */
bool core_mmu_nsec_ddr_is_defined(void);

/*
 * Map physical memory late, a device's registers for instance. Any alignment;
 * each success counts and is undone by one core_mmu_remove_mapping(). Takes
 * locks. A range that the static map has with this type succeeds at once. Fails
 * for 0 bytes (2.2: succeeds), for a range that wraps, for types that have no
 * attributes or execute, where another mapping of these pages has other
 * attributes, and when resources are out.
 */
#if OPTEE_API == 22
/* Whether it is mapped; phys_to_virt() has the address. */
bool core_mmu_add_mapping(enum teecore_memtypes type, paddr_t addr, size_t len);
#else
/* The address of `addr`, or NULL. */
void *core_mmu_add_mapping(enum teecore_memtypes type, paddr_t addr, size_t len)
	OPTEE_SYMBOL(core_mmu_add_mapping);
#endif

/*
 * Undo one core_mmu_add_mapping() of the same range, whose address is `addr`;
 * the last one unmaps. TEE_ERROR_GENERIC: it was not added; nothing changed.
 */
TEE_Result core_mmu_remove_mapping(enum teecore_memtypes type, void *addr,
				   size_t len);

/*
 * Map pages at an address of the caller's choice, in a range that
 * core_mmu_get_mem_by_type() gives for RES_VASPACE or SHM_VASPACE.
 * TEE_ERROR_BAD_PARAMETERS: an address is not one of a page, not in such a
 * range, or taken; a page is not what its type says; a type that executes.
 * TEE_ERROR_OUT_OF_MEMORY. Nothing has changed then.
 */
TEE_Result core_mmu_map_pages(vaddr_t vstart, paddr_t *pages, size_t num_pages,
			      enum teecore_memtypes memtype);
TEE_Result core_mmu_map_contiguous_pages(vaddr_t vstart, paddr_t pstart,
					 size_t num_pages,
					 enum teecore_memtypes memtype);
/* Unmap them; what is not mapped stays so. */
void core_mmu_unmap_pages(vaddr_t vstart, size_t num_pages);

/* The MMU of this core is on. */
bool cpu_mmu_enabled(void);

#endif
#endif

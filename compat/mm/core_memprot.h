/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OP-TEE's questions about memory: what a buffer is, and where. As core_mmu.h
 * over libdynshm, so that dynamic mappings count like static ones: the kernel's
 * own and, inside a call, those of that call's guest.
 */
#ifndef MM_CORE_MEMPROT_H
#define MM_CORE_MEMPROT_H

#include <mm/core_mmu.h>
#include <types_ext.h>

/*
 * One of these is asked about at a time; they are no bits. True is a promise
 * for every byte. False is none: not even that the opposite holds.
 */
enum buf_is_attr {
	CORE_MEM_SEC = 0,     /* only the secure world reaches it */
	CORE_MEM_NON_SEC = 1, /* RAM that the normal world may share */
	CORE_MEM_TEE_RAM = 2, /* the core's own RAM, mapped */
	CORE_MEM_TA_RAM = 3,  /* RAM for applications, mapped */
	/* Shared by the running call's guest, and mapped. Some of OP-TEE 2.2's
	   code takes it for MEM_AREA_NSEC_SHM: the numbers are the same. */
	CORE_MEM_NSEC_SHM = 4,
	CORE_MEM_MULTPURPOSE = 5, /* RAM, neither secure nor to be shared */
	CORE_MEM_EXTRAM = 6,	  /* RAM outside of the chip */
	CORE_MEM_INTRAM = 7,	  /* never */
	CORE_MEM_CACHED = 8,	  /* mapped, all of it cached */
#if OPTEE_API >= 410
	CORE_MEM_SDP_MEM = 9,  /* never */
	CORE_MEM_REG_SHM = 10, /* registered by the call's guest, and mapped */
#endif
};

/*
 * 0 bytes are anything. A range that wraps is nothing. SEC, NON_SEC,
 * MULTPURPOSE, EXTRAM, TEE_RAM and TA_RAM cost a look at a few ranges. The
 * others, about what is mapped, look up one mapping after another (at most 64
 * of a page, of which the 16 lowest are followed), and translate each page of a
 * region: whoever takes lengths from the normal world asks piece by piece.
 */
bool core_pbuf_is(uint32_t flags, paddr_t pbuf, size_t len);
/* The same for each page of a virtual range; false if one is not mapped. */
bool core_vbuf_is(uint32_t flags, const void *vbuf, size_t len);

#define tee_pbuf_is core_pbuf_is
#define tee_vbuf_is core_vbuf_is
#define tee_pbuf_is_non_sec(buf, len) \
	core_pbuf_is(CORE_MEM_NON_SEC, (paddr_t)(buf), (len))
#define tee_pbuf_is_sec(buf, len) \
	core_pbuf_is(CORE_MEM_SEC, (paddr_t)(buf), (len))
#define tee_vbuf_is_non_sec(buf, len) \
	core_vbuf_is(CORE_MEM_NON_SEC, (void *)(buf), (len))
#define tee_vbuf_is_sec(buf, len) \
	core_vbuf_is(CORE_MEM_SEC, (void *)(buf), (len))

/*
 * The virtual address of `pa` in a mapping of type `m`, all `len` bytes of it
 * (2.2: one), or NULL. Static mappings come first, then those of the call's
 * guest, which are NSEC_SHM and SHM_VASPACE: among several the one that the
 * call holds, else the lowest; then the kernel's dynamic ones. The address is
 * good as long as what maps it: for shared memory, the caller's reference to
 * the region. Takes locks. A mapping of the kernel's is found in O(log n), or
 * in O(n) of those by core_mmu_add_mapping(); for shared memory each page of
 * `len` is translated, at each of at most 16 places of the first.
 */
#if OPTEE_API == 22
void *phys_to_virt(paddr_t pa, enum teecore_memtypes m);
#else
void *phys_to_virt(paddr_t pa, enum teecore_memtypes m, size_t len)
	OPTEE_SYMBOL(phys_to_virt);
#endif

/* The same for MEM_AREA_IO_SEC, or else MEM_AREA_IO_NSEC. */
void *phys_to_virt_io(paddr_t pa, size_t len);

/* The physical address behind `va` as the CPU translates it, or 0. */
paddr_t virt_to_phys(void *va);

static inline paddr_t vaddr_to_phys(vaddr_t va)
{
	return virt_to_phys((void *)va);
}

/* An address to use now: phys_to_virt() with the MMU on, else `pa` itself. */
vaddr_t core_mmu_get_va(paddr_t pa, enum teecore_memtypes type, size_t len);

/*
 * A device's address to use now: with the MMU on, its virtual one, looked up
 * once and kept in *p; else the physical one. 0 when it is not mapped.
 */
struct io_pa_va {
	paddr_t pa;
	vaddr_t va; /* 0 at first */
};

vaddr_t io_pa_or_va(struct io_pa_va *p, size_t len);
vaddr_t io_pa_or_va_secure(struct io_pa_va *p, size_t len);
vaddr_t io_pa_or_va_nsec(struct io_pa_va *p, size_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device registers, other physical memory that is nobody's to share, and RAM
 * for the kernel itself, mapped at run time: by pages of 4 KiB, and by blocks
 * and groups of pages where the physical range has room for them. Mappings of
 * the secure kernel last until it gives them up; those of a guest lie in the
 * guest's slots, are charged to it, and end with it.
 *
 * One physical page never has two memory types: a request that would give it
 * a second one, secure and non-secure taken as two, is refused as long as the
 * first mapping is there, whoever has it. Read-only or not is a matter of the
 * mapping alone.
 *
 * A request that lies inside a mapping of the same owner with the same type
 * shares it and counts one reference. Each is given back once, in any order,
 * by any address inside it; the last one unmaps. Whoever gives back more than
 * it asked for takes what another driver uses.
 *
 * What may not be mapped: RAM that the normal world may share, but by
 * shm_map_ram(), and what the configuration of the manager names as normal
 * memory of the kernel itself, the pool included (shm_config.fixed).
 */
#ifndef DYNSHM_IOREMAP_H
#define DYNSHM_IOREMAP_H

#include <dynshm/guest.h>
#include <dynshm/memtype.h>

enum io_state {
	IO_FORMING, /* claims its pages; no look-up finds it */
	IO_MAPPED,
	IO_LEAVING, /* claims its pages until nothing names them any more */
	IO_FIXED,   /* the kernel's own, of the configuration */
	IO_PLACED,  /* a page where the kernel wanted it, shared_page.h */
};

struct io_mapping {
	struct rb_node node;	/* shm->io_mappings, by first page */
	struct va_area area;	/* in one of owner->spaces */
	struct holdings *owner; /* constant */
	/* Under shm->io_lock; the first two change with parts only. */
	struct pa_range pages; /* whole pages */
	enum shm_memtype type;
	uint32_t references;
	pa_t highest;  /* the last address in the subtree below `node` */
	uint8_t state; /* enum io_state */
	bool in_tree;
	struct io_mapping *next; /* owner->io_mappings */
	struct io_mapping *prev;
	/* The one that maps it or takes it apart: pages, from the first. */
	uint64_t mapped;
	uint64_t unmapped;
	bool stale; /* TLBs may still know some that is not mapped any more */
};

/*
 * Map `size` bytes at `pa`, neither of them aligned to anything, for the
 * kernel. *out has the same offset in its page as `pa`. `type` is
 * SHM_MEM_DEVICE for the registers of most secure devices; any base type and
 * flags will do, but nothing that is mapped here can be executed.
 *
 * SHM_BAD_SIZE: size 0. SHM_BAD_ADDRESS: it wraps, lies beyond the physical
 * address space, or touches what may not be mapped. SHM_BAD_ATTRIBUTE: no such
 * type. SHM_CONFLICT: a page of it is mapped with another type. SHM_NO_VA,
 * SHM_NO_TABLE, SHM_NO_METADATA, SHM_OVER_BUDGET: resources. SHM_NO_TABLE, too:
 * more than 32 GiB at once. Nothing has changed then.
 *
 * Takes the locks of shm.h one after another, each for at most one leaf table.
 * A flow that is in here must run to its end: see ioremap_begin() for one that
 * may be abandoned.
 */
enum shm_status shm_ioremap(struct shm *shm, pa_t pa, uint64_t size,
			    enum shm_memtype type, va_t *out);

/*
 * The same for RAM that the normal world may share, as the kernel maps it for
 * itself: guests that have it keep it, or may come to have it, as long as
 * `type` is of the same kind as theirs (SHM_MEM_SHARED). Of another, it is
 * SHM_CONFLICT while a guest has one of the pages in a region, and guests get
 * that while this mapping is there. SHM_BAD_ADDRESS: a page is no such RAM.
 * SHM_BAD_ATTRIBUTE: not SHM_MEM_NON_SECURE. What is in it can change or go
 * away at any time: read it with access_read(). Given back as below. O(pages).
 */
enum shm_status shm_map_ram(struct shm *shm, pa_t pa, uint64_t size,
			    enum shm_memtype type, va_t *out);

/*
 * Give back what shm_ioremap() or shm_map_ram() answered, by any address
 * inside. After the last reference nothing maps the pages, in tables or TLBs,
 * when this returns; what was written to them has to have arrived before.
 * SHM_BAD_ADDRESS: no mapping of the kernel's is there; nothing has changed.
 */
enum shm_status shm_iounmap(struct shm *shm, va_t va);

/*
 * Give back a part: `size` bytes from `va` on, whole pages, of one mapping that
 * nobody else has a reference to. What is left on either side becomes a mapping
 * by itself, which is shared, given back and cut by itself. It stays mapped all
 * the time; see fault.h for what the kernel's handler of faults has to do.
 *
 * SHM_BAD_ADDRESS: not the address of a page, or no mapping of the kernel's has
 * all of it. SHM_BAD_SIZE: no whole pages. SHM_IN_USE: it has references of
 * others, too. SHM_NO_TABLE, SHM_NO_METADATA, SHM_OVER_BUDGET: what remains
 * cannot be mapped by smaller descriptors, or has no object. Nothing has
 * changed then.
 *
 * Takes the kernel's holdings.lock, in it io_lock and in that the index lock,
 * for as long as it takes to split two blocks of each size; then as
 * shm_iounmap().
 */
enum shm_status shm_iounmap_part(struct shm *shm, va_t va, uint64_t size);

/*
 * Give a part another type: other permissions, or other memory. The part then
 * is a mapping by itself as well, which no look-up finds until all of it has
 * the new type. The caller has no use for what is in caches (cleaned, or
 * invalidated) where the type of memory changes.
 *
 * As above; and SHM_BAD_ATTRIBUTE: no such type, that of the other world, whose
 * memory is not the same, or another type of memory for RAM that guests may
 * map. SHM_CONFLICT: another mapping of a page has the old type of memory.
 */
enum shm_status shm_iochange_part(struct shm *shm, va_t va, uint64_t size,
				  enum shm_memtype type);

/*
 * The same for a guest that was given the device. No call of it dies
 * meanwhile: the caller is inside for the guest (lifecycle.h).
 */
enum shm_status guest_ioremap(struct holdings *owner, pa_t pa, uint64_t size,
			      enum shm_memtype type, va_t *out);
enum shm_status guest_iounmap(struct holdings *owner, va_t va);
enum shm_status guest_iounmap_part(struct holdings *owner, va_t va,
				   uint64_t size);
enum shm_status guest_iochange_part(struct holdings *owner, va_t va,
				    uint64_t size, enum shm_memtype type);

/*
 * The same step by step, for calls that let interrupts in between and may
 * never be resumed; a guest's mapping is then taken apart with its corpse.
 *
 *	st = ioremap_begin(owner, pa, size, type, &mapping);
 *	while (st == SHM_OK &&
 *	       (st = ioremap_slice(mapping)) == SHM_INTERRUPTED)
 *		st = SHM_OK, ...          let interrupts in
 *
 * When ioremap_slice() fails the mapping is leaving: the caller calls
 * iounmap_slice() until that answers SHM_OK.
 */
enum shm_status ioremap_begin(struct holdings *owner, pa_t pa, uint64_t size,
			      enum shm_memtype type, struct io_mapping **out);
enum shm_status ioremap_slice(struct io_mapping *mapping);

/*
 * Give back one reference. *out is the mapping if that was the last, for
 * iounmap_slice(), or NULL. SHM_BAD_ADDRESS.
 */
enum shm_status iounmap_begin(struct holdings *owner, va_t va,
			      struct io_mapping **out);

/* SHM_OK: the mapping is gone, and the object. SHM_INTERRUPTED: more is left */
enum shm_status iounmap_slice(struct io_mapping *mapping);

/* Where the byte at `pa`, inside the mapping, is. */
static inline va_t io_mapping_address(const struct io_mapping *mapping, pa_t pa)
{
	return mapping->area.range.first + (va_t)(pa - mapping->pages.first);
}

/*
 * The lowest address of the owner at which `size` bytes from `pa` on lie in
 * one mapping of this kind; 0: none. It is valid for as long as the caller
 * knows that the mapping stays.
 */
va_t ioremap_find(struct holdings *owner, pa_t pa, uint64_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What OP-TEE's memory API has to know of the kernel around it. An embedding
 * kernel defines these functions; the image does so in abi/call_memory.c,
 * kernel/memory_map.c and arch/aarch64/.
 *
 * Its boot also adds to the static map (compat_static_add()), maps what it
 * added, and calls compat_init() when the manager is built; until then, only
 * what is in the static map is known.
 */
#ifndef COMPAT_PLATFORM_H
#define COMPAT_PLATFORM_H

#include <dynshm/guest.h>
#include <dynshm/region.h>
#include <mm/core_memprot.h>

/* Regions that a call can hold: its argument, and one for each parameter. */
#define COMPAT_HELD_MAX 8

/* The call that runs on this core. */
struct compat_call {
	struct holdings *holdings; /* its guest's */
	unsigned int index;	   /* of its call pages */
	unsigned int held_count;
	const struct region *held[COMPAT_HELD_MAX]; /* by references */
};

/* False outside of calls. *out is then left alone. */
bool compat_get_call(struct compat_call *out);

/* Physical ranges: sorted, disjoint; constant once they are there. */
struct compat_ranges {
	const struct pa_range *range;
	size_t count;
};

struct compat_memory {
	struct compat_ranges shareable; /* as shm_init() was told */
	struct compat_ranges secure;	/* no other world reaches it */
	struct compat_ranges external;	/* all RAM outside of the chip */
};

/* `secure` has to be there before core_mmu_set_discovered_nsec_ddr(). */
const struct compat_memory *compat_memory(void);

/*
 * What core_mmu_set_discovered_nsec_ddr() has left: what boot hands to
 * shm_init(), and answers as `shareable`. Constant from then on.
 */
struct compat_ranges compat_discovered_ddr(void);

/*
 * Where the CPU finds `va` when it reads it now, by its own walk. False: it
 * would fault.
 */
bool compat_translate(va_t va, pa_t *pa);

/* Maintain data or unified caches, or the instruction cache, of this core. */
enum compat_cache_op {
	COMPAT_CLEAN = 1,      /* write back */
	COMPAT_INVALIDATE = 2, /* discard; lines of others are written back */
	COMPAT_CLEAN_INVALIDATE = 3,
};

void compat_dcache_all(enum compat_cache_op op);
void compat_dcache_area(enum compat_cache_op op, va_t va, uint64_t size);
void compat_icache_all(void);
void compat_icache_area(va_t va, uint64_t size);

/* How many regions the static map can have. */
#ifndef COMPAT_STATIC_REGIONS
#define COMPAT_STATIC_REGIONS 48
#endif

/*
 * A static mapping: whole pages, of `type`. Only boot adds, before anybody
 * looks: there is no lock. False: unaligned, wraps, overlaps another in virtual
 * addresses, or there is no room. Maps nothing.
 */
bool compat_static_add(enum teecore_memtypes type, pa_t pa, va_t va,
		       uint64_t size);

/* All that was added, in that order. */
const struct tee_mmap_region *compat_static_map(size_t *count);

/* What the attributes of tee_mmu_types.h are to the library, and back. */
enum shm_memtype compat_memtype(uint32_t attr);
uint32_t compat_attributes(enum shm_memtype type);

/*
 * The manager that dynamic mappings are looked up in, and made by. Sets virtual
 * addresses aside for core_mmu_map_pages(); SHM_NO_VA and the like when it
 * cannot, and dynamic mappings then stay unknown.
 */
enum shm_status compat_init(struct shm *shm);

#endif

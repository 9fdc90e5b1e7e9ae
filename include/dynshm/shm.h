/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager: one per secure kernel, in memory that the kernel places. It
 * holds the metadata pool, the index by physical address, the part of the
 * virtual address space that dynamic mappings live in, and all owners.
 *
 * The windows have room when they are 64 GiB or more, with what they can grow
 * by, and the first table is two levels above the leaves. Each owner then has
 * whole tables of its own above its leaves, and its death is a store for each:
 * so a guest has only as many as the configuration says, and SHM_NO_VA beyond.
 * Where there is no room, slots are made of leaf tables, and death takes time
 * for each.
 *
 * When nothing fits, a window is opened in what the configuration has for their
 * growth, as far as it goes; only then the answer is SHM_NO_VA. Nothing moves,
 * no memory is needed for it, and of two cores that find the windows full at
 * the same time the second one uses what the first one opened, if it fits. A
 * window that was opened stays when it is empty again, unless what it was
 * opened for failed for another reason.
 *
 * Lock order, outermost first; each is a spinlock held over bounded work only:
 *   shm->drain_lock  one slice of what the dead left
 *   holdings->lock   an owner's regions, sessions and virtual ranges
 *   shm->lock        slots, upper tables, owners alive and dead
 *   shm->io_lock     device and kernel mappings, by physical address
 *   shm->index.lock  pa_index, and what the leaf tables hold
 *   pool.lock        the metadata pool
 */
#ifndef DYNSHM_SHM_H
#define DYNSHM_SHM_H

#include <dynshm/account.h>
#include <dynshm/memtype.h>
#include <dynshm/meta_pool.h>
#include <dynshm/pa_index.h>
#include <dynshm/status.h>
#include <dynshm/table.h>
#include <dynshm/va_pool.h>

struct holdings;

/*
 * What a guest may use of a resource, in its unit (enum resource): `share` it
 * can have whatever others do, beyond `ceiling` it is refused. UINT64_MAX: no
 * ceiling.
 */
struct shm_budget {
	uint64_t share;
	uint64_t ceiling;
};

struct shm_config {
	void *pool; /* secure memory, page aligned */
	pa_t pool_pa;
	uint64_t pool_size;	    /* bytes, whole pages */
	const struct pa_range *ram; /* sorted, disjoint, whole pages: */
	size_t ram_count;	    /* what the normal world may share */
	pte_t *root;		    /* the kernel's first table: entry 0 */
				    /* is that of address 0 */
	unsigned int va_bits;	    /* that `root` translates; 0: as many */
				    /* as the format can */
	struct va_range window;	    /* whole descriptors of `root`, which */
				    /* are all invalid */
	uint32_t calls_per_guest;   /* calls each guest can have in flight */
	/* What the kernel has mapped itself, for good; see ioremap.h. */
	const struct shm_fixed *fixed;
	size_t fixed_count;
	uint32_t pa_bits; /* of a physical address; 0: what tables can hold */
	/*
	 * What each guest begins with, RESOURCE_COUNT of them; NULL: no share
	 * and no ceiling. Constant while the manager exists.
	 */
	const struct shm_budget *budget;
	/*
	 * More of what `window` is, which it must not overlap; one that begins
	 * where `window` ends may share a descriptor of `root` with it. It is
	 * opened when the windows are full, `growth_step` bytes at a time or a
	 * multiple of it. That is a power of two and at least the bytes behind
	 * a leaf table, or 1 GiB where there is room; 0: nothing is opened.
	 */
	struct va_range growth;
	uint64_t growth_step;
	/*
	 * Where there is room: the tables above leaves that a guest may have, a
	 * GiB of addresses apiece. They are all taken out at once when it dies,
	 * with interrupts masked. 0: SHM_GUEST_TABLES.
	 */
	uint32_t guest_tables;
};

#define SHM_GUEST_TABLES 48u

/*
 * Physical memory in the kernel's static mappings: normal memory, which nobody
 * else may map, or a device, which others may map with the same type only. The
 * pool need not be named.
 */
struct shm_fixed {
	pa_t first;
	uint64_t size; /* bytes */
	enum shm_memtype type;
};

/*
 * Where descriptors that are in use are being replaced (fault.h). One at a
 * time, under the index lock; read without it. `sequence` is odd meanwhile.
 */
struct shm_passing {
	uint32_t sequence;
	va_t first;
	va_t last;
};

struct shm {
	struct meta_pool pool;
	struct pa_index index;
	/* Constant. */
	uint32_t calls_per_guest;
	uint32_t guest_tables;
	bool live_split; /* cpu_replaces_live() */
	pa_t highest_pa;
	const struct shm_budget *budget;
	struct shm_passing passing;
	/* What guests are made of, beyond their shares. */
	struct meta_cache guest_cache;
	struct meta_cache io_cache;
	struct meta_cache leaf_cache; /* descriptors of leaf tables */
	struct meta_cache window_cache;
	struct meta_cache calls_cache; /* the kernel's, made by the kernel */
	bool has_tlb_ranges; /* constant: what cpu_has_tlb_ranges() said */
	bool virtualized;    /* a hypervisor has spoken; never false again */
	struct spinlock drain_lock;
	/* Under `lock`. */
	struct spinlock lock;
	struct table root; /* the kernel's own; its level is constant */
	bool roomy;	   /* constant */
	uint8_t va_bits;   /* constant */
	/* Without room, all slots lie in large_slots and are leaf tables. */
	struct va_pool small_slots;   /* one leaf table each */
	struct va_pool large_slots;   /* 1 GiB each: one table above leaves */
	struct va_range growth;	      /* not open yet; may be empty */
	uint64_t growth_step;	      /* constant */
	struct window *spare_windows; /* enough for all of it */
	struct rb_tree guests;	      /* by id */
	struct guest *spares;	      /* guests without an id */
	uint32_t spare_count;
	struct guest *unburied;	  /* whose death was left half done */
	struct holdings *corpses; /* of the dead, oldest first */
	struct holdings **corpses_end;
	struct holdings *kernel; /* the secure kernel's own mappings */
	struct spinlock io_lock;
	/*
	 * Device mappings of all owners, and what RAM the kernel has mapped for
	 * itself, by physical address; under io_lock. And how many are of RAM
	 * in another type than guests have it; under the index lock.
	 */
	uint32_t typed_ram;
	struct rb_tree io_mappings;
	struct meta_share kernel_share;
	uint32_t shares; /* guests that were promised something */
};

/*
 * Build the manager in *shm. SHM_BAD_ADDRESS, SHM_BAD_SIZE: the configuration
 * is malformed. SHM_NO_METADATA: the pool is too small for the index of RAM and
 * a small object for each step that windows can grow by.
 */
enum shm_status shm_init(struct shm *shm, const struct shm_config *config);

/*
 * Give it another window, at any time; nothing that is mapped moves. Takes
 * shm->lock. SHM_BAD_ADDRESS: not whole descriptors of the root, or beyond what
 * it translates. SHM_CONFLICT: overlaps another window, or what they grow into.
 * SHM_NO_METADATA. On an address space with room it must be 1 GiB aligned, and
 * serves large slots.
 */
enum shm_status shm_add_window(struct shm *shm, struct va_range range);

/*
 * A page of the pool as a stack, with an unmapped guard page below it. The
 * caller allocates the page and frees it; the object may lie in the page.
 */
struct shm_stack {
	struct va_area area; /* guard, then page */
	void *page;	     /* set by the caller: its address in the pool */
};

/*
 * Map it; *stack stays where it is until shm_unmap_stack(). SHM_NO_VA,
 * SHM_NO_TABLE, SHM_NO_METADATA: nothing has changed.
 */
enum shm_status shm_map_stack(struct shm *shm, struct shm_stack *stack);
void shm_unmap_stack(struct shm *shm, struct shm_stack *stack);

/* A hypervisor has spoken since boot. */
static inline bool shm_is_virtualized(const struct shm *shm)
{
	return __atomic_load_n(&shm->virtualized, __ATOMIC_RELAXED);
}

/* The address one past its last byte, in the guarded mapping. */
static inline va_t shm_stack_top(const struct shm_stack *stack)
{
	return stack->area.range.last + 1;
}

#endif

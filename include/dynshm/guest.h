/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owners. A guest is an id that the hypervisor vouches for; what it has stands
 * in its holdings: regions, sessions, virtual ranges, and the account of what
 * these cost. When a guest dies or starts over, its holdings are cut off the
 * translation tables in a few stores and become a corpse, an object apart
 * from the id, that is taken apart in slices later.
 *
 * All that a guest has mapped lies in slots of its own, so that the cut does
 * not depend on how much it is. The first slot is small (2 MiB, one leaf
 * table) and begins with the call pages: a few pages for each call the guest
 * can have in flight, where its argument, page list and RPC buffer are mapped.
 */
#ifndef DYNSHM_GUEST_H
#define DYNSHM_GUEST_H

#include <dynshm/shm.h>

/* A call's own pages in its guest's first slot. */
enum call_page {
	CALL_PAGE_ARGUMENT,
	CALL_PAGE_LIST, /* the page list being read */
	CALL_PAGE_RPC,	/* the RPC argument, when it has its own buffer */
	CALL_PAGE_COUNT = 4
};

/* A stretch of the windows that belongs to one owner. */
struct slot {
	struct va_area area;	 /* in shm->small_slots or large_slots */
	struct rb_node node;	 /* holdings->slots, by address */
	struct va_window window; /* in one of the owner's spaces */
	pte_t table_attributes;	 /* of what names its leaf tables */
	struct table *tables;	 /* a leaf, or above the leaves, ascending */
	bool small;
};

/*
 * Where a leaf table leads to one world, an owner's mappings of the other one
 * have a space of their own, which is the second.
 */
#define OWNER_SPACES (PT_TABLE_HAS_WORLD ? 2 : 1)

struct holdings {
	/* Constant after creation. */
	struct shm *shm;
	va_t call_pages;	/* first address of the call pages */
	pte_t table_attributes; /* of what names leaf tables of spaces[0] */
	uint16_t guest;		/* whose they are, or were */
	/* Set once, under shm->io_lock: */
	bool dead; /* nothing that it had is mapped; atomic */
	/* The small slot and its table, which holds the call pages. */
	struct slot first_slot;
	struct table first_leaf;
	/* Atomic. */
	struct account account;
	uint64_t runs;	  /* contiguous stretches in all regions */
	uint64_t revoked; /* regions it lost: the hypervisor moved a page */
	/* Under `lock`. */
	struct spinlock lock;
	uint32_t last_session; /* id handed out last */
	/* The next three change under the index lock, too: one will do to look
	 */
	struct va_pool spaces[OWNER_SPACES]; /* areas are regions' */
	struct rb_tree slots;		     /* by address */
	struct rb_tree regions;	 /* registered and leaving, by cookie */
	struct rb_tree forming;	 /* not yet visible, by cookie */
	struct region *all;	 /* every region, in any state */
	struct rb_tree sessions; /* by id */
	/* Under shm->io_lock. */
	struct io_mapping *io_mappings;
	/* Once dead: shm->lock, and shm->drain_lock. */
	struct holdings *next_corpse;
	uint64_t hand_on; /* granules whose charge was looked at */
	va_t cut;	  /* slots below are cut off already; shm->lock */
};

struct guest {
	struct rb_node node; /* shm->guests, by id */
	uint16_t id;
	/* Under shm->lock. */
	uint8_t state;	/* enum guest_state, lifecycle.h */
	uint32_t cores; /* inside the secure world for it */
	struct guest *next_spare;
	struct guest *next_unburied;
	struct guest **unburied;   /* what names it in that list, or NULL */
	struct holdings *holdings; /* NULL: nothing since it began or died */
	bool ending; /* they are being cut off; atomic, changes before them */
	uint64_t refusals; /* calls refused, and why the last one was */
	enum shm_status last_error;
	uint64_t ceiling[RESOURCE_COUNT]; /* atomic */
	uint32_t shares[RESOURCE_COUNT];  /* as they were set; shm->lock */
	struct meta_share share;	  /* the pool's lock */
	void *calls;			  /* the kernel's: its calls */
};

/* Find a guest, or NULL. Takes shm->lock. */
struct guest *guest_find(struct shm *shm, uint16_t id);

/* A new guest without holdings. SHM_COOKIE_IN_USE: the id exists. */
enum shm_status guest_create(struct shm *shm, uint16_t id, struct guest **out);

/*
 * Make sure that the guest has holdings to put things into; cheap when it
 * has. SHM_INTERRUPTED: a slice of what it had before was cut off instead, see
 * guest_cut_off(); call it again. SHM_NO_METADATA and the like: nothing
 * changed; when corpses hold what is missing, corpse_drain() and a repeat will
 * do.
 */
enum shm_status guest_prepare(struct shm *shm, struct guest *guest);

/*
 * What it has, or NULL: nothing, or what is being cut off. For whoever knows
 * that the guest does not start over or die meanwhile.
 */
static inline struct holdings *guest_holdings(const struct guest *guest)
{
	if (__atomic_load_n(&guest->ending, __ATOMIC_ACQUIRE))
		return NULL;
	return __atomic_load_n(&guest->holdings, __ATOMIC_ACQUIRE);
}

/*
 * The guest starts over, or dies. No call of it may be running. Takes
 * shm->lock.
 * SHM_OK: nothing that it had is mapped any more, on any core. On an address
 * space with room (shm.h) this is always the answer, after a few stores.
 * SHM_INTERRUPTED: on one without, as many leaf tables as one slice takes have
 * been cut off, 256. Go on calling it, or where the guest starts over
 * guest_prepare(), which goes on as well; until then it has nothing that can
 * be used.
 */
enum shm_status guest_cut_off(struct shm *shm, struct guest *guest);

/* After guest_cut_off(): forget the id. The object is freed. */
void guest_destroy(struct shm *shm, struct guest *guest);

/*
 * A guest's budget of one resource (a number of enum resource). A guest that is
 * given a share of tables or metadata is also promised what every guest begins
 * with. A share of metadata does not cover tables, nor lists that fill a page.
 * Shares of pages, regions and sessions promise nothing beyond what tables and
 * metadata do. SHM_BAD_SIZE: the share is above the ceiling, there is no such
 * resource, or no call would be left. SHM_UNKNOWN_GUEST. SHM_NO_METADATA: the
 * share cannot be reserved, as none above UINT32_MAX can; when corpses hold
 * what is missing, corpse_drain() and a repeat will do. Nothing has changed
 * then. What is used already stays.
 */
enum shm_status guest_set_budget(struct shm *shm, uint32_t id, uint64_t what,
				 struct shm_budget budget);

/*
 * The budget that guests begin with (shm_config), for one that has no share.
 * SHM_NO_METADATA: cannot be reserved; the guest then has its ceilings only.
 */
enum shm_status guest_give_budget(struct shm *shm, struct guest *guest);

/* No share and no ceiling, for one that is alone. */
void guest_lift_budget(struct shm *shm, struct guest *guest);

/* Count a refusal; the last reason can be seen in STATS. */
void guest_note_refusal(struct guest *guest, enum shm_status why);

/*
 * Take apart a bounded piece of what the dead left behind, or of a region that
 * was revoked. SHM_OK: nothing is left. SHM_INTERRUPTED: there is more. Any
 * core may do this at any time.
 */
enum shm_status corpse_drain(struct shm *shm);

/* Bytes that corpses still hold. Takes shm->lock; O(corpses). */
uint64_t corpse_owed_bytes(struct shm *shm);

/* Bytes of tables and objects an owner is charged for. */
static inline uint64_t holdings_bytes(const struct holdings *holdings)
{
	return account_used(&holdings->account, RESOURCE_TABLES) *
		       PT_TABLE_BYTES +
	       account_used(&holdings->account, RESOURCE_METADATA);
}

/* The address of one of a call's pages. */
static inline va_t call_page_address(const struct holdings *holdings,
				     unsigned int call, enum call_page page)
{
	return holdings->call_pages +
	       ((va_t)(call * CALL_PAGE_COUNT + page) << SHM_PAGE_SHIFT);
}

/*
 * Map a page of shareable RAM at a call page, in place of what was there.
 * SHM_BAD_ADDRESS: not shareable RAM, or not aligned. SHM_CONFLICT: the kernel
 * has it with another memory type (shm_map_ram()). Nothing changed then. Only
 * the call itself uses its pages, so there is no lock; io_lock is taken while
 * there are such pages at all.
 */
enum shm_status call_page_map(struct holdings *holdings, unsigned int call,
			      enum call_page page, pa_t pa);
void call_page_unmap(struct holdings *holdings, unsigned int call,
		     enum call_page page);

#endif

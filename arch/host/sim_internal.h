/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the simulated machine share. The format of descriptors is
 * the build's choice (sim_format.h).
 *
 * One recursive host mutex guards all of it; taking it is cheap beside the
 * bookkeeping, and host threads stand for cores.
 */
#ifndef SIM_INTERNAL_H
#define SIM_INTERNAL_H

#include <sim.h>

#define SIM_GROUP 16u

void sim_enter(void);
void sim_leave(void);

/* Cores. */
struct sim_core_state {
	unsigned int number;
	bool masked;	      /* interrupts */
	unsigned int locks;   /* held */
	uint64_t masked_work; /* since they were masked */
	bool in_flow;	      /* a context runs on it */
};

struct sim_core_state *sim_core_state(void);
/* Locks that a core has released: what it wrote before, others may see. */
uint64_t sim_core_releases(unsigned int core);
void sim_core_mask(struct sim_core_state *core, bool masked);
void sim_work(uint64_t amount);
void sim_core_reset(void);
/* context.c: leave the running flow as if an interrupt had come. */
void sim_context_interrupt(void);

/* Memory. */
struct sim_range {
	pa_t first;
	pa_t last;
	enum sim_kind kind;
	uint8_t *memory;
	uint8_t *dead;	  /* a byte for each page */
	uint8_t *reads;	  /* a byte for each word */
	uint64_t *places; /* a word for each chunk: sim_tables.c */
};

void sim_memory_reset(void);
struct sim_range *sim_range_find(pa_t pa);
struct sim_range *sim_secure_range_of(const void *pointer);
bool sim_page_is_dead(const struct sim_range *range, pa_t pa);
/* Count a read that stays within an aligned word; let the hook see it first. */
void sim_note_read(struct sim_range *range, pa_t pa, size_t size);

/* sim_access.c */
void sim_access_reset(void);
bool sim_has_fault_handler(void);

/* A place in the regime: the descriptor of `level` that serves VA prefix. */
struct sim_place {
	unsigned int level;
	uint64_t prefix; /* VA >> shift of that level */
	bool ns_table;	 /* the table above says: non-secure */
};

/* Where a walk begins; `ns_table` is not known, and not for comparing. */
static inline struct sim_place sim_place_of(va_t va, unsigned int level)
{
	return (struct sim_place){ level, va >> sim_level_shift(level), false };
}

/* The place of entry 0 of the table that `desc` names. */
static inline struct sim_place sim_place_below(struct sim_place place,
					       sim_desc_t desc)
{
	unsigned int bits =
		sim_level_shift(place.level) - sim_level_shift(place.level + 1);

	return (struct sim_place){ place.level + 1, place.prefix << bits,
				   place.ns_table || sim_desc_table_ns(desc) };
}

static inline struct sim_place sim_place_next(struct sim_place place,
					      unsigned int distance)
{
	place.prefix += distance;
	return place;
}

static inline unsigned int sim_place_index(struct sim_place place)
{
	return (unsigned int)place.prefix &
	       (sim_table_entries(place.level) - 1);
}

/* sim_leaf.c, one for each format. */
struct sim_mapping sim_decode_leaf(sim_desc_t desc, struct sim_place place);

/* Entries of the table at `pa`, or NULL when that is not secure memory. */
sim_desc_t *sim_table_at(pa_t pa);
const sim_desc_t *sim_mmu_root(void);
void sim_mmu_reset(void);

/* sim_tables.c: where reachable tables hang. */
void sim_tables_reset(void);
void sim_tables_attach_root(const void *root);
/* The place of entry 0 of a table, false when no walk can reach it. */
bool sim_table_place(pa_t table, struct sim_place *first);
/* The place of a descriptor in a reachable table; false in any other memory. */
bool sim_slot_place(const sim_desc_t *slot, struct sim_place *place);
/* sim_group.c: the group around a descriptor is whole, or it is a violation. */
void sim_check_group(const sim_desc_t *slot);
/* The walk caches have forgotten this detached table (and those below it). */
void sim_table_forget(pa_t pa, bool deep);
/* Descriptors written by this core before now are ordered / visible. */
void sim_tables_ordered(unsigned int core);
void sim_tables_published(unsigned int core);
/* Written and not published, by this core or by another. */
bool sim_slot_is_unpublished(const sim_desc_t *slot, bool *by_other);

/* sim_stale.c: entries of TLBs and walk caches that the tables disown. */
struct sim_stale {
	struct sim_place place;
	sim_desc_t desc;
	unsigned int core; /* that changed the table */
	uint64_t bracket;  /* last tlb_begin() of that core before */
	bool pending;	   /* no tlb_end() of that core since */
	bool same;	   /* what the tables say there is the same */
	struct sim_stale *next;
};

void sim_stale_reset(void);
struct sim_stale *sim_stale_find(struct sim_place place);
void sim_stale_add(struct sim_place place, sim_desc_t desc, unsigned int core,
		   uint64_t bracket, bool pending);
void sim_stale_remove(struct sim_place place);
/* Visit all; the visitor may remove the one it is shown. False stops. */
typedef bool sim_stale_fn(void *arg, struct sim_stale *stale);
bool sim_stale_each(sim_stale_fn *visit, void *arg);

/* An invalidation by address, or of a range of them. */
struct sim_tlbi {
	struct va_range range;
	bool leaf_only;
	unsigned int level; /* of the leaves that it is sure to reach; 0: all */
};

/* sim_tlbi_range.c: false when the architecture gives it no meaning. */
bool sim_tlbi_decode_range(uint64_t operand, struct sim_tlbi *out);

/* sim_tlbi.c */
void sim_tlb_reset(void);
/*
 * The tables no longer say `desc` at that place; `same`: but what they say is
 * the same in another size, and the processor does not mind.
 */
void sim_tlb_disowned(struct sim_place place, sim_desc_t desc, bool same);
/* sim_live.c: the processor has live splits, and this is one. */
bool sim_is_live_split(struct sim_place place, sim_desc_t old, sim_desc_t next);
/* Was the change that made it stale complete before this core's bracket? */
bool sim_tlbi_covers(const struct sim_stale *stale);

/* sim_tlbi_perform.c: how many entries that were covered are gone by it. */
uint64_t sim_tlbi_perform(const struct sim_tlbi *operation);
/* An entry of that place is sure to be gone after the operation. */
bool sim_tlbi_reaches(const struct sim_tlbi *operation, struct sim_place place,
		      bool is_table);

/* sim_tlb.c */
/* `desc` became reachable at that place: nothing older may be cached there. */
void sim_tlb_adopted(struct sim_place place, sim_desc_t desc);
/* Translate as a core would, stale entries first. False: fault. */
bool sim_tlb_translate(va_t va, struct sim_mapping *out);

#endif

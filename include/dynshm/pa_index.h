/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is mapped, by physical address, and which physical addresses may be
 * mapped at all. Shareable RAM is cut into granules of 2 MiB. Each granule
 * knows which of its pages are RAM that the normal world may share, and holds
 * the heads of the lists of mappings: one for mappings of the whole granule,
 * and one for each page, those in chunks of 64 that exist while used.
 *
 * A mapping is a link to its descriptor (table.h); the list cells of pages that
 * are mapped more than once lie beside the tables. Adding and removing is O(1)
 * whatever else maps the page, and a contiguous 2 MiB costs less than one page.
 */
#ifndef DYNSHM_PA_INDEX_H
#define DYNSHM_PA_INDEX_H

#include <dynshm/meta_pool.h>
#include <dynshm/status.h>
#include <dynshm/table.h>

#define GRANULE_SHIFT	 21
#define GRANULE_SIZE	 (UINT64_C(1) << GRANULE_SHIFT)
#define GRANULE_PAGES	 (1u << (GRANULE_SHIFT - SHM_PAGE_SHIFT))

#define HEAD_CHUNK_SHIFT 6
#define HEAD_CHUNK_HEADS (1u << HEAD_CHUNK_SHIFT)
#define HEAD_CHUNK_COUNT (GRANULE_PAGES >> HEAD_CHUNK_SHIFT)

struct head_chunk {
	pa_link_t heads[HEAD_CHUNK_HEADS];
};

/* Exists while any page of the granule is mapped by itself. */
struct granule {
	struct head_chunk *heads[HEAD_CHUNK_COUNT];
	uint8_t heads_used[HEAD_CHUNK_COUNT]; /* pages with a list */
	uint32_t chunks;		      /* of heads */
	struct account *payer;		      /* charged for it */
	struct account *heads_payer[HEAD_CHUNK_COUNT];
	/*
	 * The plain case in one word: it is RAM throughout, and only this owner
	 * has ever had mappings in it. NULL: look closer.
	 */
	const struct holdings *sole;
};

/* Which pages are shareable RAM, of a granule in which that is no one range. */
struct ram_bitmap {
	uint64_t words[GRANULE_PAGES / 64];
};

/*
 * The RAM is constant, and one range as a rule: `ram_count` pages from page
 * number `ram_first` on. With a count of 0 it is none, where ram_first is 0
 * too, or what bitmap number ram_first - 1 says.
 */
struct granule_entry {
	struct granule *granule; /* NULL: no page has a list */
	pa_link_t whole;	 /* mappings of all 512 pages in a row */
	uint16_t ram_first;
	uint16_t ram_count;
};

struct region;

struct pa_index {
	/* Constant after init. */
	struct meta_pool *pool;
	pa_t first; /* multiple of 1 GiB */
	uint64_t gib_count;
	struct granule_entry **gibs; /* 512 entries each, NULL: no RAM */
	struct ram_bitmap *bitmaps;
	/*
	 * The short way to the same: of each `1 << unit_shift` bytes from
	 * address 0 on, whether all of it is RAM. No address of a page of RAM
	 * has any of the bits in `never`.
	 */
	uint8_t *full_units;
	unsigned int unit_shift;
	pa_t never;
	/* Under `lock`. */
	struct spinlock lock;
	struct region *revoked; /* those still to be unmapped, revoke.c */
};

/*
 * `ram`: sorted, disjoint, whole pages. Its tables are built from pool pages
 * at init and stay; SHM_NO_METADATA when these do not suffice, or when more
 * than 65,535 granules have holes. RAM beyond PT_PAGE_PA_BITS counts as none.
 */
enum shm_status pa_index_init(struct pa_index *index, struct meta_pool *pool,
			      const struct pa_range *ram, size_t ram_count);

/* All `count` pages from `pa` are shareable RAM. Reads constants only. */
bool pa_index_is_ram(const struct pa_index *index, pa_t pa, uint64_t count);

/* Some page of the range is. O(granules of RAM in it); reads constants only. */
bool pa_index_touches_ram(const struct pa_index *index, struct pa_range range);

/*
 * Where this page was mapped last, as a part of its whole granule or else by
 * itself: the virtual address if it is `owner`'s, or 0; an older mapping of the
 * owner's behind one of another's is not looked for. Takes the index lock.
 * Mappings of regions that are forming or leaving count too; the caller holds
 * a reference to what it asks for.
 */
va_t pa_index_find(struct pa_index *index, pa_t pa,
		   const struct holdings *owner);

#endif

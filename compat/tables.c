// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translation tables as OP-TEE's code walks and writes them. The tables are the
 * library's and the static map's; what is in them is encoded and decoded by
 * their format alone.
 */
#include "internal.h"

#include <assert.h>
#include <cpu.h>
#include <dynshm/lookup.h>

/* Where a table is: in the pool, or with the static map's. */
static void *table_pointer(const struct shm *shm, pa_t pa)
{
	const struct meta_pool *pool = &shm->pool;
	const struct tee_mmap_region *region;

	if (pa >= pool->pa &&
	    (pa - pool->pa) >> SHM_PAGE_SHIFT < pool->page_count)
		return pool->base + (pa - pool->pa);
	region = compat_static_at(pa);
	if (region == NULL)
		return NULL;
	return (void *)(region->va + (vaddr_t)(pa - region->pa));
}

bool core_mmu_find_table(struct mmu_partition *prtn, vaddr_t va,
			 unsigned int max_level,
			 struct core_mmu_table_info *tbl_info)
{
	const struct shm *shm = compat_shm();
	struct core_mmu_table_info at = { 0 };
	pte_t pte;

	if (prtn != NULL || shm == NULL)
		return false;
	at.table = shm->root.entries;
	at.num_entries = 1u << pt_first_bits(shm->va_bits);
	for (at.level = shm->root.level;; at.level++) {
		at.shift = pt_level_shift(at.level);
		if (core_mmu_va2idx(&at, va) >= at.num_entries)
			return false;
		*tbl_info = at;
		if (at.level >= max_level || at.level == PT_LEAF_LEVEL)
			return true;
		pte = pte_load(
			&((const pte_t *)at.table)[core_mmu_va2idx(&at, va)]);
		if (!pte_is_table(pte, at.level))
			return true;
		at.va_base = core_mmu_idx2va(&at, core_mmu_va2idx(&at, va));
		at.num_entries = PT_ENTRY_COUNT;
		at.table = table_pointer(shm, pte_address(pte, at.level));
		if (at.table == NULL)
			return false;
	}
}

static pte_t encode(unsigned int level, pa_t pa, uint32_t attr)
{
	pte_t attributes;

	if (attr & TEE_MATTR_TABLE)
		return pte_make_table(pa, 0);
	if (!(attr & TEE_MATTR_VALID_BLOCK))
		return PTE_INVALID;
	attributes = pte_attributes(compat_memtype(attr));
	return level == PT_LEAF_LEVEL ? pte_make_page(pa, attributes)
				      : pte_make_block(pa, attributes);
}

/*
 * A descriptor with a link of pa_index keeps it, and its page with it, so that
 * the library can take its mapping apart whatever became of the entry: it may
 * be made invalid and valid again, with other attributes, but not lead
 * elsewhere. Blocks have neighbours in their granule, and members of a group
 * in that, which would have to change with them: they stay as they are.
 */
static pte_t keep_link(unsigned int level, pte_t old, pte_t next)
{
	if (level != PT_LEAF_LEVEL || pte_is_group(old, level))
		return old;
	if (!pte_is_valid(next))
		return old & ~(pte_t)3; /* invalid in each format */
	if (pte_address(next, level) != pte_address(old, level))
		return old;
	return next | pte_software(old, level);
}

void core_mmu_set_entry_primitive(void *table, size_t level, size_t idx,
				  paddr_t pa, uint32_t attr)
{
	pte_t *entry = &((pte_t *)table)[idx];
	unsigned int at = (unsigned int)level;
	pte_t next = encode(at, pa, attr);
	pte_t old = pte_load(entry);

	if (!pte_is_table(old, at) && pte_software(old, at) != 0)
		next = keep_link(at, old, next);
	pte_store(entry, next);
}

void core_mmu_set_entry(struct core_mmu_table_info *tbl_info, unsigned int idx,
			paddr_t pa, uint32_t attr)
{
	struct shm *shm = compat_shm();

	assert(idx < tbl_info->num_entries);
	if (shm != NULL)
		(void)shm_split_group(shm, core_mmu_idx2va(tbl_info, idx));
	core_mmu_set_entry_primitive(tbl_info->table, tbl_info->level, idx, pa,
				     attr);
}

bool core_mmu_divide_block(struct core_mmu_table_info *tbl_info,
			   unsigned int idx)
{
	struct shm *shm = compat_shm();

	assert(idx < tbl_info->num_entries);
	return shm != NULL && tbl_info->level != PT_LEAF_LEVEL &&
	       shm_split_block(shm, core_mmu_idx2va(tbl_info, idx)) == SHM_OK;
}

/* A table is of the world that its block was of. */
bool core_mmu_entry_to_finer_grained(struct core_mmu_table_info *tbl_info,
				     unsigned int idx, bool secure)
{
	const pte_t *entries = tbl_info->table;

	(void)secure;
	assert(idx < tbl_info->num_entries);
	return pte_is_table(pte_load(&entries[idx]), tbl_info->level) ||
	       core_mmu_divide_block(tbl_info, idx);
}

/*
 * Where the descriptor of a table says for which world its pages are, that is
 * asked of the table itself.
 */
static pte_t attributes_of(const void *table)
{
	const uint8_t *at = table;
	const struct table *owner = NULL;
	const struct shm *shm;

	if (!PT_TABLE_HAS_WORLD)
		return 0;
	shm = compat_shm();
	if (shm != NULL && at >= shm->pool.base &&
	    meta_page_number(&shm->pool, at) < shm->pool.page_count)
		owner = meta_owner(&shm->pool, meta_page_pa(&shm->pool, at));
	if (owner == NULL || (const void *)owner->entries != table)
		return 0;
	return owner->attributes;
}

void core_mmu_get_entry_primitive(const void *table, size_t level, size_t idx,
				  paddr_t *pa, uint32_t *attr)
{
	pte_t pte = pte_load(&((const pte_t *)table)[idx]);
	unsigned int at = (unsigned int)level;
	bool valid = pte_is_valid(pte);

	if (pa != NULL)
		*pa = valid ? pte_address(pte, at) : 0;
	if (attr == NULL)
		return;
	*attr = 0;
	if (pte_is_table(pte, at))
		*attr = TEE_MATTR_TABLE;
	else if (valid)
		*attr = compat_attributes(
			pte_memtype(pte, at, attributes_of(table)));
}

void core_mmu_get_entry(struct core_mmu_table_info *tbl_info, unsigned int idx,
			paddr_t *pa, uint32_t *attr)
{
	assert(idx < tbl_info->num_entries);
	core_mmu_get_entry_primitive(tbl_info->table, tbl_info->level, idx, pa,
				     attr);
}

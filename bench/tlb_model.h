/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of one core's TLB, to count what an access loads of the tables: a
 * main TLB of leaves and a walk cache of tables above them, both
 * set-associative and least recently used. Tables have four levels, as the
 * image's have; the root is known. Micro TLBs are left out: they fill from the
 * main one, without a walk.
 */
#ifndef BENCH_TLB_MODEL_H
#define BENCH_TLB_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MODEL_WAYS	 4u
#define MODEL_SETS_MAX	 256u
#define MODEL_LEAF_LEVEL 3u

struct model_line {
	uint64_t key;
	uint64_t used; /* when last; 0: empty */
};

struct model_cache {
	unsigned int sets;
	uint64_t now;
	struct model_line lines[MODEL_SETS_MAX][MODEL_WAYS];
};

struct model_core {
	struct model_cache leaves;
	struct model_cache tables;
};

static inline void model_forget(struct model_cache *cache)
{
	memset(cache->lines, 0, sizeof(cache->lines));
}

static inline void model_init(struct model_core *core, unsigned int entries,
			      unsigned int tables)
{
	core->leaves.sets = entries / MODEL_WAYS;
	core->tables.sets = tables / MODEL_WAYS;
	model_forget(&core->leaves);
	model_forget(&core->tables);
}

/* What a descriptor of `level` serves is known; or it is from now on. */
static inline bool model_look_up(struct model_cache *cache, uint64_t va,
				 unsigned int level, bool enter)
{
	uint64_t number = va >> (12 + 9 * (MODEL_LEAF_LEVEL - level));
	uint64_t key = number * 4 + level;
	struct model_line *lines = cache->lines[number % cache->sets];
	struct model_line *oldest = &lines[0];

	for (unsigned int i = 0; i < MODEL_WAYS; i++) {
		if (lines[i].used != 0 && lines[i].key == key) {
			lines[i].used = ++cache->now;
			return true;
		}
		if (lines[i].used < oldest->used)
			oldest = &lines[i];
	}
	if (enter)
		*oldest = (struct model_line){ key, ++cache->now };
	return false;
}

/* An access to what a leaf of `level` maps: the descriptors that it loads. */
static inline unsigned int model_access(struct model_core *core, uint64_t va,
					unsigned int level)
{
	unsigned int from = level; /* the first one to be loaded */

	if (model_look_up(&core->leaves, va, level, true))
		return 0;
	while (from > 0 && !model_look_up(&core->tables, va, from - 1, false))
		from--;
	for (unsigned int above = from; above < level; above++)
		model_look_up(&core->tables, va, above, true);
	return level - from + 1;
}

/* TLBI VMALLE1IS, as it arrives here. */
static inline void model_invalidate_all(struct model_core *core)
{
	model_forget(&core->leaves);
	model_forget(&core->tables);
}

#endif

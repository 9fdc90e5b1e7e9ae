/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold of device mappings after every step, see io_model.h. */
#include "model/io_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/trace.h"
#include "sim/world.h"

void io_model_check_page(va_t va, pa_t pa, enum shm_memtype type)
{
	struct sim_mapping leaf = sim_walk(va);

	assert_true(leaf.size != 0 && leaf.accessed);
	assert_int_equal(leaf.pa + (va - leaf.va), pa);
	assert_int_equal(leaf.attr, type % 8);
	assert_int_equal(leaf.share, type % 8 == 0 ? 3 : 2);
	assert_int_equal(leaf.ns, (type & SHM_MEM_NON_SECURE) != 0);
	assert_int_equal(leaf.read_only, (type & SHM_MEM_READ_ONLY) != 0);
	assert_false(leaf.executable || leaf.user);
}

static struct holdings *holdings_of(struct io_model *model, unsigned int owner)
{
	return owner == 0 ? model->shm.kernel : model->guests[owner]->holdings;
}

/* The lowest address at which the model has that page for the owner, or 0. */
static va_t lowest_address(const struct io_model *model, unsigned int owner,
			   pa_t page)
{
	va_t lowest = 0;

	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++) {
		const struct io_model_mapping *m = &model->mappings[i];
		va_t va = m->va + (page - m->first);

		if (m->references == 0 || m->owner != owner ||
		    page - m->first >= m->count * 4096)
			continue;
		if (lowest == 0 || va < lowest)
			lowest = va;
	}
	return lowest;
}

static void check_lookups(struct io_model *model,
			  const struct io_model_mapping *m, uint64_t page)
{
	pa_t pa = m->first + page * 4096;
	va_t va = m->va + page * 4096 + 0xabc;
	struct holdings *owner = holdings_of(model, m->owner);
	struct shm_va_info info;

	assert_true(shm_find_va(&model->shm, va, &info));
	assert_int_equal(info.kind, SHM_VA_DEVICE);
	assert_int_equal(info.type, m->type);
	assert_int_equal(info.pa, pa + 0xabc);
	assert_ptr_equal(info.owner, owner);
	for (unsigned int i = 0; i < IO_MODEL_OWNERS; i++)
		assert_int_equal(ioremap_find(holdings_of(model, i), pa + 8, 4),
				 lowest_address(model, i, pa) == 0
					 ? 0
					 : lowest_address(model, i, pa) + 8);
}

static void check_mapping(struct io_model *model,
			  const struct io_model_mapping *m)
{
	/* Each page of small ones; of large ones about 64 and the last. */
	uint64_t step = m->count / 64 + 1;

	for (uint64_t i = 0; i < m->count; i += step)
		io_model_check_page(m->va + i * 4096, m->first + i * 4096,
				    m->type);
	io_model_check_page(m->va + (m->count - 1) * 4096,
			    m->first + (m->count - 1) * 4096, m->type);
	check_lookups(model, m, 0);
	check_lookups(model, m, m->count - 1);
}

/* Order and summaries, from the leaves up: NULL is empty. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree. */
static pa_t check_subtree(const struct rb_node *node, pa_t *before)
{
	const struct io_mapping *m = (const void *)node;
	pa_t highest;
	pa_t right;

	if (node == NULL)
		return 0;
	highest = check_subtree(node->child[0], before);
	assert_true(m->pages.first >= *before);
	*before = m->pages.first;
	right = check_subtree(node->child[1], before);
	highest = right > highest ? right : highest;
	highest = m->pages.last > highest ? m->pages.last : highest;
	assert_int_equal(m->highest, highest);
	return highest;
}

/* Invariant 5: each byte is free, owed, or on a living owner's account. */
static void check_pool(struct io_model *model)
{
	struct shm *shm = &model->shm;
	uint64_t bytes = meta_pool_free_bytes(&shm->pool) +
			 corpse_owed_bytes(shm) + holdings_bytes(shm->kernel);

	for (unsigned int i = 1; i < IO_MODEL_OWNERS; i++)
		bytes += holdings_bytes(model->guests[i]->holdings) +
			 shm->guest_cache.object_size;
	assert_int_equal(bytes, model->bytes_at_start);
}

void io_model_check(struct io_model *model)
{
	uint64_t pages[IO_MODEL_OWNERS] = { 0 };
	uint64_t sum = 0;
	pa_t before = 0;

	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++) {
		if (model->mappings[i].references == 0)
			continue;
		check_mapping(model, &model->mappings[i]);
		pages[model->mappings[i].owner] += model->mappings[i].count;
	}
	for (unsigned int i = 0; i < IO_MODEL_OWNERS; i++) {
		struct holdings *owner = holdings_of(model, i);

		assert_int_equal(account_used(&owner->account, RESOURCE_PAGES),
				 pages[i]);
		assert_null(va_pool_check(&owner->spaces[0]));
		sum += pages[i];
	}
	assert_int_equal(world_leaf_count(), sum);
	assert_null(va_pool_check(&model->shm.small_slots));
	assert_null(va_pool_check(&model->shm.large_slots));
	(void)check_subtree(model->shm.io_mappings.root, &before);
	check_pool(model);
	if (sim_violation_count() != 0)
		sim_check_violations();
	assert_int_equal(sim_violation_count(), 0);
	trace_step(&model->shm, "step", 0);
}

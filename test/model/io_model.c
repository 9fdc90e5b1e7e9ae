/* SPDX-License-Identifier: BSD-2-Clause */
/* See io_model.h. */
#include "model/io_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/world.h"

static struct holdings *holdings_of(struct io_model *model, unsigned int owner)
{
	return owner == 0 ? model->shm.kernel : model->guests[owner]->holdings;
}

void io_model_start(struct io_model *model, uint64_t pool_size)
{
	*model = (struct io_model){ 0 };
	world_start(&model->shm, pool_size, 2);
	model->free_at_start = meta_pool_free_bytes(&model->shm.pool);
	model->bytes_at_start =
		model->free_at_start + holdings_bytes(model->shm.kernel);
	for (unsigned int i = 1; i < IO_MODEL_OWNERS; i++) {
		assert_int_equal(guest_create(&model->shm, (uint16_t)(i * 7),
					      &model->guests[i]),
				 SHM_OK);
		assert_int_equal(guest_prepare(&model->shm, model->guests[i]),
				 SHM_OK);
	}
}

static pa_t end_of(const struct io_model_mapping *mapping)
{
	return mapping->first + (mapping->count << SHM_PAGE_SHIFT);
}

static bool overlap(const struct io_model_mapping *a,
		    const struct io_model_mapping *b)
{
	return a->references != 0 && a->first < end_of(b) &&
	       b->first < end_of(a);
}

/* Another memory type, or the other world's: not just other permissions. */
static bool differ(enum shm_memtype a, enum shm_memtype b)
{
	return a % 8 != b % 8 ||
	       (a & SHM_MEM_NON_SECURE) != (b & SHM_MEM_NON_SECURE);
}

static bool conflicts(const struct io_model *model,
		      const struct io_model_mapping *wanted)
{
	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++) {
		const struct io_model_mapping *other = &model->mappings[i];

		if (overlap(other, wanted) && differ(other->type, wanted->type))
			return true;
	}
	return false;
}

static bool inside(const struct io_model_mapping *other,
		   const struct io_model_mapping *wanted)
{
	return other->references != 0 && other->owner == wanted->owner &&
	       other->type == wanted->type && other->first <= wanted->first &&
	       end_of(other) >= end_of(wanted);
}

/* The mapping that the library chose to share, or NULL if none serves. */
static struct io_model_mapping *shared_by(struct io_model *model,
					  const struct io_model_mapping *wanted,
					  va_t va)
{
	bool any = false;

	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++) {
		struct io_model_mapping *other = &model->mappings[i];

		if (!inside(other, wanted))
			continue;
		any = true;
		if (other->va + (wanted->first - other->first) == va)
			return other;
	}
	assert_false(any);
	return NULL;
}

static struct io_model_mapping *free_place(struct io_model *model)
{
	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++)
		if (model->mappings[i].references == 0)
			return &model->mappings[i];
	return NULL;
}

static enum shm_status map(struct io_model *model, unsigned int owner, pa_t pa,
			   uint64_t size, enum shm_memtype type, va_t *va)
{
	return owner == 0 ? shm_ioremap(&model->shm, pa, size, type, va)
			  : guest_ioremap(holdings_of(model, owner), pa, size,
					  type, va);
}

static enum shm_status unmap(struct io_model *model, unsigned int owner,
			     va_t va)
{
	return owner == 0 ? shm_iounmap(&model->shm, va)
			  : guest_iounmap(holdings_of(model, owner), va);
}

void io_model_map(struct io_model *model, unsigned int owner, pa_t pa,
		  uint64_t size, enum shm_memtype type)
{
	struct io_model_mapping wanted = {
		.owner = owner,
		.first = pa - pa % 4096,
		.count = (pa % 4096 + size + 4095) / 4096,
		.type = type | SHM_MEM_NO_EXEC,
	};
	struct io_model_mapping *place = free_place(model);
	bool refused = conflicts(model, &wanted);
	struct io_model_mapping *shared;
	enum shm_status st;
	va_t va = 1;

	if (place == NULL)
		return;
	st = map(model, owner, pa, size, type, &va);
	assert_int_equal(st, refused ? SHM_CONFLICT : SHM_OK);
	if (st != SHM_OK) {
		assert_int_equal(va, 1);
		return;
	}
	assert_int_equal(va % 4096, pa % 4096);
	wanted.va = va - va % 4096;
	shared = shared_by(model, &wanted, wanted.va);
	if (shared != NULL) {
		shared->references++;
		return;
	}
	*place = wanted;
	place->references = 1;
}

void io_model_unmap(struct io_model *model, struct io_model_mapping *mapping,
		    uint64_t offset)
{
	assert_int_equal(unmap(model, mapping->owner, mapping->va + offset),
			 SHM_OK);
	mapping->references--;
	assert_int_equal(sim_tlb_stale_count(), 0);
}

void io_model_unmap_nothing(struct io_model *model, unsigned int owner, va_t va)
{
	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++) {
		const struct io_model_mapping *other = &model->mappings[i];

		if (other->references != 0 && other->owner == owner &&
		    va - other->va < other->count * 4096)
			return;
	}
	assert_int_equal(unmap(model, owner, va), SHM_BAD_ADDRESS);
}

void io_model_cut_off(struct io_model *model, unsigned int owner)
{
	guest_cut_off(&model->shm, model->guests[owner]);
	assert_int_equal(sim_tlb_stale_count(), 0);
	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++)
		if (model->mappings[i].owner == owner)
			model->mappings[i].references = 0;
	assert_int_equal(guest_prepare(&model->shm, model->guests[owner]),
			 SHM_OK);
}

void io_model_finish(struct io_model *model)
{
	struct shm *shm = &model->shm;

	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++)
		while (model->mappings[i].references != 0 &&
		       model->mappings[i].owner == 0)
			io_model_unmap(model, &model->mappings[i], 0);
	for (unsigned int i = 1; i < IO_MODEL_OWNERS; i++) {
		guest_cut_off(shm, model->guests[i]);
		guest_destroy(shm, model->guests[i]);
	}
	assert_int_equal(world_leaf_count(), 0);
	while (corpse_drain(shm) != SHM_OK)
		;
	assert_int_equal(meta_pool_free_bytes(&shm->pool),
			 model->free_at_start);
	assert_int_equal(sim_table_count(), 1);
	assert_true(sim_check_violations());
}

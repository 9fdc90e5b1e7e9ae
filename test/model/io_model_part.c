/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of mappings in the model, see io_model.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/io_model.h"
#include "sim/world.h"

static struct io_model_mapping *free_place(struct io_model *model)
{
	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++)
		if (model->mappings[i].references == 0)
			return &model->mappings[i];
	return NULL;
}

static unsigned int free_places(const struct io_model *model)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++)
		count += model->mappings[i].references == 0;
	return count;
}

/* What is behind the first `count` pages gets a place of its own. */
static struct io_model_mapping *
cut(struct io_model *model, struct io_model_mapping *mapping, uint64_t count)
{
	struct io_model_mapping *rest = free_place(model);

	*rest = *mapping;
	rest->first += count * 4096;
	rest->va += count * 4096;
	rest->count -= count;
	mapping->count = count;
	return rest;
}

/* The part as a mapping of its own. */
static struct io_model_mapping *cut_out(struct io_model *model,
					struct io_model_mapping *mapping,
					uint64_t first, uint64_t count)
{
	if (first != 0)
		mapping = cut(model, mapping, first);
	if (count != mapping->count)
		(void)cut(model, mapping, count);
	return mapping;
}

static struct holdings *owner_of(struct io_model *model,
				 const struct io_model_mapping *mapping)
{
	return mapping->owner == 0 ? model->shm.kernel
				   : model->guests[mapping->owner]->holdings;
}

void io_model_unmap_part(struct io_model *model,
			 struct io_model_mapping *mapping, uint64_t first,
			 uint64_t count)
{
	va_t va = mapping->va + first * 4096;
	enum shm_status st;

	if (free_places(model) < 2)
		return;
	st = mapping->owner == 0
		     ? shm_iounmap_part(&model->shm, va, count * 4096)
		     : guest_iounmap_part(owner_of(model, mapping), va,
					  count * 4096);
	assert_int_equal(st, mapping->references == 1 ? SHM_OK : SHM_IN_USE);
	if (st == SHM_OK)
		cut_out(model, mapping, first, count)->references = 0;
	assert_int_equal(sim_tlb_stale_count(), 0);
}

/* Another mapping of a page of the part has another type of memory. */
static bool others_object(const struct io_model *model,
			  const struct io_model_mapping *mapping,
			  uint64_t first, uint64_t count, enum shm_memtype type)
{
	pa_t from = mapping->first + first * 4096;

	for (unsigned int i = 0; i < IO_MODEL_MAPPINGS; i++) {
		const struct io_model_mapping *m = &model->mappings[i];

		if (m != mapping && m->references != 0 &&
		    m->type % 8 != type % 8 && m->first < from + count * 4096 &&
		    from < m->first + m->count * 4096)
			return true;
	}
	return false;
}

void io_model_change_part(struct io_model *model,
			  struct io_model_mapping *mapping, uint64_t first,
			  uint64_t count, enum shm_memtype type)
{
	va_t va = mapping->va + first * 4096;
	enum shm_status expected = SHM_OK;
	enum shm_status st;

	if (free_places(model) < 2)
		return;
	if (mapping->references != 1)
		expected = SHM_IN_USE;
	else if ((mapping->type ^ type) & SHM_MEM_NON_SECURE)
		expected = SHM_BAD_ATTRIBUTE;
	else if (others_object(model, mapping, first, count, type))
		expected = SHM_CONFLICT;
	st = mapping->owner == 0
		     ? shm_iochange_part(&model->shm, va, count * 4096, type)
		     : guest_iochange_part(owner_of(model, mapping), va,
					   count * 4096, type);
	assert_int_equal(st, expected);
	if (st == SHM_OK)
		cut_out(model, mapping, first, count)->type =
			type | SHM_MEM_NO_EXEC;
	assert_int_equal(sim_tlb_stale_count(), 0);
}

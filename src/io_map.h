/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and unmaking the objects of device mappings. */
#ifndef SRC_IO_MAP_H
#define SRC_IO_MAP_H

#include "io_claim.h"

/* Give the virtual range back; nothing in it is mapped. Takes owner->lock. */
void io_unplace(struct io_mapping *mapping);

/*
 * One with a reference, charged to its owner, that claims nothing and is
 * nowhere yet. SHM_NO_METADATA, SHM_OVER_BUDGET.
 */
enum shm_status io_mapping_alloc(struct holdings *owner,
				 const struct io_request *request,
				 struct io_mapping **out);

/* The object alone, without pages, and its end. */
enum shm_status io_object_alloc(struct holdings *owner,
				struct io_mapping **out);
void io_object_free(struct io_mapping *mapping);

/* Unmap one that is leaving, all of it. */
void io_take_apart(struct io_mapping *mapping);

/* Free one that claims nothing, and refund what it was charged. */
void io_mapping_free(struct io_mapping *mapping);

#endif

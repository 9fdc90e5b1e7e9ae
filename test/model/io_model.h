/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dumb model of device mappings: an array of them. Each operation is made on
 * the library and on the model, and its answer foretold; io_model_check()
 * compares what the tables really say, by the simulated machine's own walker,
 * with the model, and looks into the library's tree.
 */
#ifndef TEST_MODEL_IO_MODEL_H
#define TEST_MODEL_IO_MODEL_H

#include <dynshm/lookup.h>

#define IO_MODEL_MAPPINGS 48u
#define IO_MODEL_OWNERS	  3u /* the kernel, and two guests */

struct io_model_mapping {
	unsigned int references; /* 0: this place is free */
	unsigned int owner;	 /* 0: the kernel */
	pa_t first;		 /* page */
	uint64_t count;		 /* pages */
	enum shm_memtype type;
	va_t va;
};

struct io_model {
	struct shm shm;
	struct guest *guests[IO_MODEL_OWNERS]; /* [0] is not used */
	struct io_model_mapping mappings[IO_MODEL_MAPPINGS];
	uint64_t free_at_start;
	uint64_t bytes_at_start;
};

void io_model_start(struct io_model *model, uint64_t pool_size);

/* The library's answer is checked against what the model expects. */
void io_model_map(struct io_model *model, unsigned int owner, pa_t pa,
		  uint64_t size, enum shm_memtype type);
/* By an address `offset` bytes into it. */
void io_model_unmap(struct io_model *model, struct io_model_mapping *mapping,
		    uint64_t offset);
/* `count` pages from its page `first` on; a place for what is left is free. */
void io_model_unmap_part(struct io_model *model,
			 struct io_model_mapping *mapping, uint64_t first,
			 uint64_t count);
void io_model_change_part(struct io_model *model,
			  struct io_model_mapping *mapping, uint64_t first,
			  uint64_t count, enum shm_memtype type);
/* Nothing of the owner's is at `va`. */
void io_model_unmap_nothing(struct io_model *model, unsigned int owner,
			    va_t va);
void io_model_cut_off(struct io_model *model, unsigned int owner);

void io_model_check(struct io_model *model);
/* Everything goes; the pool must be back where it began. */
void io_model_finish(struct io_model *model);

/* One descriptor, as the architecture has it, for a page of this type. */
void io_model_check_page(va_t va, pa_t pa, enum shm_memtype type);

#endif

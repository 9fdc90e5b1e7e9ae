/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dumb model of regions: an array of them, each with the list of its pages.
 * Every operation is made on the library and on the model, the answers are
 * compared, and model_check() compares what the page tables really say, by the
 * simulated machine's own walker, with what the model expects of them.
 */
#ifndef TEST_MODEL_REGION_MODEL_H
#define TEST_MODEL_REGION_MODEL_H

#include <dynshm/region.h>
#include <dynshm/session.h>

#define MODEL_REGIONS	16u
#define MODEL_SESSIONS	6u
#define MODEL_GUESTS	3u
#define MODEL_MAX_PAGES 1600u
#define MODEL_CALLS	4u

struct model_region {
	struct region *region; /* NULL: this place is free */
	unsigned int guest;
	uint64_t cookie;
	uint32_t offset;
	uint64_t size;
	uint64_t page_count;
	enum region_state state;
	bool gave_up; /* left while it was forming */
	bool revoked; /* another guest got a page of it */
	unsigned int calls;
	unsigned int sessions;
	unsigned int list_call; /* the call that reads its list */
	struct page_list list;
	pa_t pages[MODEL_MAX_PAGES];
};

struct model_session {
	struct session *session; /* NULL: free */
	unsigned int guest;
	struct model_region *held; /* NULL: nothing, or see `lost` */
	bool lost;		   /* what it holds was taken away */
};

struct model_call_page {
	bool mapped;
	pa_t pa;
};

struct model {
	struct shm shm;
	struct guest *guests[MODEL_GUESTS];
	struct model_region regions[MODEL_REGIONS];
	struct model_session sessions[MODEL_SESSIONS];
	struct model_call_page call_pages[MODEL_GUESTS][MODEL_CALLS];
	uint64_t revoked[MODEL_GUESTS]; /* regions, since the guest began */
	uint64_t free_at_start;
	uint64_t bytes_at_start; /* free, and the kernel's own */
	bool whole;		 /* nothing is left half done: traced */
};

void model_start(struct model *model, uint64_t pool_size);

/* A free place, or NULL. */
struct model_region *model_free_region(struct model *model);

/* The registered region of a guest with that cookie, or NULL. */
struct model_region *model_find(struct model *model, unsigned int guest,
				uint64_t cookie);

/*
 * Begin a region: the caller has filled guest, cookie, offset, size and pages.
 * Whatever the library answers must fit the model; true when it began.
 */
bool model_create(struct model *model, struct model_region *region);
/*
 * Read one slice of its list; true when the whole is mapped. When it has been
 * revoked meanwhile, it is given up.
 */
bool model_map_slice(struct model *model, struct model_region *region);
/* Publish it, or give up if its cookie is taken by now. */
void model_commit(struct model *model, struct model_region *region);
/* Leave without ever being registered. */
void model_give_up(struct model *model, struct model_region *region);

bool model_get(struct model *model, unsigned int guest, uint64_t cookie);
void model_put(struct model *model, struct model_region *region);
void model_unregister(struct model *model, unsigned int guest, uint64_t cookie);
/* A slice of a leaving region without calls. */
void model_take_apart(struct model *model, struct model_region *region);

void model_open_session(struct model *model, unsigned int guest);
void model_hold(struct model *model, struct model_session *session,
		struct model_region *region);
void model_release(struct model *model, struct model_session *session);
void model_close_session(struct model *model, struct model_session *session);

/* Read and write through the mapping and compare with physical memory. */
void model_touch(struct model *model, struct model_region *region);

/* Everything that the guest has goes at once. */
void model_cut_off(struct model *model, unsigned int guest);
/* All guests end; the pool must be back where it began. */
void model_finish(struct model *model);

/*
 * Pages from number `first` on of `region` have just been mapped: the regions
 * of others that have any of them, and no others, are revoked. The library may
 * already have looked at pages that it has not mapped yet. region_moved.c
 */
void model_note_moved(struct model *model, const struct model_region *region,
		      uint64_t first);

/* No page is mapped for two guests at once. */
void model_check_owners(const struct model *model);

/* Compare all that can be seen with the model. */
void model_check(struct model *model);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM that the kernel maps with another memory type than guests do. Such a
 * mapping claims its pages as that of a device does (io_claim.h); and while
 * there is one, whoever maps pages for a guest looks for it first. While there
 * is none, that is a look at shm->typed_ram.
 */
#ifndef SRC_RAM_TYPE_H
#define SRC_RAM_TYPE_H

#include <dynshm/ioremap.h>
#include <dynshm/page_list.h>

/* It is one of them. Reads constants only. */
bool ram_type_is_other(const struct io_mapping *mapping);

/*
 * Its claim is in the tree: from here on no guest maps its pages. SHM_CONFLICT:
 * one has them mapped; nothing has changed. Takes the index lock, for a granule
 * at a time. Pages that calls have mapped for themselves are not looked for.
 */
enum shm_status ram_type_enter(const struct io_mapping *mapping);
/* Its claim has gone. */
void ram_type_leave(const struct io_mapping *mapping);

/* One became two, of which this is one. Index lock held. */
void ram_type_cut(const struct io_mapping *rest);

/* The index lock, and io_lock around it as long as there are such mappings. */
struct ram_type_guard {
	bool has_types;
	cpu_irq_t outer;
	cpu_irq_t inner;
};

struct ram_type_guard ram_type_lock(struct shm *shm);
void ram_type_unlock(struct shm *shm, struct ram_type_guard guard);

/* SHM_CONFLICT: one of the pages that come next is such RAM. */
enum shm_status ram_type_check_list(const struct shm *shm,
				    struct ram_type_guard guard,
				    const struct page_list *list);

/* The same for one page; takes io_lock, if at all. */
enum shm_status ram_type_check_page(struct shm *shm, pa_t page);

#endif

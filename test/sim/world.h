/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole machine for tests: the simulated hardware with an awkward memory map
 * and a manager on it, and the normal world's side of a page list. The list's
 * format is written down here once more, from the interface's description, so
 * that the code under test is not its own judge.
 */
#ifndef TEST_SIM_WORLD_H
#define TEST_SIM_WORLD_H

#include <dynshm/shm.h>
#include <sim.h>

#define WORLD_POOL_PA	  UINT64_C(0x0e300000)
#define WORLD_ROOT_PA	  UINT64_C(0x0e200000)
#define WORLD_DEVICE_PA	  UINT64_C(0x09000000)
#define WORLD_PCI_PA	  UINT64_C(0x10000000) /* a window of 512 MiB */
#define WORLD_RAM_PA	  UINT64_C(0x40000000) /* 16 MiB from here */
#define WORLD_RESERVED_PA UINT64_C(0x41000000) /* no-map, 64 KiB */
#define WORLD_RAM2_PA	  UINT64_C(0x41010000) /* up to 64 MiB */
#define WORLD_RAM2_END	  UINT64_C(0x44000000)
#define WORLD_RAM3_PA	  UINT64_C(0x50003000) /* edges inside a granule */
#define WORLD_RAM3_END	  UINT64_C(0x50ffd000)
/* 16 MiB, above 4 GiB if pages can lead there. */
#define WORLD_HIGH_PA \
	(SIM_PAGE_PA_BITS > 32 ? UINT64_C(0x880000000) : UINT64_C(0x88000000))
#define WORLD_HIGH_END (WORLD_HIGH_PA + UINT64_C(0x1000000))
/* List pages live here, data pages elsewhere: 0x43000000 up to RAM2's end. */
#define WORLD_LISTS_PA UINT64_C(0x43000000)
/* Where addresses have 32 bits, dynamic mappings have 3 GiB of them. */
#define WORLD_IS_SMALL (SIM_VA_BITS <= 32)
#define WORLD_WINDOW \
	(WORLD_IS_SMALL ? UINT64_C(0x40000000) : UINT64_C(0x8000000000))
#define WORLD_WINDOW_LAST \
	(WORLD_IS_SMALL ? UINT64_C(0xffffffff) : UINT64_C(0x27fffffffff))
#define WORLD_ROOT_SIZE	   UINT64_C(0x4000)

#define WORLD_LIST_ENTRIES 511u

/* A fresh machine and manager. */
void world_start(struct shm *shm, uint64_t pool_size, uint32_t calls);
/* Whether cores of machines started from now on have TLB ranges; at first no.
 */
void world_set_tlb_ranges(bool has);
/* The machine only: memory and root table. */
void world_start_machine(uint64_t pool_size);
/* The configuration that goes with it. */
struct shm_config world_config(uint64_t pool_size, uint32_t calls);

struct va_range world_window(void);

/* All leaf descriptors in the dynamic windows. */
uint64_t world_leaf_count(void);

/* A number that changes when anything changes that tables can show. */
uint64_t world_tables_hash(void);

/* Pages of the highest RAM, no two of which are neighbours in this order. */
void world_scatter(pa_t *pages, unsigned int count);

/*
 * Write a page list for `count` pages at WORLD_LISTS_PA + at * 4 KiB, list
 * pages in a row, and give its address. The link of the last list page points
 * nowhere.
 */
pa_t world_write_list(unsigned int at, const pa_t *pages, uint64_t count);

/*
 * Copy to or from memory that the secure world may use at the same time: whole
 * words, each in one access. Both aligned, `size` a multiple of 8 bytes.
 */
void world_copy(void *to, const void *from, size_t size);

#endif

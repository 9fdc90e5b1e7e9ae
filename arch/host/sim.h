/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated machine, as tests see it: physical memory, the state of the
 * translation hardware, cores, clock and interrupts. It implements arch/cpu.h
 * and kernel/context.h, obeys its caller, and writes down every rule of the
 * architecture that the caller broke. A test ends with sim_check_violations().
 *
 * Nothing here includes pt_format.h: what the code under test encodes with
 * those constants is decoded with others, taken from the architecture manual.
 */
#ifndef SIM_H
#define SIM_H

#include <dynshm/addr.h>
#include <sim_format.h>

/* Back to a machine with no memory, one root-less MMU and no violations. */
void sim_reset(void);

/*
 * Let ThreadSanitizer look past the machine's mutex and what it guards. Nearly
 * all that a core does takes that mutex, and the order which this brings would
 * hide what the locks under test fail to order. Only while one thread runs.
 */
void sim_hide_machine(bool hide);

/* Violations: rules that the code under test broke. At most 64 are kept. */
void sim_violation(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
unsigned int sim_violation_count(void);
const char *sim_violation_text(unsigned int index);
void sim_violations_clear(void);
/* Print all of them and answer whether there were none. */
bool sim_check_violations(void);

/* Physical memory: disjoint ranges of whole pages; what is between is empty. */
enum sim_kind {
	SIM_HOLE,
	SIM_RAM,      /* non-secure RAM */
	SIM_RESERVED, /* non-secure RAM under a no-map reservation */
	SIM_SECURE,   /* RAM that only the secure world reaches */
	SIM_DEVICE,
};

/* Pages come into being when touched: gigabytes of RAM cost nothing. */
void sim_add_range(enum sim_kind kind, pa_t first, uint64_t size);
enum sim_kind sim_kind_of(pa_t pa);

/* The bytes of RAM or secure memory behind a physical address, or NULL. */
void *sim_pointer(pa_t pa);
/* The physical address behind a pointer that sim_pointer() gave. */
pa_t sim_address(const void *pointer);

/* Make a page of RAM abort every access of the secure world, or answer again */
void sim_page_set_dead(pa_t page, bool dead);

/*
 * Called before the secure world reads an aligned word of RAM; may change it,
 * or anything else. One hook at a time; NULL removes it.
 */
typedef void sim_read_hook(void *arg, pa_t word);
void sim_set_read_hook(sim_read_hook *hook, void *arg);

/* What was read since the last reset. */
struct sim_reads {
	uint64_t words; /* accesses, each within an aligned word */
	uint64_t again; /* of these, those that read a byte a second time */
	pa_t word;	/* the last of these */
};

void sim_reads_reset(void);
struct sim_reads sim_reads(void);

/* Cores. Each host thread is one; a test may move its thread to another. */
#define SIM_CORE_COUNT 4

void sim_core_set(unsigned int core);
unsigned int sim_core(void);

/*
 * A core starts with interrupts masked, as it enters the secure world. A test
 * that calls the library without a flow opens them itself.
 */
void sim_interrupts_open(bool open);

/* The system counter, 62.5 MHz. `step` is added at every look at it. */
void sim_clock_advance(uint64_t ticks);
void sim_clock_set_step(uint64_t ticks);

/*
 * Interrupt the running flow at the n-th point from now at which interrupts
 * are open (an access, the end of a critical section, a look at the clock);
 * 0 never. Each host thread counts for itself.
 */
void sim_interrupt_after(uint64_t points);
/* Such a point, for code that opens interrupts for a moment. */
void sim_interrupt_point(void);

/*
 * The longest stretch of work this machine saw with interrupts masked, since
 * the last reset: descriptors written plus words accessed.
 */
uint64_t sim_masked_work(void);
void sim_masked_work_reset(void);

/* The translation regime: SIM_VA_BITS, first table at `root`. */
void sim_mmu_set_root(const void *root);

/* What the architecture makes of a virtual address, by the tables alone. */
struct sim_mapping {
	va_t va;	    /* first address of the page or block */
	pa_t pa;	    /* where it leads */
	uint64_t size;	    /* bytes; 0: no translation */
	unsigned int level; /* of the leaf, or where the walk ended */
	unsigned int attr;  /* AttrIndx */
	unsigned int share; /* SH */
	bool ns;
	bool read_only;
	bool user;     /* EL0 may access */
	bool accessed; /* AF */
	bool not_global;
	bool executable; /* at EL1 or EL0 */
	bool contiguous;
};

/*
 * What MAIR, or PRRR and NMRR above it, make of an `attr`: a byte of MAIR.
 * 0x100 and more: nothing the architecture defines, or not shared as it should
 * be.
 */
unsigned int sim_type_memory(uint64_t registers, unsigned int attr);

/* Ignores the TLB. size 0: translation fault. */
struct sim_mapping sim_walk(va_t va);

/* The same of one byte; UINT64_MAX: nothing is there. */
static inline pa_t sim_walk_pa(va_t va)
{
	struct sim_mapping leaf = sim_walk(va);

	return leaf.size == 0 ? UINT64_MAX : leaf.pa + (va - leaf.va);
}

/* Visit each valid leaf descriptor of a range by address; false stops. */
typedef bool sim_leaf_fn(void *arg, const struct sim_mapping *leaf);
bool sim_walk_leaves(struct va_range range, sim_leaf_fn *visit, void *arg);

/*
 * The processor may replace what is in use by the same in other sizes (FEAT_BBM
 * level 2). A reset leaves it as it is.
 */
void sim_set_live_split(bool on);

/*
 * The kernel's handler of translation faults: true to try the access again. It
 * is called without the machine's mutex. NULL, and after a reset: none.
 */
typedef bool sim_fault_handler(void *arg, va_t va, bool write);
void sim_set_fault_handler(sim_fault_handler *handler, void *arg);
/* Accesses that it had tried again since the last reset. */
uint64_t sim_retries(void);

/* Pages of tables reachable from the root, the root included. */
uint64_t sim_table_count(void);

/*
 * The TLBs and walk caches of all cores together. They never forget of their
 * own accord and speculate without limit: whatever was valid and reachable
 * since the last invalidation that covered it is still in one of them.
 */
/* Does any entry other than those of the tables as they stand name the page? */
bool sim_tlb_names_page(pa_t page);
/* May a core still walk through this page as a table? */
bool sim_tlb_walks_page(pa_t page);
/* Entries that differ from the tables as they stand. */
uint64_t sim_tlb_stale_count(void);
/* Whether cores have invalidations of ranges; sim_reset() takes them away. */
void sim_tlb_set_ranges(bool has);
/* Invalidations since the last reset. */
struct sim_tlb_counts {
	uint64_t by_va;
	uint64_t ranges;
	uint64_t all;
	uint64_t leaf_only; /* of those by address and of ranges */
	uint64_t brackets;
	uint64_t local;	 /* of everything, on one core */
	uint64_t wasted; /* operations that found nothing to invalidate */
};
struct sim_tlb_counts sim_tlb_counts(void);
/* Called where a tlb_end() begins: nothing has been forgotten. NULL: none. */
typedef void sim_tlb_hook(void *arg);
void sim_set_tlb_hook(sim_tlb_hook *hook, void *arg);
void sim_tlb_counts_reset(void);

#endif

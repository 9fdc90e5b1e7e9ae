// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every test is traced (trace.h) without saying so: the linker leads calls of
 * these functions here first, those between files of the library, too
 * (--wrap, mk/host.mk). A call within another is a part of that one's step, and
 * so are all slices of one; how many corpse_drain() takes, nobody sees.
 */
#include <dynshm/ioremap.h>
#include <dynshm/region.h>
#include <dynshm/shared_page.h>

#include <abi/smc.h>
#include <abi/tee.h>
#include <stdio.h>

#include "sim/trace.h"

#define WRAPPED(type, name, ...)         \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

static _Thread_local unsigned int depth;

/*
 * What leave() is told. A call that is suspended in the middle comes back to
 * this depth on the stack it had, whatever was called since.
 */
static unsigned int enter(void)
{
	return depth++;
}

/* What runs out first depends on the size of tables. */
static enum shm_status answer_of(enum shm_status st)
{
	return st == SHM_NO_TABLE || st == SHM_OVER_BUDGET ? SHM_NO_METADATA
							   : st;
}

static enum shm_status leave(unsigned int outer, struct shm *shm,
			     const char *what, enum shm_status st)
{
	depth = outer;
	if (outer == 0 && st != SHM_INTERRUPTED)
		trace_call(shm, what, answer_of(st));
	return st;
}

WRAPPED(enum shm_status, shm_ioremap, struct shm *shm, pa_t pa, uint64_t size,
	enum shm_memtype type, va_t *out)
{
	unsigned int outer = enter();

	return leave(outer, shm, "map",
		     __real_shm_ioremap(shm, pa, size, type, out));
}

WRAPPED(enum shm_status, shm_map_ram, struct shm *shm, pa_t pa, uint64_t size,
	enum shm_memtype type, va_t *out)
{
	unsigned int outer = enter();

	return leave(outer, shm, "map RAM",
		     __real_shm_map_ram(shm, pa, size, type, out));
}

WRAPPED(enum shm_status, shm_iounmap, struct shm *shm, va_t va)
{
	unsigned int outer = enter();

	return leave(outer, shm, "unmap", __real_shm_iounmap(shm, va));
}

WRAPPED(enum shm_status, shm_iounmap_part, struct shm *shm, va_t va,
	uint64_t size)
{
	unsigned int outer = enter();

	return leave(outer, shm, "unmap part",
		     __real_shm_iounmap_part(shm, va, size));
}

WRAPPED(enum shm_status, shm_iochange_part, struct shm *shm, va_t va,
	uint64_t size, enum shm_memtype type)
{
	unsigned int outer = enter();

	return leave(outer, shm, "change part",
		     __real_shm_iochange_part(shm, va, size, type));
}

WRAPPED(enum shm_status, guest_ioremap, struct holdings *owner, pa_t pa,
	uint64_t size, enum shm_memtype type, va_t *out)
{
	unsigned int outer = enter();

	return leave(outer, owner->shm, "map",
		     __real_guest_ioremap(owner, pa, size, type, out));
}

WRAPPED(enum shm_status, guest_iounmap, struct holdings *owner, va_t va)
{
	unsigned int outer = enter();

	return leave(outer, owner->shm, "unmap",
		     __real_guest_iounmap(owner, va));
}

WRAPPED(enum shm_status, guest_iounmap_part, struct holdings *owner, va_t va,
	uint64_t size)
{
	unsigned int outer = enter();

	return leave(outer, owner->shm, "unmap part",
		     __real_guest_iounmap_part(owner, va, size));
}

WRAPPED(enum shm_status, guest_iochange_part, struct holdings *owner, va_t va,
	uint64_t size, enum shm_memtype type)
{
	unsigned int outer = enter();

	return leave(outer, owner->shm, "change part",
		     __real_guest_iochange_part(owner, va, size, type));
}

WRAPPED(enum shm_status, ioremap_slice, struct io_mapping *mapping)
{
	struct shm *shm = mapping->owner->shm;
	unsigned int outer = enter();

	return leave(outer, shm, "map", __real_ioremap_slice(mapping));
}

WRAPPED(enum shm_status, iounmap_slice, struct io_mapping *mapping)
{
	struct shm *shm = mapping->owner->shm;
	unsigned int outer = enter();

	return leave(outer, shm, "unmap", __real_iounmap_slice(mapping));
}

WRAPPED(enum shm_status, kernel_pages_map, struct shm *shm,
	const struct va_area *area, va_t va, const pa_t *pages, uint64_t count)
{
	unsigned int outer = enter();

	return leave(outer, shm, "map pages",
		     __real_kernel_pages_map(shm, area, va, pages, count));
}

WRAPPED(uint64_t, kernel_pages_unmap, struct shm *shm,
	const struct va_area *area, va_t va, uint64_t count)
{
	unsigned int outer = enter();
	uint64_t done = __real_kernel_pages_unmap(shm, area, va, count);

	leave(outer, shm, "unmap pages", SHM_OK);
	return done;
}

WRAPPED(enum shm_status, region_map_slice, struct region *region,
	struct page_list *list)
{
	struct shm *shm = region->owner->shm;
	unsigned int outer = enter();

	return leave(outer, shm, "list", __real_region_map_slice(region, list));
}

WRAPPED(enum shm_status, region_commit, struct region *region, bool hold,
	struct region **replaced)
{
	struct shm *shm = region->owner->shm;
	unsigned int outer = enter();

	return leave(outer, shm, "commit",
		     __real_region_commit(region, hold, replaced));
}

WRAPPED(enum shm_status, region_take_apart, struct region *region)
{
	struct shm *shm = region->owner->shm;
	unsigned int outer = enter();

	return leave(outer, shm, "take apart",
		     __real_region_take_apart(region));
}

WRAPPED(enum shm_status, guest_cut_off, struct shm *shm, struct guest *guest)
{
	unsigned int outer = enter();

	return leave(outer, shm, "cut off", __real_guest_cut_off(shm, guest));
}

static void leave_smc(unsigned int outer, uint64_t id, uint64_t answer)
{
	char name[20];

	depth = outer;
	if (outer != 0)
		return;
	snprintf(name, sizeof(name), "smc %x", (unsigned int)id);
	trace_call(tee_shm(), name, answer);
}

WRAPPED(void, smc_fast, struct smc_args *args)
{
	unsigned int outer = enter();
	uint64_t id = args->a[0];

	__real_smc_fast(args);
	leave_smc(outer, id, args->a[0]);
}

WRAPPED(void, smc_yield, struct smc_args *args)
{
	unsigned int outer = enter();
	uint64_t id = args->a[0];

	__real_smc_yield(args);
	leave_smc(outer, id, args->a[0]);
}

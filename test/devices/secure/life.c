// SPDX-License-Identifier: BSD-2-Clause
/* Mappings that come and go, and end with the guest that they were for. */
#include "service.h"

#include <abi/tee.h>

#define RANGE_FIRST DISTRIBUTOR_PA /* of devices, up to secure RAM */
#define RANGE_PAGES ((UINT64_C(0x0e000000) - RANGE_FIRST) >> SHM_PAGE_SHIFT)
#define HELD	    16u
#define WINDOW_SIZE (UINT64_C(6) << 30)

static va_t own_va; /* DEVICE_OWN's, who is dead when DEVICE_DEAD looks */

void devices_refused(struct report *report)
{
	static const pa_t bad[] = {
		0x0e000000,	   /* firmware */
		0x0e100000,	   /* the image */
		0x0effffff,	   /* the pool's end */
		0x40000000,	   /* the normal world's RAM */
		UINT64_C(1) << 48, /* nothing */
		UINT64_MAX,
	};
	va_t va = 0;

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect(report, shm_ioremap(tee_shm(), bad[i], 2, SHM_MEM_DEVICE,
					   &va) == SHM_BAD_ADDRESS);
	expect(report, shm_ioremap(tee_shm(), CLOCK_PA, 0, SHM_MEM_DEVICE,
				   &va) == SHM_BAD_SIZE);
	expect(report, shm_iounmap(tee_shm(), CLOCK_PA) == SHM_BAD_ADDRESS);
	expect(report, va == 0);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void give_back(struct report *report, va_t *va, pa_t pa)
{
	if (*va == 0)
		return;
	expect(report, PAR_PAGE(devices_translate(*va)) == pa);
	expect(report, shm_iounmap(tee_shm(), *va) == SHM_OK);
	*va = 0;
}

/* One page of the range in a place of the table, in place of another. */
static void churn_once(struct report *report, uint64_t random, va_t *va,
		       uint16_t *page)
{
	pa_t pa;
	uint64_t par;

	give_back(report, va, RANGE_FIRST + ((pa_t)*page << SHM_PAGE_SHIFT));
	*page = (uint16_t)(random % RANGE_PAGES);
	pa = RANGE_FIRST + ((pa_t)*page << SHM_PAGE_SHIFT);
	expect(report, shm_ioremap(tee_shm(), pa, SHM_PAGE_SIZE, SHM_MEM_DEVICE,
				   va) == SHM_OK);
	par = devices_translate(*va);
	expect(report, (par & (PAR_FAULT | PAR_NS)) == 0);
	expect(report, PAR_PAGE(par) == pa);
	expect(report, PAR_ATTR(par) == ATTR_DEVICE);
}

_Static_assert(RANGE_PAGES < UINT16_MAX, "churn_once() keeps 16 bits");

void devices_churn(struct call *call, struct report *report)
{
	uint64_t level = meta_pool_free_bytes(&tee_shm()->pool);
	uint64_t random = UINT64_C(0x9e3779b97f4a7c15) + report->a;
	va_t va[HELD] = { 0 };
	uint16_t page[HELD] = { 0 };

	for (uint64_t i = 0; i < report->a && report->line == 0; i++) {
		uint64_t at = next_random(&random) % HELD;

		churn_once(report, next_random(&random), &va[at], &page[at]);
		call_checkpoint(call);
	}
	for (unsigned int i = 0; i < HELD; i++)
		give_back(report, &va[i],
			  RANGE_FIRST + ((pa_t)page[i] << SHM_PAGE_SHIFT));
	if (report->b == 1)
		expect(report, meta_pool_free_bytes(&tee_shm()->pool) == level);
}

void devices_own(struct call *call, struct report *report)
{
	uint64_t par;

	expect(report, guest_ioremap(call->holdings, CLOCK_PA, SHM_PAGE_SIZE,
				     SHM_MEM_DEVICE, &own_va) == SHM_OK);
	par = devices_translate(own_va);
	expect(report, (par & PAR_FAULT) == 0 && PAR_PAGE(par) == CLOCK_PA);
	expect(report, shm_iounmap(tee_shm(), own_va) == SHM_BAD_ADDRESS);
}

/* Nobody can have it in another way while it is there. */
void devices_busy(struct report *report)
{
	va_t va = 0;

	expect(report, shm_ioremap(tee_shm(), CLOCK_PA, 4, SHM_MEM_UNCACHED,
				   &va) == SHM_CONFLICT);
	expect(report, (devices_translate(own_va) & PAR_FAULT) == 0);
}

void devices_gone(struct report *report)
{
	struct shm_va_info info;

	expect(report, own_va != 0 && (devices_translate(own_va) & PAR_FAULT));
	expect(report, !shm_find_va(tee_shm(), own_va, &info));
}

void devices_dead(struct report *report)
{
	va_t va = 0;
	uint64_t par;

	devices_gone(report);
	expect(report, shm_ioremap(tee_shm(), CLOCK_PA, 4, SHM_MEM_UNCACHED,
				   &va) == SHM_OK);
	par = devices_translate(va);
	expect(report,
	       (par & PAR_FAULT) == 0 && PAR_ATTR(par) == ATTR_UNCACHED);
	expect(report, shm_iounmap(tee_shm(), va) == SHM_OK);
}

/* In slices; the normal world may leave us at any of the checkpoints. */
void devices_window(struct call *call, struct report *report)
{
	struct io_mapping *mapping = NULL;
	enum shm_status st = ioremap_begin(call->holdings, PCI_PA, WINDOW_SIZE,
					   SHM_MEM_DEVICE, &mapping);
	va_t va;

	expect(report, st == SHM_OK);
	if (st != SHM_OK)
		return;
	while (ioremap_slice(mapping) == SHM_INTERRUPTED)
		call_checkpoint(call);
	va = io_mapping_address(mapping, PCI_PA);
	for (uint64_t at = 0; at < WINDOW_SIZE; at += WINDOW_SIZE / 64)
		expect(report,
		       PAR_PAGE(devices_translate(va + at)) == PCI_PA + at);
	expect(report, iounmap_begin(call->holdings, va, &mapping) == SHM_OK);
	while (iounmap_slice(mapping) == SHM_INTERRUPTED)
		call_checkpoint(call);
	for (uint64_t at = 0; at < WINDOW_SIZE; at += WINDOW_SIZE / 64)
		expect(report, devices_translate(va + at) & PAR_FAULT);
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * Code written for OP-TEE (test/compat/) at work: it reads and writes through
 * the pointers that it gets, by the processor's own walk.
 */
#define OPTEE_API 410

#include "service.h"

#include <abi/tee.h>
#include <test/compat/callers.h>

#define UART_NSEC_PA UINT64_C(0x09000000) /* in the static map, by boot.c */
#define IMAGE_PA     UINT64_C(0x0e100000)
#define MUTEX_AT     64u

static va_t typed_va;  /* DEVICE_TYPED's */
static va_t kernel_va; /* DEVICE_KERNEL's */

/* Take the page's entry away, and give it back. */
static void page_away(struct report *report, vaddr_t va)
{
	uint32_t word;
	uint32_t attr;
	paddr_t pa;

	expect(report, caller_pager_take_away(va, &pa, &attr));
	expect(report, pa == report->a);
	expect(report, !access_read(&word, va, sizeof(word)));
	expect(report, caller_pager_give_back(va, pa, attr));
	expect(report, access_read(&word, va, sizeof(word)));
}

static void use_message(struct report *report, struct caller_message *message)
{
	paddr_t pa = report->a;
	uint32_t *mutex = NULL;

	expect(report, message->buffer == pa);
	expect(report, message->size == SHM_PAGE_SIZE);
	message->result = message->command + 1;
	expect(report, caller_rpc_argument(pa) == message);
	expect(report, caller_share_mutex(pa + MUTEX_AT, &mutex) == CALLER_OK);
	expect(report, (char *)mutex == (char *)message + MUTEX_AT);
	expect(report, caller_buffer_address(pa, SHM_PAGE_SIZE) == message);
	expect(report, caller_buffer_is_fine(message, SHM_PAGE_SIZE));
	expect(report, caller_clean_buffer(message, SHM_PAGE_SIZE) == 0);
	page_away(report, (vaddr_t)message);
}

void devices_message(struct report *report)
{
	struct caller_message *message = NULL;

	expect(report,
	       caller_take_message(IMAGE_PA, &message) == CALLER_BAD_ADDRESS);
	if (report->b == 0) {
		expect(report, caller_take_message(report->a, &message) ==
				       CALLER_NOT_MAPPED);
		expect(report, caller_rpc_argument(report->a) == NULL);
		return;
	}
	expect(report, caller_take_message(report->a, &message) == CALLER_OK);
	if (report->line == 0)
		use_message(report, message);
}

/* As the device tree is, which is RAM of the normal world's. */
static void use_tree(struct report *report)
{
	volatile uint64_t *tree = caller_map_tree(report->a, sizeof(*tree));

	if (tree == NULL) {
		expect(report, false);
		return;
	}
	expect(report, *tree == report->b);
	expect(report, core_mmu_remove_mapping(MEM_AREA_IO_NSEC,
					       (void *)(uintptr_t)tree,
					       sizeof(*tree)) == 0);
	expect(report, devices_translate((uintptr_t)tree) & PAR_FAULT);
}

void devices_drivers(struct report *report)
{
	struct caller_device device = { { GPIO_PA, 0 }, SHM_PAGE_SIZE };
	char *va = caller_device_map(GPIO_PA, SHM_PAGE_SIZE);
	void *nsec = phys_to_virt(UART_NSEC_PA, MEM_AREA_IO_NSEC, 8);
	uint32_t *id = caller_device_register(&device, PRIMECELL_IDS);

	expect(report, va != NULL && (char *)id == va + PRIMECELL_IDS);
	expect(report, nsec != NULL);
	if (report->line != 0)
		return;
	expect(report, (*(volatile uint32_t *)id & 0xff) == 0x61);
	expect(report, devices_is_primecell((uintptr_t)va, 0x061));
	expect(report, caller_device_unmap(va, SHM_PAGE_SIZE) == 0);
	expect(report, devices_translate((uintptr_t)va) & PAR_FAULT);
	expect(report, devices_is_primecell((uintptr_t)nsec, 0x011));
	expect(report, caller_rng_status() != UINT32_MAX);
	use_tree(report);
}

/* Two pages of the normal world's, one after the other. */
void devices_pages(struct report *report)
{
	paddr_t pages[2] = { report->a, report->b };
	volatile uint64_t *word;
	vaddr_t s, e;

	core_mmu_get_mem_by_type(MEM_AREA_SHM_VASPACE, &s, &e);
	expect(report, s < e);
	expect(report, caller_shm_map(s, pages, 2) == 0);
	if (report->line != 0)
		return;
	for (unsigned int i = 0; i < 2; i++) {
		va_t va = s + i * SHM_PAGE_SIZE;

		word = phys_to_virt(pages[i], MEM_AREA_NSEC_SHM, SHM_PAGE_SIZE);
		expect(report, (uintptr_t)word == va);
		*(volatile uint64_t *)(uintptr_t)va ^= UINT64_MAX;
	}
	caller_shm_unmap(s, 2);
	expect(report, devices_translate(s) & PAR_FAULT);
	expect(report, devices_translate(s + SHM_PAGE_SIZE) & PAR_FAULT);
}

/* RAM in a type that guests do not have it in. */
void devices_typed(struct report *report)
{
	const enum shm_memtype type = SHM_MEM_UNCACHED | SHM_MEM_NON_SECURE;
	va_t va = 0;
	enum shm_status st;
	uint64_t par;

	if (report->b == TYPED_END) {
		expect(report, shm_iounmap(tee_shm(), typed_va) == SHM_OK);
		return;
	}
	st = shm_map_ram(tee_shm(), report->a, SHM_PAGE_SIZE, type, &va);
	if (report->b == TYPED_REFUSED) {
		expect(report, st == SHM_CONFLICT);
		return;
	}
	typed_va = va;
	par = devices_translate(va);
	expect(report, st == SHM_OK && (par & PAR_FAULT) == 0);
	expect(report, PAR_PAGE(par) == report->a && (par & PAR_NS) != 0);
	expect(report, PAR_ATTR(par) == ATTR_UNCACHED);
}

/* The kernel's mapping of what a guest has, too. */
void devices_kernel(struct report *report)
{
	uint64_t par;

	if (report->a != 0)
		expect(report,
		       shm_ioremap(tee_shm(), CLOCK_PA, SHM_PAGE_SIZE,
				   SHM_MEM_DEVICE, &kernel_va) == SHM_OK);
	par = devices_translate(kernel_va);
	expect(report, (par & PAR_FAULT) == 0 && PAR_PAGE(par) == CLOCK_PA);
	if (report->line != 0)
		return;
	expect(report, devices_is_primecell(kernel_va, 0x031));
	if (report->a == 0)
		expect(report, shm_iounmap(tee_shm(), kernel_va) == SHM_OK);
}

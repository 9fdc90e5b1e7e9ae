/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small pieces of a trusted kernel written against OP-TEE's memory API, each as
 * the part of OP-TEE that it is named after uses it. They include nothing of
 * libdynshm. The host's tests run them; scripts/check_compat.sh compiles them
 * for each processor.
 */
#ifndef TEST_COMPAT_CALLERS_H
#define TEST_COMPAT_CALLERS_H

#include <mm/core_memprot.h>
#include <mm/core_mmu.h>

/* calls.c: what the entries of calls do. */
struct caller_message {
	uint32_t command;
	uint32_t result;
	paddr_t buffer;
	uint64_t size;
};

enum caller_result {
	CALLER_OK,
	CALLER_BAD_ADDRESS, /* not memory of the normal world */
	CALLER_NOT_MAPPED,
};

enum caller_result caller_take_message(paddr_t pa, struct caller_message **out);
void *caller_rpc_argument(paddr_t pa);
enum caller_result caller_share_mutex(paddr_t pa, uint32_t **out);
void caller_shm_config(unsigned long *base, unsigned long *size, bool *cached);
bool caller_param_is_fine(paddr_t pa, size_t size, uint32_t mattr);
bool caller_buffer_is_fine(const void *va, size_t size);

/* boot.c: what boot, platforms and drivers do. */
void *caller_map_tree(paddr_t pa, size_t size);
bool caller_is_core_memory(paddr_t pa);
bool caller_core_range(vaddr_t *base, size_t *size);
vaddr_t caller_console_base(paddr_t pa);
uint32_t caller_rng_status(void);
const struct core_mmu_phys_mem *caller_rng_region(void);

/* pager.c: what works on tables, and on caches. */
bool caller_pager_take_away(vaddr_t va, paddr_t *pa, uint32_t *attr);
bool caller_pager_give_back(vaddr_t va, paddr_t pa, uint32_t attr);
const char *caller_abort_name(uint32_t fault_descr);
unsigned int caller_clean_buffer(void *va, size_t size);

/* today.c: the same trades against OP-TEE 4.10. */
struct caller_device {
	struct io_pa_va base;
	size_t size;
};

uint32_t *caller_device_register(struct caller_device *device, size_t offset);
void *caller_device_map(paddr_t pa, size_t size);
TEE_Result caller_device_unmap(void *va, size_t size);
TEE_Result caller_shm_map(vaddr_t va, paddr_t *pages, size_t count);
void caller_shm_unmap(vaddr_t va, size_t count);
void *caller_buffer_address(paddr_t pa, size_t size);
bool caller_entry_of(vaddr_t va, paddr_t *pa, uint32_t *attr);

#endif

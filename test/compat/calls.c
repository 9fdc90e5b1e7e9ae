// SPDX-License-Identifier: BSD-2-Clause
/* Entries of calls: arguments, RPC buffers, parameters. */
#include <compat/callers.h>
#include <kernel/tee_misc.h>

/* One of the callers takes a number of one enum for the other's. */
#pragma GCC diagnostic ignored "-Wenum-conversion"

/* As standard calls find their argument. */
enum caller_result caller_take_message(paddr_t pa, struct caller_message **out)
{
	struct caller_message *message;

	if (!tee_pbuf_is_non_sec(pa, sizeof(*message)))
		return CALLER_BAD_ADDRESS;
	message = phys_to_virt(pa, MEM_AREA_NSEC_SHM);
	if (message == NULL)
		return CALLER_NOT_MAPPED;
	*out = message;
	return CALLER_OK;
}

/*
 * As threads find theirs, by a name of the other enum: right only as long as
 * both have the same number.
 */
void *caller_rpc_argument(paddr_t pa)
{
	if (!core_pbuf_is(CORE_MEM_NON_SEC, pa, sizeof(struct caller_message)))
		return NULL;
	return phys_to_virt(pa, CORE_MEM_NSEC_SHM);
}

/* As the outer cache's lock is shared with the normal world. */
enum caller_result caller_share_mutex(paddr_t pa, uint32_t **out)
{
	uint32_t *mutex;

	if (!core_pbuf_is(CORE_MEM_NON_SEC, pa, sizeof(*mutex)))
		return CALLER_BAD_ADDRESS;
	mutex = phys_to_virt(pa, MEM_AREA_NSEC_SHM);
	if (mutex == NULL)
		return CALLER_NOT_MAPPED;
	*mutex = 0;
	*out = mutex;
	return CALLER_OK;
}

/* As a fast call answers where the carve-out is. */
void caller_shm_config(unsigned long *base, unsigned long *size, bool *cached)
{
	*base = default_nsec_shm_paddr;
	*size = default_nsec_shm_size;
	*cached = core_mmu_is_shm_cached();
}

/* As parameters are checked before an application gets them. */
bool caller_param_is_fine(paddr_t pa, size_t size, uint32_t mattr)
{
	if (!core_mmu_mattr_is_ok(mattr))
		return false;
	if (core_is_buffer_intersect(pa, size, default_nsec_shm_paddr,
				     default_nsec_shm_size))
		return false;
	if (mattr & TEE_MATTR_SECURE)
		return tee_pbuf_is_sec(pa, size);
	return tee_pbuf_is_non_sec(pa, size);
}

/* As an application is loaded from the normal world's memory. */
bool caller_buffer_is_fine(const void *va, size_t size)
{
	return tee_vbuf_is_non_sec(va, size) && !tee_vbuf_is_sec(va, size);
}

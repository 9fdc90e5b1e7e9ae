// SPDX-License-Identifier: BSD-2-Clause
/* A page for each core in the kernel's own virtual space. */
#include "core_page.h"

#include "optee_msg.h"
#include "platform.h"

#include <dynshm/core_page.h>

static struct shm_core_pages pages;

enum shm_status core_page_init(struct shm *shm)
{
	return shm_core_pages_init(shm, MAX_CORES, &pages);
}

void core_page_write_result(struct shm *shm, pa_t pa, uint32_t ret)
{
	const uint32_t result[2] = { ret, TEE_ORIGIN_TEE };
	unsigned int core = platform_core();
	va_t va = shm_core_page_map(shm, &pages, core, pa);

	if (va == 0)
		return;
	(void)access_write(va + offsetof(struct msg_header, ret), result,
			   sizeof(result));
	shm_core_page_unmap(&pages, core);
}

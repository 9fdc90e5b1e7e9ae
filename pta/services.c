// SPDX-License-Identifier: BSD-2-Clause
/* The list of services. */
#include "memory.h"

#include <abi/service.h>

static const struct service services[] = {
	/* 7011a688-ddde-4053-a5a9-7b3c4ddf13b8: which devices there are */
	{ { 0x5340DEDD88A61170, 0xB813DF4D3C7BA9A5 }, device_invoke },
	/* 9f2a1c4e-6b0d-4e5a-8c37-1d5b7e90a2f6: the memory service */
	{ { 0x5A4E0D6B4E1C2A9F, 0xF6A2907E5B1D378C }, memory_invoke },
};

static bool is_named(const struct service *service, const uint64_t uuid[2])
{
	return service->uuid[0] == uuid[0] && service->uuid[1] == uuid[1];
}

const struct service *service_find(const uint64_t uuid[2])
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (is_named(&services[i], uuid))
			return &services[i];
	if (&service_extra != NULL && is_named(&service_extra, uuid))
		return &service_extra;
	return NULL;
}

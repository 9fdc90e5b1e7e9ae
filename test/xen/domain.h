/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest of Xen that the secure world knows: made, run and destroyed. */
#ifndef TEST_XEN_DOMAIN_H
#define TEST_XEN_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/report.h"

struct domain {
	uint16_t id;
	struct report *report; /* NULL without memory */
};

/* What the secure world calls it. */
static inline uint32_t domain_client(const struct domain *domain)
{
	return domain->id + 1u;
}

/* All that can fail sets errno. Without memory or a processor to start. */
bool domain_create(struct domain *domain);

/* Memory, with the program /lib/guest.bin in it, and an order to it. */
bool domain_load(struct domain *domain, enum order order, uint32_t argument);

/* Let it run; a paused one, on. */
bool domain_start(const struct domain *domain);
bool domain_pause(const struct domain *domain);

/* It has switched itself off; that does not end it. */
bool domain_is_off(const struct domain *domain);

/* It ends as it is; the struct is not to be used any more. */
bool domain_destroy(struct domain *domain);

/* Wait until it has got that far or failed; false: it failed, or hangs. */
bool domain_wait(const struct domain *domain, enum state state);

#endif

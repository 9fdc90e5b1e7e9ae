// SPDX-License-Identifier: BSD-2-Clause
/* A domain with one processor and a few pages that its creator can see. */
#include "domain.h"

#include <stdio.h>
#include <unistd.h>

#include "hypercall.h"

#define PROGRAM		"/lib/guest.bin"
#define PROGRAM_LIMIT	0x10000u
#define EXTENT_SIZE	(2u << 20)
#define MEMORY_KIB	(GUEST_MEMORY_SIZE / 1024 + 1024)
#define TABLES_SIZE	(1u << 20)
#define WAIT_STEP_US	20000u
#define WAIT_LIMIT	3000u /* steps: a minute */
#define ANY_DOMAIN	0
#define PROCESSOR_COUNT 1

static bool set_limits(domid_t id)
{
	struct xen_domctl processors = { .u.max_vcpus.max = PROCESSOR_COUNT };
	struct xen_domctl width = { .u.address_size.size = 64 };
	struct xen_domctl memory = { .u.max_mem.max_memkb = MEMORY_KIB };
	struct xen_domctl tables = { .u.paging_mempool.size = TABLES_SIZE };

	return hypercall_domctl(XEN_DOMCTL_max_vcpus, id, &processors) &&
	       hypercall_domctl(XEN_DOMCTL_set_address_size, id, &width) &&
	       hypercall_domctl(XEN_DOMCTL_max_mem, id, &memory) &&
	       hypercall_domctl(XEN_DOMCTL_set_paging_mempool_size, id,
				&tables);
}

bool domain_create(struct domain *domain)
{
	struct xen_domctl op = {
		.u.createdomain = {
			.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
			.max_vcpus = PROCESSOR_COUNT,
			.max_evtchn_port = 1023,
			.max_grant_frames = -1,
			.max_maptrack_frames = -1,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
			.arch = {
				.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE,
				.tee_type = XEN_DOMCTL_CONFIG_TEE_OPTEE,
			},
		},
	};

	domain->report = NULL;
	if (!hypercall_domctl(XEN_DOMCTL_createdomain, ANY_DOMAIN, &op))
		return false;
	domain->id = op.domain;
	return true;
}

static bool load_program(domid_t id)
{
	void *memory = hypercall_map(id, GUEST_BASE, PROGRAM_LIMIT);
	FILE *file = fopen(PROGRAM, "rb");
	bool ok = false;

	if (memory && file)
		ok = fread(memory, 1, PROGRAM_LIMIT, file) > 0;
	if (file)
		fclose(file);
	if (memory)
		hypercall_unmap(memory, PROGRAM_LIMIT);
	return ok;
}

bool domain_load(struct domain *domain, enum order order, uint32_t argument)
{
	struct report *report;

	if (!set_limits(domain->id) ||
	    !hypercall_populate(domain->id, GUEST_BASE,
				GUEST_MEMORY_SIZE / EXTENT_SIZE) ||
	    !load_program(domain->id) ||
	    !hypercall_set_start(domain->id, GUEST_BASE))
		return false;
	report = hypercall_map(domain->id, GUEST_REPORT, GUEST_PAGE);
	if (!report)
		return false;
	*report = (struct report){ .order = order, .argument = argument };
	domain->report = report;
	return true;
}

bool domain_start(const struct domain *domain)
{
	struct xen_domctl op = { 0 };

	return hypercall_domctl(XEN_DOMCTL_unpausedomain, domain->id, &op);
}

bool domain_pause(const struct domain *domain)
{
	struct xen_domctl op = { 0 };

	return hypercall_domctl(XEN_DOMCTL_pausedomain, domain->id, &op);
}

bool domain_is_off(const struct domain *domain)
{
	struct xen_domctl op = { 0 };

	return hypercall_domctl(XEN_DOMCTL_getdomaininfo, domain->id, &op) &&
	       (op.u.getdomaininfo.flags & XEN_DOMINF_shutdown) != 0;
}

bool domain_destroy(struct domain *domain)
{
	struct xen_domctl op = { 0 };

	if (domain->report)
		hypercall_unmap(domain->report, GUEST_PAGE);
	domain->report = NULL;
	return hypercall_domctl(XEN_DOMCTL_destroydomain, domain->id, &op);
}

bool domain_wait(const struct domain *domain, enum state state)
{
	const volatile struct report *report = domain->report;

	for (uint32_t i = 0; i < WAIT_LIMIT; i++) {
		if (report->state == (uint32_t)state)
			return true;
		if (report->state == STATE_FAILED)
			return false;
		usleep(WAIT_STEP_US);
	}
	return false;
}

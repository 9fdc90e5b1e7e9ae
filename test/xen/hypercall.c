// SPDX-License-Identifier: BSD-2-Clause
/* Hypercalls by way of /dev/xen/privcmd. */
#include "hypercall.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE_BYTES   4096u
#define EXTENT_ORDER 9u
#define EXTENT_PAGES (1u << EXTENT_ORDER)
#define EXTENT_LIMIT 16u
#define MAP_LIMIT    64u

/* What Xen is shown. */
static union arguments {
	struct xen_domctl domctl;
	struct {
		struct xen_memory_reservation reservation;
		xen_pfn_t frame[EXTENT_LIMIT];
	} memory;
	char page[PAGE_BYTES];
} * arguments;

/* A second one, for what the first one points to. */
static struct vcpu_guest_context *context;

static int privcmd = -1;

static void *locked_page(void)
{
	void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (page == MAP_FAILED || mlock(page, PAGE_BYTES) != 0)
		return NULL;
	return page;
}

bool hypercall_init(void)
{
	privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	if (privcmd < 0)
		return false;
	arguments = locked_page();
	context = locked_page();
	return arguments && context;
}

static bool hypercall(uint64_t op, uint64_t first, uint64_t second)
{
	struct privcmd_hypercall call = { .op = op, .arg = { first, second } };

	return ioctl(privcmd, IOCTL_PRIVCMD_HYPERCALL, &call) >= 0;
}

bool hypercall_domctl(uint32_t cmd, domid_t domain, struct xen_domctl *op)
{
	bool ok;

	op->cmd = cmd;
	op->domain = domain;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	arguments->domctl = *op;
	ok = hypercall(__HYPERVISOR_domctl, (uintptr_t)arguments, 0);
	*op = arguments->domctl;
	return ok;
}

bool hypercall_populate(domid_t domain, uint64_t address, uint32_t extents)
{
	struct xen_memory_reservation *reservation =
		&arguments->memory.reservation;

	if (extents > EXTENT_LIMIT) {
		errno = EINVAL;
		return false;
	}
	memset(reservation, 0, sizeof(*reservation));
	for (uint32_t i = 0; i < extents; i++)
		arguments->memory.frame[i] =
			address / PAGE_BYTES + i * EXTENT_PAGES;
	set_xen_guest_handle(reservation->extent_start,
			     arguments->memory.frame);
	reservation->nr_extents = extents;
	reservation->extent_order = EXTENT_ORDER;
	reservation->domid = domain;
	return hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
			 (uintptr_t)reservation);
}

bool hypercall_set_start(domid_t domain, uint64_t address)
{
	struct xen_domctl op = { 0 };

	memset(context, 0, sizeof(*context));
	context->flags = VGCF_online;
	context->sctlr = SCTLR_GUEST_INIT;
	context->user_regs.pc64 = address;
	context->user_regs.cpsr = PSR_GUEST64_INIT;
	set_xen_guest_handle(op.u.vcpucontext.ctxt, context);
	return hypercall_domctl(XEN_DOMCTL_setvcpucontext, domain, &op);
}

static bool map_frames(domid_t domain, uint64_t address, size_t count, void *at)
{
	xen_pfn_t frame[MAP_LIMIT];
	int error[MAP_LIMIT] = { 0 };
	struct privcmd_mmapbatch_v2 batch = {
		.num = (unsigned int)count,
		.dom = domain,
		.addr = (uintptr_t)at,
		.arr = frame,
		.err = error,
	};

	for (size_t i = 0; i < count; i++)
		frame[i] = address / PAGE_BYTES + i;
	if (ioctl(privcmd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) != 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (error[i] != 0) {
			errno = -error[i];
			return false;
		}
	}
	return true;
}

void *hypercall_map(domid_t domain, uint64_t address, size_t size)
{
	void *memory;

	if (size > (size_t)MAP_LIMIT * PAGE_BYTES) {
		errno = EINVAL;
		return NULL;
	}
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, privcmd,
		      0);
	if (memory == MAP_FAILED)
		return NULL;
	if (!map_frames(domain, address, size / PAGE_BYTES, memory)) {
		munmap(memory, size);
		return NULL;
	}
	return memory;
}

void hypercall_unmap(void *memory, size_t size)
{
	munmap(memory, size);
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * What an exception means: either the copy that ran into it knows how to go on,
 * or the image ends here with a report of the registers.
 */
#include <abi/tee.h>
#include <dynshm/fault.h>
#include <kernel/console.h>
#include <kernel/context.h>
#include <kernel/core.h>
#include <kernel/panic.h>

#include "fault.h"

#define ESR_EC(esr)	     ((unsigned int)((esr) >> 26) & 0x3f)
#define ESR_FSC(esr)	     ((unsigned int)(esr)&0x3f)
#define ESR_WNR(esr)	     ((esr) & (UINT64_C(1) << 6))

#define EC_INSTRUCTION_ABORT 0x21
#define EC_DATA_ABORT	     0x25
#define FSC_TRANSLATION	     0x04

/* One of access.S: where an instruction may fault, and where to go on. */
struct fixup {
	uint64_t instruction;
	uint64_t target;
};

extern const struct fixup __extable_start[], __extable_end[];

static uint64_t fault_address(void)
{
	uint64_t far;

	__asm__ volatile("mrs %0, far_el1" : "=r"(far));
	return far;
}

static bool is_abort(uint64_t esr)
{
	return ESR_EC(esr) == EC_DATA_ABORT ||
	       ESR_EC(esr) == EC_INSTRUCTION_ABORT;
}

/* The library was changing what is mapped there: the instruction comes again.
 */
static bool is_passing(uint64_t esr)
{
	return (ESR_FSC(esr) & ~3u) == FSC_TRANSLATION &&
	       shm_fault_is_passing(tee_shm(), fault_address(),
				    ESR_WNR(esr) != 0);
}

/* Not for an accessor's fixup either: it is no fault of the memory there. */
static uint64_t retry_conflict(uint64_t elr)
{
	return shm_fault_retry_conflict(&core_self()->conflicts, elr,
					fault_address())
		       ? elr
		       : 0;
}

uint64_t fault_find_fixup(const struct context *frame, uint64_t esr)
{
	const struct fixup *fixup;

	if (is_abort(esr) && pt_fault_is_conflict((uint32_t)esr))
		return retry_conflict(frame->elr);
	if (ESR_EC(esr) != EC_DATA_ABORT)
		return 0;
	if (is_passing(esr))
		return frame->elr;
	for (fixup = __extable_start; fixup != __extable_end; fixup++) {
		if (fixup->instruction == frame->elr)
			return fixup->target;
	}
	return 0;
}

static const char *class_name(unsigned int ec)
{
	switch (ec) {
	case 0x00:
		return "unknown instruction";
	case 0x07:
		return "floating-point instruction";
	case 0x0e:
		return "illegal execution state";
	case EC_INSTRUCTION_ABORT:
		return "instruction abort";
	case 0x22:
		return "misaligned pc";
	case EC_DATA_ABORT:
		return "data abort";
	case 0x26:
		return "misaligned sp";
	case 0x3c:
		return "breakpoint instruction";
	default:
		return "exception";
	}
}

static const char *status_name(unsigned int fsc)
{
	if (pt_fault_is_conflict(fsc))
		return "TLB conflict that comes again";
	switch (fsc & ~3u) {
	case 0x00:
		return "address size fault";
	case 0x04:
		return "translation fault";
	case 0x08:
		return "access flag fault";
	case 0x0c:
		return "permission fault";
	case 0x10:
	case 0x14:
		return "external abort";
	case 0x20:
		return "alignment fault";
	default:
		return "other fault";
	}
}

/*
 * The stack's end shows in the address: a guard page of ours, or a translation
 * fault within a page of the stack pointer that faulted.
 */
static bool is_stack_overflow(const struct context *frame, uint64_t far)
{
	return core_find_guard(far) >= 0 || frame->sp - far < 4096 ||
	       far - frame->sp < 4096;
}

static void print_abort(const struct context *frame, uint64_t esr, uint64_t far)
{
	bool translation = (ESR_FSC(esr) & ~3u) == 0x04;

	console_printf("%s%s on %s of 0x%lx",
		       translation && is_stack_overflow(frame, far)
			       ? "stack overflow: "
			       : "",
		       status_name(ESR_FSC(esr)),
		       ESR_EC(esr) == EC_INSTRUCTION_ABORT ? "execution"
		       : ESR_WNR(esr)			   ? "write"
							   : "read",
		       far);
}

static void print_reason(const struct context *frame, enum fault_kind kind,
			 uint64_t esr, uint64_t far)
{
	unsigned int ec = ESR_EC(esr);

	if (kind == FAULT_STACK_LOST)
		console_printf("%s, sp 0x%lx",
			       core_find_guard(frame->sp) >= 0 ||
					       core_find_guard(far) >= 0
				       ? "core stack overflow"
				       : "sp is outside the core's stack",
			       frame->sp);
	else if ((kind & 3) == FAULT_EL1T_SYNC && is_abort(esr))
		print_abort(frame, esr, far);
	else if ((kind & 3) == FAULT_EL1T_SYNC)
		console_printf("%s", class_name(ec));
	else if ((kind & 3) == FAULT_EL1T_SERROR)
		console_printf("SError");
	else
		console_printf("interrupt on the core's own stack");
}

static void print_registers(const struct context *frame)
{
	unsigned int i;

	for (i = 0; i < 31; i++)
		console_printf("%sx%u%s %016lx%s", i < 10 ? " " : "", i, "",
			       frame->x[i], i % 4 == 3 ? "\n" : "  ");
	console_printf(" sp %016lx\n", frame->sp);
}

void fault_panic(const struct context *frame, enum fault_kind kind)
{
	uint64_t far = fault_address();
	uint64_t esr;

	__asm__ volatile("mrs %0, esr_el1" : "=r"(esr));
	if (!panic_begin())
		core_halt();
	console_printf("PANIC: core %u: ", core_index());
	print_reason(frame, kind, esr, far);
	console_printf(", pc 0x%lx\n", frame->elr);
	console_printf("esr %08lx (%s)  far %016lx  spsr %08lx  %s stack\n",
		       esr, class_name(ESR_EC(esr)), far, frame->spsr,
		       kind <= FAULT_EL1T_SERROR ? "flow" : "core");
	print_registers(frame);
	core_halt();
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * GICv2 and GICv3 as seen from S-EL1 behind TF-A, which has set up the
 * controller and each core's interface. Secure interrupts are group 0 on v2
 * (FIQ) and secure group 1 on v3 (IRQ); group 0 of v3 belongs to EL3.
 */
#include <arch/cpu.h>
#include <kernel/console.h>
#include <kernel/gic.h>
#include <kernel/mmio.h>

#define GICC_IAR	   0x0c
#define GICC_EOIR	   0x10
#define GICC_HPPIR	   0x18

#define GICD_ICENABLER(n)  (0x180 + 4u * (n))

#define GICR_TYPER	   0x08
#define GICR_TYPER_LAST	   (UINT64_C(1) << 4)
#define GICR_TYPER_VLPIS   (UINT64_C(1) << 1)
#define GICR_SGI_FRAME	   0x10000
#define GICR_ICENABLER0	   0x180
#define GICR_FRAME_SIZE	   0x20000
#define GICR_FRAME_SIZE_V4 0x40000

#define ICC_HPPIR1	   "s3_0_c12_c12_2"
#define ICC_IAR1	   "s3_0_c12_c12_0"
#define ICC_EOIR1	   "s3_0_c12_c12_1"

#define ISR_FIQ		   (UINT64_C(1) << 6)

#define INTID_MASK	   0xffffff
#define INTID_FIRST_PPI	   16
#define INTID_FIRST_SPI	   32
#define INTID_SPECIAL	   1020 /* to 1023 */
#define INTID_OTHER_GROUP  1022

#define read_sysreg(name)                                                   \
	({                                                                  \
		uint64_t value_;                                            \
		__asm__ volatile("mrs %0, " name : "=r"(value_)::"memory"); \
		value_;                                                     \
	})
#define write_sysreg(name, value) \
	__asm__ volatile("msr " name ", %0\n\tisb" ::"r"(value) : "memory")

static struct gic_config gic; /* constant after init */

static struct spinlock report_lock;
static bool reported; /* report_lock */

void gic_init(const struct gic_config *config)
{
	gic = *config;
}

static bool is_interrupt(uint32_t intid)
{
	return intid < INTID_SPECIAL || intid > 1023;
}

/* Affinities 3 to 0 as GICR_TYPER has them in its upper half. */
static uint32_t own_affinity(void)
{
	uint64_t mpidr = read_sysreg("mpidr_el1");

	return (uint32_t)(mpidr & 0xffffff) | (uint32_t)(mpidr >> 32) << 24;
}

/* This core's GICR frames, or 0. */
static uintptr_t find_redistributor(void)
{
	uint64_t offset = 0;

	while (offset < gic.redistributor_size) {
		uintptr_t frame = gic.redistributor + offset;
		uint64_t typer = mmio_read64(frame + GICR_TYPER);

		if ((uint32_t)(typer >> 32) == own_affinity())
			return frame;
		if (typer & GICR_TYPER_LAST)
			break;
		offset += typer & GICR_TYPER_VLPIS ? GICR_FRAME_SIZE_V4
						   : GICR_FRAME_SIZE;
	}
	return 0;
}

/* One that nobody handles and whose line stays up would never end. */
static void disable(uint32_t intid)
{
	uint32_t bit = 1u << intid % 32;
	uintptr_t frame;

	if (intid < INTID_FIRST_PPI || intid >= INTID_SPECIAL)
		return;
	if (gic.version == 2 || intid >= INTID_FIRST_SPI) {
		mmio_write32(gic.distributor + GICD_ICENABLER(intid / 32), bit);
		return;
	}
	frame = find_redistributor();
	if (frame != 0)
		mmio_write32(frame + GICR_SGI_FRAME + GICR_ICENABLER0, bit);
}

static void report_spurious(uint32_t intid)
{
	cpu_irq_t saved = spin_lock(&report_lock);
	bool first = !reported;

	reported = true;
	spin_unlock(&report_lock, saved);
	if (first)
		console_printf("gic: secure interrupt %u is nobody's\n", intid);
}

/* A secure read shows group 0 interrupts; one of group 1 only as 1022. */
static enum irq_owner handle_v2(void)
{
	uint32_t pending = mmio_read32(gic.cpu_interface + GICC_HPPIR) & 0x3ff;
	uint32_t taken;

	if (!is_interrupt(pending))
		return pending == INTID_OTHER_GROUP ? IRQ_FOREIGN : IRQ_NONE;
	taken = mmio_read32(gic.cpu_interface + GICC_IAR);
	if (!is_interrupt(taken & 0x3ff))
		return IRQ_NONE;
	disable(taken & 0x3ff);
	/* With the source's core number, which an SGI needs. */
	mmio_write32(gic.cpu_interface + GICC_EOIR, taken);
	report_spurious(taken & 0x3ff);
	return IRQ_SECURE;
}

/* A FIQ is of another world, or of EL3, which takes it on the way out. */
static enum irq_owner handle_v3(void)
{
	uint32_t taken;

	if (read_sysreg("isr_el1") & ISR_FIQ)
		return IRQ_FOREIGN;
	if (!is_interrupt(read_sysreg(ICC_HPPIR1) & INTID_MASK))
		return IRQ_NONE;
	taken = read_sysreg(ICC_IAR1) & INTID_MASK;
	if (!is_interrupt(taken))
		return IRQ_NONE;
	disable(taken);
	write_sysreg(ICC_EOIR1, (uint64_t)taken);
	report_spurious(taken);
	return IRQ_SECURE;
}

enum irq_owner gic_handle_secure(void)
{
	switch (gic.version) {
	case 2:
		return handle_v2();
	case 3:
		return handle_v3();
	default:
		return IRQ_FOREIGN;
	}
}

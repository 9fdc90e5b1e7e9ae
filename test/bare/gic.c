// SPDX-License-Identifier: BSD-2-Clause
/*
 * Enough of GICv2 and GICv3 to send interrupts between cores and to take those
 * of the UART and the timer. Handlers only count, and silence their source.
 */
#include "machine.h"

#define GICD_CTLR	0x000
#define GICD_CTLR_V2	0x1
#define GICD_CTLR_V3	0x12 /* affinity routing, group 1 */
#define GICD_TYPER	0x004
#define GICD_ISENABLER	0x100
#define GICD_ITARGETSR	0x800
#define GICD_SGIR	0xf00
#define GICD_IROUTER	0x6000

#define GICC_BASE	(GIC_BASE + 0x10000)
#define GICC_CTLR	0x00
#define GICC_PMR	0x04
#define GICC_IAR	0x0c
#define GICC_EOIR	0x10

#define GICR_BASE	(GIC_BASE + 0xa0000)
#define GICR_STRIDE	0x20000
#define GICR_TYPER	0x08
#define GICR_TYPER_LAST (1u << 4)
#define GICR_ISENABLER0 0x10100

#define ICC_PMR		"s3_0_c4_c6_0"
#define ICC_IAR1	"s3_0_c12_c12_0"
#define ICC_EOIR1	"s3_0_c12_c12_1"
#define ICC_IGRPEN1	"s3_0_c12_c12_7"
#define ICC_SGI1R	"s3_0_c12_c11_5"
#define ICC_SRE		"s3_0_c12_c12_5"

#define UARTIMSC	0x38
#define UART_TX		(1u << 5)

/* SGIs 0 to 7 are the normal world's, and so is the timer. */
#define PRIVATE_IRQS (0xffu | 1u << IRQ_TIMER)
#define SPECIAL_IRQS 1020u

#define write_sysreg(name, value) \
	__asm__ volatile("msr " name ", %0\n\tisb" ::"r"(value) : "memory")

volatile struct irq_seen irq_seen[CORE_COUNT];

static volatile uint32_t *reg(uint64_t base, uint64_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(base + offset);
}

unsigned int gic_version(void)
{
	uint64_t features;

	__asm__("mrs %0, id_aa64pfr0_el1" : "=r"(features));
	return (features >> 24 & 15) != 0 ? 3 : 2;
}

/* PSCI answers OK for cores that TF-A knows and the machine lacks. */
unsigned int gic_core_count(void)
{
	unsigned int count = 1;

	if (gic_version() == 2)
		return (*reg(GIC_BASE, GICD_TYPER) >> 5 & 7) + 1;
	while (!(*reg(GICR_BASE + (count - 1) * GICR_STRIDE, GICR_TYPER) &
		 GICR_TYPER_LAST))
		count++;
	return count;
}

void gic_init(void)
{
	*reg(GIC_BASE, GICD_CTLR) =
		gic_version() == 3 ? GICD_CTLR_V3 : GICD_CTLR_V2;
	gic_init_core();
}

void gic_init_core(void)
{
	if (gic_version() == 3) {
		*reg(GICR_BASE + target_core() * GICR_STRIDE, GICR_ISENABLER0) =
			PRIVATE_IRQS;
		write_sysreg(ICC_SRE, UINT64_C(7));
		write_sysreg(ICC_PMR, UINT64_C(0xff));
		write_sysreg(ICC_IGRPEN1, UINT64_C(1));
		return;
	}
	*reg(GIC_BASE, GICD_ISENABLER) = PRIVATE_IRQS;
	*reg(GICC_BASE, GICC_PMR) = 0xff;
	*reg(GICC_BASE, GICC_CTLR) = 1;
}

void gic_send(unsigned int core, unsigned int sgi)
{
	__asm__ volatile("dsb sy" ::: "memory");
	if (gic_version() == 3)
		write_sysreg(ICC_SGI1R, (uint64_t)sgi << 24 | 1u << core);
	else
		*reg(GIC_BASE, GICD_SGIR) = 1u << (16 + core) | sgi;
}

void gic_enable_uart(void)
{
	if (gic_version() == 3) {
		*(volatile uint64_t *)(uintptr_t)(GIC_BASE + GICD_IROUTER +
						  IRQ_UART * 8) = target_core();
	} else {
		volatile uint8_t *targets =
			(volatile uint8_t *)reg(GIC_BASE, GICD_ITARGETSR);

		targets[IRQ_UART] = (uint8_t)(1u << target_core());
	}
	*reg(GIC_BASE, GICD_ISENABLER + IRQ_UART / 32 * 4) = 1u
							     << IRQ_UART % 32;
}

/* Whatever has been printed has left room, which is what the line says. */
void uart_raise(void)
{
	*reg(UART_BASE, UARTIMSC) = UART_TX;
}

void uart_lower(void)
{
	*reg(UART_BASE, UARTIMSC) = 0;
}

void timer_start(uint64_t us)
{
	write_sysreg("cntv_tval_el0", ticks_in_us(us));
	write_sysreg("cntv_ctl_el0", UINT64_C(1));
}

void timer_stop(void)
{
	write_sysreg("cntv_ctl_el0", UINT64_C(0));
}

static uint32_t acknowledge(void)
{
	uint64_t irq;

	if (gic_version() == 2)
		return *reg(GICC_BASE, GICC_IAR);
	__asm__ volatile("mrs %0, " ICC_IAR1 "\n\tdsb sy"
			 : "=r"(irq)::"memory");
	return (uint32_t)irq;
}

static void finish(uint32_t irq)
{
	if (gic_version() == 2)
		*reg(GICC_BASE, GICC_EOIR) = irq;
	else
		write_sysreg(ICC_EOIR1, (uint64_t)irq);
}

void gic_take_interrupt(void)
{
	volatile struct irq_seen *seen = &irq_seen[target_core()];
	uint32_t taken = acknowledge();
	uint32_t irq = taken & 0x3ff;

	if (irq >= SPECIAL_IRQS)
		return;
	seen->at = ticks();
	if (irq < IRQ_COUNT)
		seen->count[irq]++;
	if (irq == IRQ_UART)
		uart_lower();
	if (irq == IRQ_TIMER)
		timer_stop();
	finish(taken);
}

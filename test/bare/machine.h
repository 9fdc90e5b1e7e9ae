/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's virt machine as the normal world sees it: console, memory, counter,
 * interrupts and cores. All addresses are physical ones, too.
 */
#ifndef TARGET_MACHINE_H
#define TARGET_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE	   4096u
#define CORE_COUNT 4u

/* Where memory is, and what lies outside of it. check-target boots with
 * 1 GiB and a reservation without mapping at NOMAP_FIRST. */
#define RAM_FIRST    UINT64_C(0x40000000)
#define RAM_END	     UINT64_C(0x80000000)
#define NOMAP_FIRST  UINT64_C(0x7f000000)
#define NOMAP_SIZE   UINT64_C(0x00100000)
#define TEST_FIRST   UINT64_C(0x50000000) /* pages_take() */
#define TEST_END     UINT64_C(0x7e000000)
#define SECURE_RAM   UINT64_C(0x0e000000)
#define SECURE_IMAGE UINT64_C(0x0e100000)
#define FLASH	     UINT64_C(0x00000000)
#define FLASH_NS     UINT64_C(0x04000000)
#define GIC_BASE     UINT64_C(0x08000000)
#define UART_BASE    UINT64_C(0x09000000)
#define HOLE	     UINT64_C(0x0d000000)

/* %s %u %x %c; %lu and %lx take 64 bits. Cores may print at once. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whole pages out of the test memory, not cleared. pages_reset() takes all
 * back down to a mark. */
void *pages_take(uint64_t count);
uint64_t pages_mark(void);
void pages_reset(uint64_t mark);

void bytes_set(void *at, uint8_t value, size_t size);
bool bytes_equal(const void *a, const void *b, size_t size);

static inline uint64_t address_of(const volatile void *at)
{
	return (uint64_t)(uintptr_t)at;
}

/* The system counter. */
static inline uint64_t ticks(void)
{
	uint64_t now;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(now)::"memory");
	return now;
}

static inline uint64_t ticks_per_second(void)
{
	uint64_t rate;

	__asm__("mrs %0, cntfrq_el0" : "=r"(rate));
	return rate;
}

static inline uint64_t ticks_in_us(uint64_t us)
{
	return ticks_per_second() * us / 1000000;
}

void wait_us(uint64_t us);

/* This core, from 0. */
static inline unsigned int target_core(void)
{
	uint64_t core;

	__asm__ volatile("mrs %0, tpidr_el1" : "=r"(core));
	return (unsigned int)core;
}

static inline void irq_mask(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline void irq_unmask(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

/* Interrupts. */
#define IRQ_SGI	  1u
#define IRQ_TIMER 27u /* virtual timer of a core */
#define IRQ_UART  33u
#define IRQ_COUNT 64u

struct irq_seen {
	uint32_t count[IRQ_COUNT];
	uint64_t at; /* ticks() when the last one was taken */
};

extern volatile struct irq_seen irq_seen[CORE_COUNT];

void gic_init(void);	  /* once */
void gic_init_core(void); /* each core */
void gic_send(unsigned int core, unsigned int sgi);
void gic_enable_uart(void); /* to this core */
void gic_take_interrupt(void);
unsigned int gic_version(void);
unsigned int gic_core_count(void);

/* The UART's line: up until the interrupt is taken. */
void uart_raise(void);
void uart_lower(void);

/* The virtual timer's line goes up in `us`. */
void timer_start(uint64_t us);
void timer_stop(void);

/* Cores. Work given to another core runs there with interrupts masked. */
unsigned int cores_present(void);
bool core_on(unsigned int core);
void core_off(unsigned int core); /* returns when it is off */
void core_run(unsigned int core, void (*work)(void *), void *arg);
void core_wait(unsigned int core);
void core_sleep(void); /* until an interrupt, which it takes */

/* What the firmware handed over: x0 to x3 at the first instruction. */
extern const uint64_t boot_registers[4];

/* End of the machine. */
__attribute__((noreturn)) void machine_exit(unsigned int status);

/* By the programs: what the first core does. */
void program_main(void);

#endif

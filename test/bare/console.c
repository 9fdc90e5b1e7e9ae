// SPDX-License-Identifier: BSD-2-Clause
/* The normal world's PL011, which TF-A has set up, and the end of it all. */
#include "machine.h"
#include "wire.h"

#include <stdarg.h>

#define UARTDR		0x00
#define UARTFR		0x18
#define UARTFR_TXFF	(1u << 5)

#define PSCI_SYSTEM_OFF 0x84000008u

static volatile bool printing;

static void put(char c)
{
	volatile uint32_t *uart = (volatile uint32_t *)(uintptr_t)UART_BASE;

	while (uart[UARTFR / 4] & UARTFR_TXFF)
		;
	uart[UARTDR / 4] = (uint8_t)c;
}

static void put_number(uint64_t value, unsigned int base)
{
	char digits[20];
	unsigned int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (count > 0)
		put(digits[--count]);
}

static void put_string(const char *string)
{
	while (*string != '\0')
		put(*string++);
}

/* One conversion; answers its last character. */
static const char *convert(const char *format, va_list *args)
{
	bool wide = *format == 'l';
	uint64_t value;

	if (wide)
		format++;
	if (*format == 's') {
		put_string(va_arg(*args, const char *));
		return format;
	}
	if (*format == 'c') {
		put((char)va_arg(*args, int));
		return format;
	}
	value = wide ? va_arg(*args, uint64_t) : va_arg(*args, unsigned int);
	put_number(value, *format == 'x' ? 16 : 10);
	return format;
}

void print(const char *format, ...)
{
	va_list args;

	while (__atomic_test_and_set(&printing, __ATOMIC_ACQUIRE))
		;
	va_start(args, format);
	for (; *format != '\0'; format++) {
		if (*format == '%')
			format = convert(format + 1, &args);
		else
			put(*format);
	}
	va_end(args);
	__atomic_clear(&printing, __ATOMIC_RELEASE);
}

void machine_exit(unsigned int status)
{
	uint64_t x[8] = { PSCI_SYSTEM_OFF };

	print("dynshm-exit: %u\n", status);
	smc(x);
	for (;;)
		__asm__ volatile("wfi");
}

/* Nothing here is meant to fault: the secure world broke something, or we. */
void target_fault(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far);

void target_fault(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far)
{
	printing = false;
	print("Bail out! exception %lu: esr %lx elr %lx far %lx\n", vector, esr,
	      elr, far);
	machine_exit(1);
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * Printing to the secure console: the few registers of a PL011 that sending
 * takes, and a printf that needs no buffer for a line.
 */
#include <arch/cpu.h>
#include <kernel/console.h>
#include <kernel/mmio.h>

#define UARTDR	      0x00
#define UARTFR	      0x18
#define UARTLCR_H     0x2c
#define UARTCR	      0x30

#define UARTFR_TXFF   (1u << 5)
#define UARTLCR_H_8N1 0x70u /* with FIFOs */
#define UARTCR_UARTEN (1u << 0)
#define UARTCR_TXE    (1u << 8)
#define UARTCR_RXE    (1u << 9)

static uintptr_t uart = EARLY_CONSOLE;
static struct spinlock console_lock; /* a unit of output */
static bool panicking;

struct conversion {
	unsigned int width;
	char pad;
	unsigned int longs; /* of l; z counts as one */
};

/* The firmware has set the speed; only switch it on if nobody has. */
void console_init(uintptr_t base)
{
	if ((mmio_read32(base + UARTCR) & UARTCR_UARTEN) == 0) {
		mmio_write32(base + UARTLCR_H, UARTLCR_H_8N1);
		mmio_write32(base + UARTCR,
			     UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
	}
	uart = base;
}

static void put_raw(char c)
{
	while (mmio_read32(uart + UARTFR) & UARTFR_TXFF)
		;
	mmio_write32(uart + UARTDR, (unsigned char)c);
}

static void put_char(char c)
{
	if (c == '\n')
		put_raw('\r');
	put_raw(c);
}

static void put_padded(const char *text, size_t length,
		       const struct conversion *conv)
{
	size_t i;

	for (i = length; i < conv->width; i++)
		put_char(conv->pad);
	for (i = 0; i < length; i++)
		put_char(text[i]);
}

static void put_string(const char *text, const struct conversion *conv)
{
	size_t length = 0;

	if (text == NULL)
		text = "(null)";
	while (text[length] != '\0')
		length++;
	put_padded(text, length, conv);
}

static void put_number(uint64_t value, unsigned int base, bool negative,
		       const struct conversion *conv)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		uint64_t rest = cpu_divide(value, base);

		digits[--at] = "0123456789abcdef"[value - rest * base];
		value = rest;
	} while (value != 0);
	if (negative)
		digits[--at] = '-';
	put_padded(&digits[at], sizeof(digits) - at, conv);
}

static const char *parse_conversion(const char *format, struct conversion *conv)
{
	*conv = (struct conversion){ 0, ' ', 0 };
	if (*format == '0') {
		conv->pad = '0';
		format++;
	}
	for (; *format >= '0' && *format <= '9'; format++)
		conv->width = conv->width * 10 + (unsigned int)(*format - '0');
	for (; *format == 'l' || *format == 'z'; format++)
		conv->longs++;
	return format;
}

static int64_t take_signed(const struct conversion *conv, va_list *args)
{
	if (conv->longs >= 2)
		return va_arg(*args, long long);
	return conv->longs ? va_arg(*args, long) : va_arg(*args, int);
}

static uint64_t take_unsigned(const struct conversion *conv, va_list *args)
{
	if (conv->longs >= 2)
		return va_arg(*args, unsigned long long);
	return conv->longs ? va_arg(*args, unsigned long)
			   : va_arg(*args, unsigned int);
}

static void put_conversion(char type, struct conversion *conv, va_list *args)
{
	int64_t value;

	switch (type) {
	case 'c':
		put_char((char)va_arg(*args, int));
		break;
	case 's':
		put_string(va_arg(*args, const char *), conv);
		break;
	case 'd':
		value = take_signed(conv, args);
		put_number(value < 0 ? 0 - (uint64_t)value : (uint64_t)value,
			   10, value < 0, conv);
		break;
	case 'u':
	case 'x':
		put_number(take_unsigned(conv, args), type == 'u' ? 10 : 16,
			   false, conv);
		break;
	case 'p':
		put_number((uintptr_t)va_arg(*args, void *), 16, false, conv);
		break;
	default:
		put_char(type);
	}
}

static void put_formatted(const char *format, va_list *args)
{
	struct conversion conv;

	for (; *format != '\0'; format++) {
		if (*format != '%') {
			put_char(*format);
			continue;
		}
		format = parse_conversion(format + 1, &conv);
		if (*format == '\0')
			break;
		put_conversion(*format, &conv, args);
	}
}

void console_vprintf(const char *format, va_list args)
{
	cpu_irq_t saved = 0;
	bool locked = !panicking;
	va_list copy;

	if (uart == 0)
		return;
	va_copy(copy, args);
	if (locked)
		saved = spin_lock(&console_lock);
	put_formatted(format, &copy);
	if (locked)
		spin_unlock(&console_lock, saved);
	va_end(copy);
}

void console_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	console_vprintf(format, args);
	va_end(args);
}

/*
 * The lock may be held by this very core, or by one that stopped. A core that
 * is in the middle of a line mixes with the report: better than losing it.
 */
void console_enter_panic(void)
{
	panicking = true;
}

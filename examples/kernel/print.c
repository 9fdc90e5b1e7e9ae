// SPDX-License-Identifier: BSD-2-Clause
/* Text to the UART, which needs no setting up on QEMU. */
#include "kernel.h"

static void put(char c)
{
	*(volatile uint32_t *)UART = (uint8_t)c;
}

void print(const char *text)
{
	for (; *text != '\0'; text++)
		put(*text);
}

static void print_digits(uint64_t value, unsigned int base)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (at < sizeof(digits))
		put(digits[at++]);
}

void print_hex(uint64_t value)
{
	print("0x");
	print_digits(value, 16);
}

void print_number(uint64_t value)
{
	print_digits(value, 10);
}

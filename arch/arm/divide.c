// SPDX-License-Identifier: BSD-2-Clause
/* Division, which not every ARMv7 core has, without the compiler's library. */
#include <cpu.h>

/* As at school, in binary, from the dividend's first digit on. */
uint64_t cpu_divide(uint64_t dividend, uint32_t divisor)
{
	unsigned int digits =
		dividend == 0 ? 0
			      : 64u - (unsigned int)__builtin_clzll(dividend);
	uint64_t quotient = 0;
	uint64_t rest = 0;

	while (digits-- > 0) {
		rest = rest << 1 | (dividend >> digits & 1);
		quotient <<= 1;
		if (rest >= divisor) {
			rest -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
}

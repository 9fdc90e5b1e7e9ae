/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux expects to find in memory that the secure world wrote, and the
 * other way round: made and checked here without the service's help.
 */
#ifndef CLIENT_PATTERN_H
#define CLIENT_PATTERN_H

#include <stdint.h>

/* Byte i is first + i * step, modulo 256. */
void pattern_write(uint8_t *memory, uint64_t size, uint8_t first, int step);

/* The offset of the first byte that is not as above; `size` if all are. */
uint64_t pattern_check(const uint8_t *memory, uint64_t size, uint8_t first,
		       int step);

/* Bytes without order, always the same for one seed. */
void pattern_scramble(uint8_t *memory, uint64_t size, uint64_t seed);

uint64_t pattern_sum(const uint8_t *memory, uint64_t size);

#endif

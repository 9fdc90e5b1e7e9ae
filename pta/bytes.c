// SPDX-License-Identifier: BSD-2-Clause
/*
 * Work on normal-world bytes. Each byte is read once into secure memory and
 * worked on there; between pieces the call lets interrupts in and looks
 * whether it was cancelled, or the memory taken away.
 */
#include "memory.h"

#include <abi/params.h>

/* Bytes moved at one go, and how many of these make a piece. */
#define CHUNK	 512u
#define CHUNKS	 8u
#define BYTE_LOW UINT64_C(0x00FF00FF00FF00FF)
#define HALF_LOW UINT64_C(0x0000FFFF0000FFFF)

struct chunk {
	uint64_t words[CHUNK / sizeof(uint64_t)];
};

static size_t chunk_size(uint64_t left)
{
	return left < CHUNK ? (size_t)left : CHUNK;
}

/* After every CHUNKS chunks. */
static uint32_t pause_after(struct call *call, uint64_t *chunks)
{
	if (++*chunks % CHUNKS != 0)
		return TEE_SUCCESS;
	call_checkpoint(call);
	if (params_are_revoked(call)) {
		guest_note_refusal(call->guest, SHM_REGION_GONE);
		return TEE_ERROR_TARGET_DEAD;
	}
	return call_is_cancelled(call) ? TEE_ERROR_CANCEL : TEE_SUCCESS;
}

/*
 * The bytes of a chunk, four 16-bit lanes at a time: 64 words add at most
 * 2 * 64 * 255 to a lane, which fits. The rest of the chunk must be zero.
 */
static uint64_t chunk_sum(const struct chunk *chunk)
{
	uint64_t lanes = 0;

	for (size_t i = 0; i < CHUNK / sizeof(uint64_t); i++) {
		uint64_t word = chunk->words[i];

		lanes += (word & BYTE_LOW) + (word >> 8 & BYTE_LOW);
	}
	lanes = (lanes & HALF_LOW) + (lanes >> 16 & HALF_LOW);
	return (uint32_t)lanes + (lanes >> 32);
}

static void chunk_clear_from(struct chunk *chunk, size_t size)
{
	uint8_t *bytes = (uint8_t *)chunk->words;

	for (size_t i = size; i < CHUNK; i++)
		bytes[i] = 0;
}

uint32_t bytes_sum(struct call *call, va_t va, uint64_t size, uint64_t *sum)
{
	uint64_t chunks = 0;
	uint32_t ret = TEE_SUCCESS;
	struct chunk chunk;

	*sum = 0;
	for (uint64_t at = 0; ret == TEE_SUCCESS && at < size; at += CHUNK) {
		size_t n = chunk_size(size - at);

		if (!access_read(&chunk, va + at, n))
			return TEE_ERROR_TARGET_DEAD;
		chunk_clear_from(&chunk, n);
		*sum += chunk_sum(&chunk);
		ret = pause_after(call, &chunks);
	}
	return ret;
}

uint32_t bytes_fill(struct call *call, va_t va, uint64_t size, uint8_t first)
{
	uint64_t chunks = 0;
	uint32_t ret = TEE_SUCCESS;
	uint8_t pattern[CHUNK];

	/* The pattern repeats every 256 bytes, so one chunk serves all. */
	for (size_t i = 0; i < CHUNK; i++)
		pattern[i] = (uint8_t)(first + i);
	for (uint64_t at = 0; ret == TEE_SUCCESS && at < size; at += CHUNK) {
		if (!access_write(va + at, pattern, chunk_size(size - at)))
			return TEE_ERROR_TARGET_DEAD;
		ret = pause_after(call, &chunks);
	}
	return ret;
}

static bool chunk_move(va_t to, va_t from, size_t size)
{
	struct chunk chunk;

	return access_read(&chunk, from, size) &&
	       access_write(to, &chunk, size);
}

/* Upwards, or downwards where the source would be overwritten first. */
uint32_t bytes_copy(struct call *call, va_t to, va_t from, uint64_t size)
{
	bool down = to > from && to - from < size;
	uint64_t chunks = 0;
	uint32_t ret = TEE_SUCCESS;
	uint64_t done = 0;

	while (ret == TEE_SUCCESS && done < size) {
		size_t n = chunk_size(size - done);
		uint64_t at = down ? size - done - n : done;

		if (!chunk_move(to + at, from + at, n))
			return TEE_ERROR_TARGET_DEAD;
		done += n;
		ret = pause_after(call, &chunks);
	}
	return ret;
}

static uint64_t swap_bytes(uint64_t word)
{
	return __builtin_bswap64(word);
}

/* Reverse `size` bytes in place, whatever their number. */
static void chunk_reverse(struct chunk *chunk, size_t size)
{
	uint8_t *bytes = (uint8_t *)chunk->words;
	size_t words = size / sizeof(uint64_t);

	if (size % sizeof(uint64_t) == 0) {
		for (size_t i = 0; i < (words + 1) / 2; i++) {
			uint64_t low = swap_bytes(chunk->words[i]);

			chunk->words[i] =
				swap_bytes(chunk->words[words - 1 - i]);
			chunk->words[words - 1 - i] = low;
		}
		return;
	}
	for (size_t i = 0; i < size / 2; i++) {
		uint8_t low = bytes[i];

		bytes[i] = bytes[size - 1 - i];
		bytes[size - 1 - i] = low;
	}
}

/* Exchange `size` bytes at `low` with those at `high`, both reversed. */
static bool swap_ends(va_t low, va_t high, size_t size)
{
	struct chunk first;
	struct chunk last;

	if (!access_read(&first, low, size) || !access_read(&last, high, size))
		return false;
	chunk_reverse(&first, size);
	chunk_reverse(&last, size);
	return access_write(low, &last, size) &&
	       access_write(high, &first, size);
}

uint32_t bytes_reverse(struct call *call, va_t va, uint64_t size)
{
	uint64_t half = size / 2;
	uint64_t chunks = 0;
	uint32_t ret = TEE_SUCCESS;

	for (uint64_t at = 0; ret == TEE_SUCCESS && at < half; at += CHUNK) {
		size_t n = chunk_size(half - at);

		if (!swap_ends(va + at, va + size - at - n, n))
			return TEE_ERROR_TARGET_DEAD;
		ret = pause_after(call, &chunks);
	}
	return ret;
}

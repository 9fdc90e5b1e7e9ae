/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests that come and go, and what the longest entry of any call was. */
#ifndef BENCH_HYP_GUESTS_H
#define BENCH_HYP_GUESTS_H

#include <bench/bare/measure.h>

#define MIB    (UINT64_C(1) << 20)
#define DATA   (TEST_FIRST + 32 * MIB) /* behind all lists */
#define COOKIE UINT64_C(0xffff000012345600)
#define GUEST  0x21u

/* Announce a guest, or its end, as who the core speaks for: instructions. */
uint64_t create(uint32_t id);
uint64_t destroy(uint32_t id);

/* Calls that do nothing but bury the dead and keep guests ready. */
void settle(void);

/* Remember the longest stretch, and of what it was. Answers the stretch. */
uint64_t note(const char *what, uint64_t stretch);

/* That of a message, with an interrupt pending all the time. */
void stretch(const char *what, struct wire_arg *arg);

/* The commands of the memory service. */
void measure_commands(void);

/* What a guest pays while another has taken all that it could get. */
void measure_beside_greedy(void);

#endif

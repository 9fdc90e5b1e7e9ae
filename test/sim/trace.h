/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is mapped, in a form that does not depend on the format of the tables:
 * the same operations have to give the same trace with each of them. Written
 * into the file that $TRACE names, a line a step; without it nothing is done.
 * Steps are the calls of the library and of the interface, wherever a test
 * makes them: traced.c.
 *
 * The form is a number for all that a walker finds in the owners' areas: for
 * each page its place in the area, the physical address, memory type, world and
 * permissions, and for each area its owner and size. It leaves out what formats
 * may differ in:
 *   - virtual addresses, and with them the order of areas;
 *   - how far a region or mapping is that comes or goes, or a guest that dies,
 *     because slices end with leaf tables: its areas are without pages, and the
 *     page of a list that is being read does not count;
 *   - whether pages or blocks lead there;
 *   - which page of the pool something has: there are more tables with one
 *     format than with another;
 *   - where the highest RAM is: above 4 GiB only if descriptors lead there;
 *   - kinds of device memory, of which ARMv7 has one.
 */
#ifndef TEST_SIM_TRACE_H
#define TEST_SIM_TRACE_H

#include <dynshm/shm.h>

/* After an operation, which had that answer. On the main thread only. */
void trace_step(struct shm *shm, const char *what, uint64_t answer);

/* traced.c: the same, unless the test wants only what it traces itself. */
void trace_call(struct shm *shm, const char *what, uint64_t answer);
void trace_by_hand(bool on);

/* Formats take the same steps, but each of them as often as it needs. */
void trace_any_number(const char *why);

/*
 * What follows, up to trace_go_on(), is not the same with all formats, or not
 * with this one, and is not traced.
 */
void trace_leave_out(const char *why);
void trace_go_on(void);
/* The first for formats whose addresses leave room, which others can do
 * without. */
void trace_leave_out_roomy(const char *why);
bool trace_is_on(void);

/* Where there is so much to look at that it would take too long: not all steps,
 * but each n-th. */
void trace_each(uint32_t steps);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A view that is drawn in place on a terminal, until somebody presses q or the
 * process is told to end. One at a time. The view has a screen of its own;
 * whatever ends it, the terminal is then as it was.
 */
#ifndef CLIENT_SHMCTL_LIVE_H
#define CLIENT_SHMCTL_LIVE_H

#include <stdbool.h>
#include <stddef.h>

/* Standard output is a terminal. */
bool live_is_possible(void);

/* From here on SIGINT and its like arrive in live_wait() only. */
void live_begin(void);
void live_end(void);

/*
 * Show this text, as much of it as there is room for, over what was there
 * before. What stays the same does not flicker: nothing is erased before it is
 * drawn, and all comes in one piece.
 */
void live_draw(const char *text, size_t size);

/* Wait that long, or until the window changes; false: the view is to end. */
bool live_wait(unsigned int seconds);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A terminal, as far as tools in a screen of their own need one: what they
 * write becomes cells, and what should not happen is counted.
 */
#ifndef TEST_LINUX_SCREEN_H
#define TEST_LINUX_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#define SCREEN_ROWS    40u
#define SCREEN_COLUMNS 200u

struct screen {
	unsigned int rows;
	unsigned int columns;
	unsigned int row; /* of the cursor */
	unsigned int column;
	char cell[SCREEN_ROWS][SCREEN_COLUMNS + 1]; /* lines that end in 0 */
	bool own;	     /* the screen that is not the shell's */
	bool is_bare;	     /* no cursor is shown */
	bool is_drawn;	     /* a frame, from the upper left corner on */
	unsigned int frames; /* that are complete: erased below */
	unsigned int escapes;
	unsigned int overflows; /* beyond the last column or line */
	unsigned int unknown;	/* sequences that this does not know */
	unsigned int blanks;	/* the first cell was empty in between */
	/* A sequence that is not complete. */
	char sequence[16];
	unsigned int length;
};

/* Empty, and of this size. */
void screen_begin(struct screen *screen, unsigned int rows,
		  unsigned int columns);
void screen_write(struct screen *screen, const char *text, size_t size);

#endif

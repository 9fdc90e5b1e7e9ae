// SPDX-License-Identifier: BSD-2-Clause
/* See screen.h. */
#include "screen.h"

#include <string.h>

void screen_begin(struct screen *screen, unsigned int rows,
		  unsigned int columns)
{
	memset(screen, 0, sizeof(*screen));
	screen->rows = rows;
	screen->columns = columns;
	for (unsigned int i = 0; i < rows; i++)
		memset(screen->cell[i], ' ', columns);
}

static void erase(struct screen *screen, unsigned int row, unsigned int from)
{
	/* Behind the last column the cursor stays on it, which goes, too. */
	screen->overflows += from == screen->columns;
	memset(&screen->cell[row][from], ' ', screen->columns - from);
	/* Something was drawn there, and is not any more. */
	screen->blanks += row == 0 && from == 0 && screen->frames > 0;
}

static void home(struct screen *screen)
{
	screen->row = 0;
	screen->column = 0;
	screen->is_drawn = true;
}

static void erase_below(struct screen *screen)
{
	erase(screen, screen->row, screen->column);
	for (unsigned int i = screen->row + 1; i < screen->rows; i++)
		erase(screen, i, 0);
	screen->frames += screen->is_drawn;
	screen->is_drawn = false;
}

static void set_own(struct screen *screen, bool own)
{
	screen->own = own;
	for (unsigned int i = 0; i < screen->rows; i++)
		erase(screen, i, 0);
	screen->is_drawn = false;
	screen->frames = 0;
	screen->blanks = 0;
}

static void obey(struct screen *screen)
{
	const char *what = screen->sequence;

	screen->escapes++;
	if (strcmp(what, "[H") == 0) {
		home(screen);
	} else if (strcmp(what, "[K") == 0) {
		erase(screen, screen->row, screen->column);
	} else if (strcmp(what, "[J") == 0) {
		erase_below(screen);
	} else if (strcmp(what, "[?1049h") == 0) {
		set_own(screen, true);
	} else if (strcmp(what, "[?1049l") == 0) {
		set_own(screen, false);
	} else if (strcmp(what, "[?25l") == 0) {
		screen->is_bare = true;
	} else if (strcmp(what, "[?25h") == 0) {
		screen->is_bare = false;
	} else {
		screen->unknown++;
	}
}

/* Part of a sequence, which ends with a letter. */
static bool take_sequence(struct screen *screen, char c)
{
	if (c != '\033' && screen->length == 0)
		return false;
	if (c != '\033' && screen->length < sizeof(screen->sequence))
		screen->sequence[screen->length - 1] = c;
	screen->length++;
	if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    screen->length > sizeof(screen->sequence)) {
		obey(screen);
		memset(screen->sequence, 0, sizeof(screen->sequence));
		screen->length = 0;
	}
	return true;
}

static void put(struct screen *screen, char c)
{
	if (c == '\r') {
		screen->column = 0;
	} else if (c == '\n') {
		if (screen->row + 1 < screen->rows)
			screen->row++;
		else
			screen->overflows++;
	} else if (screen->column < screen->columns) {
		screen->cell[screen->row][screen->column++] = c;
	} else {
		screen->overflows++;
	}
}

void screen_write(struct screen *screen, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!take_sequence(screen, text[i]))
			put(screen, text[i]);
}

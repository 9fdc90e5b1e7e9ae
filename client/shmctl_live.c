// SPDX-License-Identifier: BSD-2-Clause
/* See shmctl_live.h. */
#include "shmctl_live.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Another screen without a cursor, and back. */
#define ENTER	      "\033[?1049h\033[?25l"
#define LEAVE	      "\033[?25h\033[?1049l"
#define HOME	      "\033[H"
#define ERASE_LINE    "\033[K"
#define ERASE_BELOW   "\033[J"

#define USUAL_ROWS    24
#define USUAL_COLUMNS 80

static const int signals[] = { SIGINT,	SIGTERM, SIGHUP,
			       SIGQUIT, SIGTSTP, SIGWINCH };

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct {
	bool has_keys; /* standard input is a terminal, too */
	struct termios terminal;
	sigset_t mask;
	struct sigaction action[SIGNALS];
} before;

static volatile sig_atomic_t quit_asked;
static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
	if (number == SIGTSTP)
		stop_asked = 1;
	else if (number != SIGWINCH)
		quit_asked = 1;
}

/* A terminal that does not take it is gone. */
static void put(const char *text, size_t size)
{
	while (size > 0) {
		ssize_t done = write(STDOUT_FILENO, text, size);

		if (done < 0 && errno != EINTR) {
			quit_asked = 1;
			return;
		}
		if (done > 0) {
			text += done;
			size -= (size_t)done;
		}
	}
}

static void enter_screen(void)
{
	struct termios keys = before.terminal;

	/* Keys come at once and are not shown; Ctrl-C stays what it is. */
	keys.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	if (before.has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &keys);
	put(ENTER, strlen(ENTER));
}

static void leave_screen(void)
{
	put(LEAVE, strlen(LEAVE));
	if (before.has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before.terminal);
}

bool live_is_possible(void)
{
	return isatty(STDOUT_FILENO);
}

void live_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;

	quit_asked = 0;
	stop_asked = 0;
	before.has_keys = tcgetattr(STDIN_FILENO, &before.terminal) == 0;
	sigemptyset(&blocked);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before.mask);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, &before.action[i]);
	enter_screen();
}

void live_end(void)
{
	leave_screen();
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before.action[i], NULL);
	sigprocmask(SIG_SETMASK, &before.mask, NULL);
}

static struct winsize window_size(void)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	if (size.ws_row == 0)
		size.ws_row = USUAL_ROWS;
	if (size.ws_col == 0)
		size.ws_col = USUAL_COLUMNS;
	return size;
}

static unsigned int count_lines(const char *text, size_t size)
{
	unsigned int count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

/* The last column stays free: to write there and erase is to erase it. */
static void draw_line(FILE *frame, const char *line, size_t size, size_t width)
{
	fwrite(line, 1, size < width - 1 ? size : width - 1, frame);
	fputs(ERASE_LINE, frame);
}

static void draw_frame(FILE *frame, const char *text, size_t size)
{
	struct winsize window = window_size();
	unsigned int left = count_lines(text, size);
	const char *end = text + size;
	char more[USUAL_COLUMNS];
	int length;

	fputs(HOME, frame);
	for (unsigned int row = 1; left > 0; row++, left--) {
		const char *line = text;

		text = memchr(line, '\n', (size_t)(end - line));
		if (row == window.ws_row && left > 1)
			break;
		if (row > 1)
			fputs("\r\n", frame);
		draw_line(frame, line, (size_t)(text - line), window.ws_col);
		text++;
	}
	if (left > 0) {
		length = snprintf(more, sizeof(more),
				  "%u lines more in a larger window", left);
		fputs(window.ws_row > 1 ? "\r\n" : "", frame);
		draw_line(frame, more, (size_t)length, window.ws_col);
	}
	fputs(ERASE_BELOW, frame);
}

void live_draw(const char *text, size_t size)
{
	char *bytes = NULL;
	size_t count = 0;
	FILE *frame = open_memstream(&bytes, &count);

	if (!frame)
		return;
	draw_frame(frame, text, size);
	if (fclose(frame) == 0)
		put(bytes, count);
	free(bytes);
}

/* Someone else's turn on this terminal, until SIGCONT. */
static void stop(void)
{
	leave_screen();
	raise(SIGSTOP);
	stop_asked = 0;
	enter_screen();
}

static void read_key(void)
{
	char key;
	ssize_t count = read(STDIN_FILENO, &key, 1);

	if (count == 1 && (key == 'q' || key == 'Q'))
		quit_asked = 1;
	/* A terminal that is gone has no keys. */
	if (count <= 0)
		before.has_keys = false;
}

bool live_wait(unsigned int seconds)
{
	struct pollfd keys = { before.has_keys ? STDIN_FILENO : -1, POLLIN, 0 };
	struct timespec time = { .tv_sec = (time_t)seconds };

	if (ppoll(&keys, 1, &time, &before.mask) > 0)
		read_key();
	if (stop_asked)
		stop();
	return !quit_asked;
}

// SPDX-License-Identifier: BSD-2-Clause
/* shmctl stats --watch on a terminal, and where there is none. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <client/memory.h>
#include <client/service.h>

#include "screen.h"
#include "tap.h"

#define LIMIT_MS 20000
#define STEP_MS	 20

/* The tool on a terminal whose other side this is. */
struct view {
	pid_t pid;
	int master;
	int slave; /* to look at its settings */
	struct termios before;
	struct screen screen;
};

static long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void set_window(const struct view *view, unsigned short rows,
		       unsigned short columns)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	ioctl(view->master, TIOCSWINSZ, &size);
}

static _Noreturn void run(const char *name, const char *const *arguments)
{
	int terminal;

	setsid();
	terminal = open(name, O_RDWR);
	dup2(terminal, STDIN_FILENO);
	dup2(terminal, STDOUT_FILENO);
	dup2(terminal, STDERR_FILENO);
	/* The interface wants it so and does not write to them. */
	execv("/bin/shmctl", (char *const *)(uintptr_t)arguments);
	_exit(127);
}

static struct view start(const char *const *arguments, unsigned short rows,
			 unsigned short columns)
{
	struct view view = { .master = posix_openpt(O_RDWR | O_NOCTTY) };
	char name[64];

	if (view.master < 0 || unlockpt(view.master) != 0 ||
	    ptsname_r(view.master, name, sizeof(name)) != 0)
		tap_bail("a terminal is made");
	view.slave = open(name, O_RDWR | O_NOCTTY);
	tcgetattr(view.slave, &view.before);
	set_window(&view, rows, columns);
	screen_begin(&view.screen, rows, columns);
	view.pid = fork();
	if (view.pid == 0)
		run(name, arguments);
	return view;
}

static struct view start_watch(const char *how, unsigned short rows,
			       unsigned short columns)
{
	const char *const arguments[] = { "shmctl", "stats", how, NULL };

	return start(arguments, rows, columns);
}

/* Take what it has written so far. */
static void look(struct view *view)
{
	struct pollfd readable = { view->master, POLLIN, 0 };
	char text[512];
	ssize_t size;

	if (poll(&readable, 1, STEP_MS) <= 0)
		return;
	size = read(view->master, text, sizeof(text));
	if (size > 0)
		screen_write(&view->screen, text, (size_t)size);
}

static bool has_frames(struct view *view, unsigned int count)
{
	long end = now_ms() + LIMIT_MS;

	while (view->screen.frames <= count && now_ms() < end)
		look(view);
	return view->screen.frames > count;
}

/* Sooner or later: a frame for the window before may still be on its way. */
static bool shows_calls(struct view *view)
{
	long end = now_ms() + LIMIT_MS;

	while (strncmp(view->screen.cell[4], "CALLS: ", 7) != 0 &&
	       now_ms() < end)
		look(view);
	return strncmp(view->screen.cell[4], "CALLS: ", 7) == 0;
}

static bool is_restored(const struct view *view)
{
	struct termios now;

	tcgetattr(view->slave, &now);
	return now.c_lflag == view->before.c_lflag &&
	       now.c_iflag == view->before.c_iflag &&
	       now.c_oflag == view->before.c_oflag &&
	       memcmp(now.c_cc, view->before.c_cc, sizeof(now.c_cc)) == 0 &&
	       !view->screen.own && !view->screen.is_bare;
}

/* Wait for its end, or until it is stopped; the status, -1: neither came. */
static int wait_for(struct view *view)
{
	long end = now_ms() + LIMIT_MS;
	int status = -1;

	while (waitpid(view->pid, &status, WNOHANG | WUNTRACED) != view->pid) {
		if (now_ms() > end)
			return -1;
		look(view);
	}
	for (unsigned int i = 0; i < 5; i++)
		look(view);
	return status;
}

static void finish(struct view *view)
{
	kill(view->pid, SIGKILL);
	waitpid(view->pid, NULL, 0);
	close(view->slave);
	close(view->master);
}

static void claim_end(struct view *view, const char *how)
{
	int status = wait_for(view);

	tap_claim(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0,
		  "%s ends it well", how);
	tap_claim(is_restored(view), "%s: the terminal is as it was", how);
	finish(view);
}

static unsigned int regions_shown(const struct view *view)
{
	unsigned int regions = 0;

	if (sscanf(view->screen.cell[1], "totals live %u", &regions) != 1)
		tap_note("row 1 is %s", view->screen.cell[1]);
	return regions;
}

static void in_place(const struct service *service)
{
	struct view view = start_watch("--watch", 24, 170);
	struct screen *screen = &view.screen;
	uint8_t *memory = memory_alloc(MEMORY_PAGE_SIZE);
	struct termios during;
	struct tee_shm shm;
	unsigned int regions;

	tap_claim(has_frames(&view, 0), "it shows something");
	tap_claim(screen->own && screen->is_bare,
		  "on a screen of its own, without a cursor");
	tap_claim(strncmp(screen->cell[0], "GUEST ", 6) == 0 &&
			  strncmp(screen->cell[1], "totals ", 7) == 0 &&
			  strncmp(screen->cell[2], "0 ", 2) == 0 &&
			  strstr(screen->cell[0], "LAST ERROR"),
		  "a heading, the totals and guest 0");
	tcgetattr(view.slave, &during);
	tap_claim((during.c_lflag & (ICANON | ECHO)) == 0,
		  "keys come at once and are not shown");
	regions = regions_shown(&view);
	if (!tee_ok(service_register(service, memory, MEMORY_PAGE_SIZE, &shm)))
		tap_bail("a page is registered");
	tap_claim(has_frames(&view, screen->frames + 1), "it goes on");
	tap_claim(regions_shown(&view) == regions + 1,
		  "another region is shown");
	tee_unregister(&shm);
	tap_claim(has_frames(&view, screen->frames + 1) &&
			  regions_shown(&view) == regions,
		  "and that it has gone");
	tap_claim(screen->blanks == 0, "without anything that flickers");
	tap_claim(screen->overflows == 0 && screen->unknown == 0,
		  "within the window");
	write(view.master, "x", 1);
	tap_claim(has_frames(&view, screen->frames + 1), "x is no key");
	write(view.master, "q", 1);
	claim_end(&view, "q");
	memory_free(memory, MEMORY_PAGE_SIZE);
}

/* Between two readings there is a minute, so that only the window can be why.
 */
static void small_windows(void)
{
	struct view view = start_watch("--watch=60", 24, 80);
	struct screen *screen = &view.screen;

	tap_claim(has_frames(&view, 0) && screen->overflows == 0,
		  "80 columns are enough");
	screen_begin(screen, 3, 20);
	set_window(&view, 3, 20);
	tap_claim(has_frames(&view, 0), "a smaller window is drawn anew");
	tap_claim(strncmp(screen->cell[1], "totals ", 7) == 0 &&
			  strncmp(screen->cell[2], "3 lines more", 12) == 0 &&
			  screen->overflows == 0,
		  "and says what it has no room for");
	screen_begin(screen, 1, 2);
	set_window(&view, 1, 2);
	tap_claim(has_frames(&view, 0) && screen->overflows == 0,
		  "one of a single letter is no problem");
	screen_begin(screen, 30, 170);
	set_window(&view, 30, 170);
	tap_claim(shows_calls(&view), "a larger one has all of it");
	write(view.master, "\003", 1);
	claim_end(&view, "Ctrl-C");
}

static void signals(void)
{
	struct view view = start_watch("--watch=60", 24, 80);
	int status;

	has_frames(&view, 0);
	write(view.master, "\032", 1);
	status = wait_for(&view);
	tap_claim(status != -1 && WIFSTOPPED(status), "Ctrl-Z stops it");
	tap_claim(is_restored(&view), "the terminal is as it was meanwhile");
	kill(view.pid, SIGCONT);
	tap_claim(has_frames(&view, 0) && view.screen.own,
		  "it goes on with its own screen");
	kill(view.pid, SIGTERM);
	claim_end(&view, "SIGTERM");
}

/* Readings one after another, in lines. */
static void plain(void)
{
	static const char *const arguments[] = { "shmctl", "stats", "--watch",
						 "--plain", NULL };
	struct view view = start(arguments, 24, 170);
	long end = now_ms() + LIMIT_MS;

	while (strncmp(view.screen.cell[6], "totals ", 7) != 0 &&
	       now_ms() < end)
		look(&view);
	tap_claim(strncmp(view.screen.cell[1], "totals ", 7) == 0 &&
			  strncmp(view.screen.cell[6], "totals ", 7) == 0,
		  "--plain shows one reading below the other");
	tap_claim(view.screen.escapes == 0 && is_restored(&view),
		  "and leaves the terminal alone");
	finish(&view);
}

static void no_terminal(void)
{
	/* NOLINTNEXTLINE(cert-env33-c): its own words */
	FILE *pipe = popen("exec /bin/shmctl stats --watch", "r");
	char line[256];
	unsigned int totals = 0;
	bool clean = true;

	if (!pipe) {
		tap_bail("a pipe is made");
		return;
	}
	while (totals < 2 && fgets(line, sizeof(line), pipe)) {
		totals += strncmp(line, "totals ", 7) == 0;
		clean = clean && !strchr(line, '\033') && !strchr(line, '\r');
	}
	tap_claim(totals == 2, "a pipe gets one reading after the other");
	tap_claim(clean, "in plain lines");
	pclose(pipe);
}

int main(void)
{
	struct service service;

	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
	if (!tee_ok(service_init(&service)))
		tap_bail("the memory service opens");
	in_place(&service);
	small_windows();
	signals();
	plain();
	no_terminal();
	service_fini(&service);
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal for programs that draw on one: as much of an xterm as its terminfo
 * entry makes ncurses use, without colours and attributes.
 */
#ifndef MAGSLAB_TEST_TERMINAL_H
#define MAGSLAB_TEST_TERMINAL_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TERMINAL_MAX_ROWS 64
#define TERMINAL_MAX_COLUMNS 256
#define TERMINAL_PARAMETERS 8
/* What was printed last, for messages on no particular line. */
#define TERMINAL_LOG 65536
/* So long without output, and a picture is complete. */
#define TERMINAL_CALM_MS 500

/**
 * struct terminal - a window with a program in it
 * @master: our end
 * @slave: the program's end, kept open so that its settings can be looked at
 * @child: the program, or 0
 * @user: whom it runs as; 0 for the one who runs the test
 * @columns: width of the window
 * @rows: height of the window
 * @x: column of the cursor
 * @y: row of the cursor
 * @wraps: the last column was written to: what is next goes to the next line
 * @alternate: the program has switched to the other screen
 * @cursor_hidden: the program has hidden the cursor
 * @outside: things that were addressed to a place outside of the window
 * @state: of an escape sequence: how it began, or 0
 * @private: it is of the kind with a question mark
 * @parameters: its numbers
 * @nr_parameters: how many
 * @last: the last character printed, which can be repeated
 * @cells: what is on the screen
 * @line: room for terminal_line()
 * @log: all that was written, as it came
 * @nr_log: bytes of it
 */
struct terminal {
	int master;
	int slave;
	pid_t child;
	uid_t user;
	int columns, rows;
	int x, y;
	bool wraps;
	bool alternate;
	bool cursor_hidden;
	int outside;
	char state;
	bool private;
	int parameters[TERMINAL_PARAMETERS];
	int nr_parameters;
	char last;
	char cells[TERMINAL_MAX_ROWS][TERMINAL_MAX_COLUMNS];
	char line[TERMINAL_MAX_COLUMNS + 1];
	char log[TERMINAL_LOG];
	size_t nr_log;
};

static inline void terminal_blank(struct terminal *t, int y, int from, int to)
{
	if (from < to)
		memset(&t->cells[y][from], ' ', to - from);
}

static inline void terminal_clear(struct terminal *t)
{
	memset(t->cells, ' ', sizeof(t->cells));
}

/* Lines from @y to the end move by @by, down or up. */
static inline void terminal_shift(struct terminal *t, int y, int by)
{
	int nr = t->rows - y;

	if (by >= nr || -by >= nr) {
		for (; y < t->rows; y++)
			terminal_blank(t, y, 0, t->columns);
	} else if (by > 0) {
		memmove(t->cells[y + by], t->cells[y],
			(nr - by) * sizeof(t->cells[0]));
		for (; by; by--)
			terminal_blank(t, y++, 0, t->columns);
	} else if (by < 0) {
		memmove(t->cells[y], t->cells[y - by],
			(nr + by) * sizeof(t->cells[0]));
		for (; by; by++)
			terminal_blank(t, t->rows + by, 0, t->columns);
	}
}

static inline void terminal_feed_line(struct terminal *t)
{
	if (t->y < t->rows - 1)
		t->y++;
	else
		terminal_shift(t, 0, -1);
}

static inline void terminal_print(struct terminal *t, char c)
{
	if (t->wraps) {
		t->outside++;
		t->x = 0;
		terminal_feed_line(t);
	}
	t->cells[t->y][t->x] = c;
	t->last = c;
	t->wraps = t->x == t->columns - 1;
	if (!t->wraps)
		t->x++;
}

/* Numbers that are left out are @other. */
static inline int terminal_parameter(const struct terminal *t, int i, int other)
{
	if (i >= t->nr_parameters || !t->parameters[i])
		return other;
	return t->parameters[i];
}

static inline void terminal_goto(struct terminal *t, int y, int x)
{
	if (y < 0 || y >= t->rows || x < 0 || x >= t->columns)
		t->outside++;
	t->y = y < 0 ? 0 : y >= t->rows ? t->rows - 1 : y;
	t->x = x < 0 ? 0 : x >= t->columns ? t->columns - 1 : x;
	t->wraps = false;
}

static inline void terminal_erase_screen(struct terminal *t)
{
	int what = terminal_parameter(t, 0, 0), y;

	for (y = 0; y < t->rows; y++)
		if (what == 2 || (what == 0 && y > t->y) ||
		    (what == 1 && y < t->y))
			terminal_blank(t, y, 0, t->columns);
	if (what == 0)
		terminal_blank(t, t->y, t->x, t->columns);
	if (what == 1)
		terminal_blank(t, t->y, 0, t->x + 1);
}

static inline void terminal_erase_line(struct terminal *t)
{
	int what = terminal_parameter(t, 0, 0);

	terminal_blank(t, t->y, what ? 0 : t->x,
		       what == 1 ? t->x + 1 : t->columns);
}

/* Characters from the cursor on move by @by, to the right or left. */
static inline void terminal_slide(struct terminal *t, int by)
{
	char *cells = &t->cells[t->y][t->x];
	int nr = t->columns - t->x;

	if (by >= nr || -by >= nr) {
		memset(cells, ' ', nr);
	} else if (by > 0) {
		memmove(cells + by, cells, nr - by);
		memset(cells, ' ', by);
	} else {
		memmove(cells, cells - by, nr + by);
		memset(cells + nr + by, ' ', -by);
	}
}

static inline void terminal_switch(struct terminal *t, bool on)
{
	if (terminal_parameter(t, 0, 0) == 1049) {
		t->alternate = on;
		terminal_clear(t);
	}
	if (terminal_parameter(t, 0, 0) == 25)
		t->cursor_hidden = !on;
}

static inline void terminal_move(struct terminal *t, char command, int nr)
{
	switch (command) {
	case 'A':
		terminal_goto(t, t->y - nr, t->x);
		break;
	case 'B':
		terminal_goto(t, t->y + nr, t->x);
		break;
	case 'C':
		terminal_goto(t, t->y, t->x + nr);
		break;
	case 'D':
		terminal_goto(t, t->y, t->x - nr);
		break;
	case 'G':
		terminal_goto(t, t->y, nr - 1);
		break;
	case 'd':
		terminal_goto(t, nr - 1, t->x);
		break;
	case 'H':
		terminal_goto(t, nr - 1, terminal_parameter(t, 1, 1) - 1);
		break;
	}
}

static inline void terminal_command(struct terminal *t, char command)
{
	int nr = terminal_parameter(t, 0, 1);

	switch (command) {
	case 'J':
		terminal_erase_screen(t);
		break;
	case 'K':
		terminal_erase_line(t);
		break;
	case 'L':
		terminal_shift(t, t->y, nr);
		break;
	case 'M':
		terminal_shift(t, t->y, -nr);
		break;
	case 'P':
		terminal_slide(t, -nr);
		break;
	case '@':
		terminal_slide(t, nr);
		break;
	case 'X':
		terminal_blank(t, t->y, t->x,
			       t->x + nr < t->columns ? t->x + nr : t->columns);
		break;
	case 'b':
		while (nr--)
			terminal_print(t, t->last);
		break;
	case 'h':
	case 'l':
		if (t->private)
			terminal_switch(t, command == 'h');
		break;
	default:
		terminal_move(t, command, nr);
	}
}

static inline void terminal_sequence(struct terminal *t, char c)
{
	if (c >= '0' && c <= '9') {
		int *last = &t->parameters[t->nr_parameters - 1];

		*last = 10 * *last + c - '0';
	} else if (c == ';' && t->nr_parameters < TERMINAL_PARAMETERS) {
		t->parameters[t->nr_parameters++] = 0;
	} else if (c == '?') {
		t->private = true;
	} else if (c >= '@') {
		t->state = 0;
		terminal_command(t, c);
	}
}

static inline void terminal_control(struct terminal *t, char c)
{
	switch (c) {
	case '\033':
		t->state = c;
		break;
	case '\r':
		t->x = 0;
		t->wraps = false;
		break;
	case '\n':
		terminal_feed_line(t);
		break;
	case '\b':
		terminal_goto(t, t->y, t->x ? t->x - 1 : 0);
		break;
	case '\t':
		t->x = (t->x | 7) + 1 < t->columns ? (t->x | 7) + 1 :
						     t->columns - 1;
		break;
	}
}

static inline void terminal_escape(struct terminal *t, char c)
{
	t->state = c == '[' || c == '(' || c == ')' ? c : 0;
	t->private = false;
	t->parameters[0] = 0;
	t->nr_parameters = 1;
	if (c == 'M')
		terminal_goto(t, t->y ? t->y - 1 : 0, t->x);
}

static inline void terminal_put(struct terminal *t, char c)
{
	if (t->state == '\033')
		terminal_escape(t, c);
	else if (t->state == '[')
		terminal_sequence(t, c);
	else if (t->state)
		t->state = 0; /* the name of a character set */
	else if (c >= ' ' && c <= '~')
		terminal_print(t, c);
	else
		terminal_control(t, c);
}

/* Take what has come, waiting for it so long. Return: whether there was some. */
static inline bool terminal_take(struct terminal *t, int ms)
{
	struct pollfd output = { .fd = t->master, .events = POLLIN };
	char bytes[4096];
	ssize_t nr, i;

	if (poll(&output, 1, ms) <= 0)
		return false;
	nr = read(t->master, bytes, sizeof(bytes));
	for (i = 0; i < nr; i++) {
		terminal_put(t, bytes[i]);
		if (t->nr_log < TERMINAL_LOG - 1)
			t->log[t->nr_log++] = bytes[i];
	}
	return nr > 0;
}

static inline void terminal_settle(struct terminal *t)
{
	int pieces = 1000;

	while (pieces-- && terminal_take(t, TERMINAL_CALM_MS))
		;
}

/* A line of the screen, without the blanks at its end. */
static inline const char *terminal_line(struct terminal *t, int y)
{
	int width = t->columns;

	memcpy(t->line, t->cells[y], width);
	while (width && t->line[width - 1] == ' ')
		width--;
	t->line[width] = '\0';
	return t->line;
}

static inline double terminal_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static inline void terminal_dump(struct terminal *t)
{
	int y;

	for (y = 0; y < t->rows; y++)
		printf("# |%s\n", terminal_line(t, y));
}

/* Wait for a text in a line. A program that shows it later shows it at last. */
static inline bool terminal_see(struct terminal *t, int y, const char *text,
				int seconds)
{
	double limit = terminal_clock() + seconds;

	while (!strstr(terminal_line(t, y), text)) {
		if (terminal_clock() > limit) {
			printf("# no '%.*s' in line %d:\n", t->columns, text,
			       y);
			terminal_dump(t);
			return false;
		}
		terminal_take(t, 50);
	}
	return true;
}

/* Whether a text was among all that was written. */
static inline bool terminal_said(struct terminal *t, const char *text)
{
	terminal_settle(t);
	t->log[t->nr_log] = '\0';
	if (strstr(t->log, text))
		return true;
	printf("# did not say '%s'\n", text);
	return false;
}

static inline void terminal_type(struct terminal *t, const char *keys)
{
	if (write(t->master, keys, strlen(keys)) < 0)
		perror("# terminal");
}

static inline void terminal_size(struct terminal *t, int columns, int rows)
{
	struct winsize size = { .ws_col = columns, .ws_row = rows };

	t->columns = columns;
	t->rows = rows;
	ioctl(t->master, TIOCSWINSZ, &size);
}

/* What comes before the program knows is meant for the old window. */
static inline void terminal_resize(struct terminal *t, int columns, int rows)
{
	terminal_settle(t);
	terminal_size(t, columns, rows);
	terminal_clear(t);
	t->x = 0;
	t->y = 0;
	t->wraps = false;
	t->outside = 0;
}

/* Return: 0 or -1. */
static inline int terminal_open(struct terminal *t, int columns, int rows)
{
	memset(t, 0, sizeof(*t));
	if (openpty(&t->master, &t->slave, NULL, NULL, NULL))
		return -1;
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	terminal_size(t, columns, rows);
	terminal_clear(t);
	return 0;
}

static inline void terminal_be_child(struct terminal *t,
				     const char *const *argv)
{
	const char *type = getenv("TERMINAL_TYPE");

	setsid();
	ioctl(t->slave, TIOCSCTTY, 0);
	dup2(t->slave, 0);
	dup2(t->slave, 1);
	dup2(t->slave, 2);
	setenv("TERM", type ? type : "xterm", 1);
	setenv("LC_ALL", "C", 1);
	if (t->user && (setresgid(t->user, t->user, t->user) ||
			setresuid(t->user, t->user, t->user)))
		_exit(126);
	execvp(argv[0], (char **)argv);
	_exit(127);
}

static inline void terminal_run(struct terminal *t, const char *const *argv)
{
	t->child = fork();
	if (!t->child)
		terminal_be_child(t, argv);
}

/* Return: the status of the program, or -1 if it went on. */
static inline int terminal_wait(struct terminal *t, int seconds)
{
	double limit = terminal_clock() + seconds;
	int status;

	while (!waitpid(t->child, &status, WNOHANG)) {
		if (terminal_clock() > limit)
			return -1;
		terminal_take(t, 50);
	}
	t->child = 0;
	terminal_settle(t);
	return status;
}

static inline void terminal_close(struct terminal *t)
{
	if (t->child > 0) {
		kill(t->child, SIGKILL);
		waitpid(t->child, NULL, 0);
	}
	close(t->master);
	close(t->slave);
}

#endif /* MAGSLAB_TEST_TERMINAL_H */

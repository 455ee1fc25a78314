// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live view of magslab-top, on a terminal of our own: what it draws, that it
 * keeps to its window, and how it leaves. Samples are taken from files, but for
 * the last tests, which need the module.
 */
#include <kselftest_harness.h>

#include <grp.h>
#include <poll.h>
#include <stdarg.h>
#include <termios.h>

#include "device.h"
#include "terminal.h"

#define FIRST "top-first.json"
#define SECOND "top-second.json"
#define STATS "/sys/kernel/debug/magslab/stats.json"
#define MODULE "magslab.ko"
#define NOBODY 65534

/* Emulated machines are slow, and shared. */
#define SECONDS 60

FIXTURE(screen)
{
	struct terminal terminal;
	struct termios before;
};

FIXTURE_SETUP(screen)
{
	ASSERT_EQ(0, terminal_open(&self->terminal, 80, 24));
	ASSERT_EQ(0, tcgetattr(self->terminal.slave, &self->before));
}

FIXTURE_TEARDOWN(screen)
{
	terminal_close(&self->terminal);
}

/* With both sample files, one after the other. */
static void start(struct terminal *terminal, const char *more)
{
	const char *const argv[] = { "magslab-top", "--from", FIRST,
				     "--from",	    SECOND,   "--delay",
				     "0.2",	    more,     NULL };

	terminal_run(terminal, argv);
}

/* Whether a line ends with some text. */
static bool ends_with(const char *line, const char *text)
{
	size_t a = strlen(line), b = strlen(text);

	return a >= b && !strcmp(line + a - b, text);
}

static bool wait_for_exit(struct terminal *terminal, int code)
{
	int status = terminal_wait(terminal, SECONDS);

	if (WIFEXITED(status) && WEXITSTATUS(status) == code)
		return true;
	printf("# status %#x, not exit code %d\n", status, code);
	return false;
}

/* The terminal is as it was: its settings, its screen and its cursor. */
static bool is_restored(struct terminal *terminal, const struct termios *before)
{
	struct termios after;

	return !tcgetattr(terminal->slave, &after) &&
	       after.c_iflag == before->c_iflag &&
	       after.c_oflag == before->c_oflag &&
	       after.c_cflag == before->c_cflag &&
	       after.c_lflag == before->c_lflag &&
	       !memcmp(after.c_cc, before->c_cc, sizeof(after.c_cc)) &&
	       !terminal->alternate && !terminal->cursor_hidden;
}

TEST_F(screen, fits_80x24)
{
	struct terminal *t = &self->terminal;

	start(t, NULL);
	ASSERT_TRUE(terminal_see(t, 2, "100 misses/s", SECONDS));
	terminal_settle(t);
	EXPECT_EQ(0, strncmp(terminal_line(t, 0), "magslab 0.1.0  6.12.0-test",
			     26));
	EXPECT_EQ(0, strncmp(terminal_line(t, 1),
			     "4 caches  6001264 of 8001792 objects live", 41));
	EXPECT_TRUE(ends_with(terminal_line(t, 3), "TREND    NAME"));
	EXPECT_TRUE(ends_with(terminal_line(t, 4), "large-object"));
	EXPECT_TRUE(ends_with(terminal_line(t, 5), " hold"));
	EXPECT_TRUE(ends_with(terminal_line(t, 6), " born"));
	EXPECT_TRUE(ends_with(terminal_line(t, 7), " quo\"ted\\name"));
	EXPECT_STREQ("", terminal_line(t, 8));
	EXPECT_EQ(0, strncmp(terminal_line(t, 23), "q quit", 6));
	EXPECT_EQ(0, t->outside);
}

/* Each line by itself: none goes on in the next one. */
static bool is_sound(struct terminal *t)
{
	int y;

	for (y = 4; y < t->rows - 1; y++) {
		const char *line = terminal_line(t, y);

		line += strspn(line, " ");
		if (*line && (*line < '0' || *line > '9'))
			return false;
	}
	return true;
}

/* Of many sizes, with room for all, and for next to nothing. */
TEST_F(screen, resizes)
{
	static const int sizes[][2] = { { 132, 50 }, { 60, 10 }, { 33, 6 },
					{ 79, 23 },  { 250, 8 }, { 12, 7 },
					{ 81, 24 } };
	struct terminal *t = &self->terminal;
	size_t i;

	start(t, NULL);
	ASSERT_TRUE(terminal_see(t, 2, "100 misses/s", SECONDS));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		terminal_resize(t, sizes[i][0], sizes[i][1]);
		ASSERT_TRUE(terminal_see(t, t->rows - 1, "q quit", SECONDS));
		terminal_settle(t);
		EXPECT_TRUE(is_sound(t));
		EXPECT_EQ(0, t->outside);
	}
	EXPECT_TRUE(ends_with(terminal_line(t, 4), "large-objects"));
	EXPECT_TRUE(ends_with(terminal_line(t, 5), " hold"));
}

/* There is nothing to see in such a window, and yet it is not an end. */
TEST_F(screen, survives_tiny_windows)
{
	static const int sizes[][2] = { { 1, 1 },  { 2, 1 }, { 1, 24 },
					{ 80, 2 }, { 3, 3 }, { 5, 5 } };
	struct terminal *t = &self->terminal;
	size_t i;

	start(t, NULL);
	ASSERT_TRUE(terminal_see(t, 2, "100 misses/s", SECONDS));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		terminal_resize(t, sizes[i][0], sizes[i][1]);
		terminal_type(t, "\033[B");
		terminal_type(t, "c");
		terminal_settle(t);
		terminal_type(t, "\033");
		terminal_settle(t);
		EXPECT_EQ(0, t->outside);
	}
	terminal_resize(t, 80, 24);
	ASSERT_TRUE(terminal_see(t, 23, "q quit", SECONDS));
	terminal_type(t, "q");
	EXPECT_TRUE(wait_for_exit(t, 0));
	EXPECT_TRUE(is_restored(t, &self->before));
}

TEST_F(screen, keys_change_the_view)
{
	struct terminal *t = &self->terminal;

	start(t, NULL);
	ASSERT_TRUE(terminal_see(t, 2, "[by KIB]", SECONDS));
	ASSERT_TRUE(terminal_see(t, 6, "born", SECONDS));
	terminal_type(t, "\033OB");
	terminal_type(t, "c");
	ASSERT_TRUE(terminal_see(t, 2, "[CPUs of hold]", SECONDS));
	ASSERT_TRUE(terminal_see(t, 3, "CPU ONLINE LOADED PREVIOUS", SECONDS));
	ASSERT_TRUE(terminal_see(t, 5, "  1     no", SECONDS));
	terminal_type(t, "n");
	ASSERT_TRUE(terminal_see(t, 2, "[nodes of hold]", SECONDS));
	ASSERT_TRUE(terminal_see(t, 3, "NODE-0 NODE-1", SECONDS));
	ASSERT_TRUE(terminal_see(t, 5, "slabs_partial     60      0", SECONDS));
	terminal_type(t, "\033");
	ASSERT_TRUE(terminal_see(t, 2, "[by KIB]", SECONDS));
	terminal_type(t, "\r");
	ASSERT_TRUE(terminal_see(t, 2, "[CPUs of hold]", SECONDS));
	terminal_type(t, "q");
	EXPECT_TRUE(wait_for_exit(t, 0));
}

TEST_F(screen, keys_sort)
{
	struct terminal *t = &self->terminal;

	start(t, NULL);
	ASSERT_TRUE(terminal_see(t, 6, "born", SECONDS));
	terminal_type(t, "N");
	ASSERT_TRUE(terminal_see(t, 2, "[by NAME]", SECONDS));
	EXPECT_TRUE(terminal_see(t, 4, " born", SECONDS));
	EXPECT_TRUE(terminal_see(t, 7, " quo\"ted\\name", SECONDS));
	terminal_type(t, "r");
	ASSERT_TRUE(terminal_see(t, 2, "[by NAME, reversed]", SECONDS));
	EXPECT_TRUE(terminal_see(t, 4, " quo\"ted\\name", SECONDS));
	terminal_type(t, "r>");
	ASSERT_TRUE(terminal_see(t, 2, "[by LIVE]", SECONDS));
	EXPECT_TRUE(terminal_see(t, 4, " large-object", SECONDS));
	terminal_type(t, "<M");
	ASSERT_TRUE(terminal_see(t, 2, "[by MISS/S]", SECONDS));
}

TEST_F(screen, slub_beside_us)
{
	struct terminal *t = &self->terminal;

	if (access("/proc/slabinfo", R_OK))
		SKIP(return, "no /proc/slabinfo");
	start(t, NULL);
	ASSERT_TRUE(terminal_see(t, 2, "100 misses/s", SECONDS));
	terminal_type(t, "s");
	ASSERT_TRUE(terminal_see(t, 2, "[SLUB beside us]", SECONDS));
	EXPECT_TRUE(terminal_see(t, 3, "SIZE OF", SECONDS));
	EXPECT_TRUE(terminal_see(t, 4, "64 magslab", SECONDS));
	EXPECT_TRUE(terminal_see(t, 6, "64 SLUB", SECONDS));
	EXPECT_EQ(0, t->outside);
}

/* The cache that was looked at is not in the second sample. */
TEST_F(screen, cache_goes_away)
{
	struct terminal *t = &self->terminal;

	start(t, "--cpus=gone");
	ASSERT_TRUE(terminal_see(t, 23, "There is no cache 'gone'", SECONDS));
	EXPECT_TRUE(terminal_see(t, 2, "[by KIB]", SECONDS));
}

TEST_F(screen, ends_by_key)
{
	start(&self->terminal, NULL);
	ASSERT_TRUE(terminal_see(&self->terminal, 23, "q quit", SECONDS));
	EXPECT_TRUE(self->terminal.alternate);
	EXPECT_TRUE(self->terminal.cursor_hidden);
	terminal_type(&self->terminal, "q");
	EXPECT_TRUE(wait_for_exit(&self->terminal, 0));
	EXPECT_TRUE(is_restored(&self->terminal, &self->before));
}

TEST_F(screen, ends_by_interrupt_key)
{
	start(&self->terminal, NULL);
	ASSERT_TRUE(terminal_see(&self->terminal, 23, "q quit", SECONDS));
	terminal_type(&self->terminal, "\003");
	EXPECT_TRUE(wait_for_exit(&self->terminal, 0));
	EXPECT_TRUE(is_restored(&self->terminal, &self->before));
}

FIXTURE(ended)
{
	struct terminal terminal;
	struct termios before;
};

FIXTURE_VARIANT(ended)
{
	int signal;
};

/* clang-format takes the braces of variants for something else. */
/* clang-format off */

FIXTURE_VARIANT_ADD(ended, by_int) {
	.signal = SIGINT,
};

FIXTURE_VARIANT_ADD(ended, by_term) {
	.signal = SIGTERM,
};

FIXTURE_VARIANT_ADD(ended, by_hup) {
	.signal = SIGHUP,
};

/* clang-format on */

FIXTURE_SETUP(ended)
{
	ASSERT_EQ(0, terminal_open(&self->terminal, 80, 24));
	ASSERT_EQ(0, tcgetattr(self->terminal.slave, &self->before));
}

FIXTURE_TEARDOWN(ended)
{
	terminal_close(&self->terminal);
}

TEST_F(ended, signal)
{
	start(&self->terminal, NULL);
	ASSERT_TRUE(terminal_see(&self->terminal, 23, "q quit", SECONDS));
	kill(self->terminal.child, variant->signal);
	EXPECT_TRUE(wait_for_exit(&self->terminal, 0));
	EXPECT_TRUE(is_restored(&self->terminal, &self->before));
}

/* The message is for the terminal as it was, not for the one it drew on. */
TEST_F(screen, samples_stop)
{
	const char *const argv[] = {
		"magslab-top",	     "--from",	FIRST, "--from",
		"/tmp/no-such-file", "--delay", "1",   NULL
	};
	struct terminal *t = &self->terminal;

	terminal_run(t, argv);
	ASSERT_TRUE(terminal_see(t, 23, "q quit", SECONDS));
	EXPECT_TRUE(wait_for_exit(t, 2));
	EXPECT_TRUE(is_restored(t, &self->before));
	EXPECT_TRUE(terminal_said(t, "cannot read '/tmp/no-such-file'"));
}

TEST_F(screen, unknown_terminal)
{
	struct terminal *t = &self->terminal;

	setenv("TERMINAL_TYPE", "no-such-terminal", 1);
	start(t, NULL);
	unsetenv("TERMINAL_TYPE");
	EXPECT_TRUE(wait_for_exit(t, 1));
	EXPECT_TRUE(terminal_said(t, "TERM is 'no-such-terminal'"));
	EXPECT_TRUE(is_restored(t, &self->before));
}

/* With the module, if it tells what is shown. */
static void start_live(struct terminal *terminal)
{
	const char *const argv[] = { "magslab-top", "--delay", "0.2", NULL };

	terminal_run(terminal, argv);
}

static int shell(const char *format, ...)
{
	const char *modules = getenv("MAGSLAB_MODULES");
	char command[256];

	snprintf(command, sizeof(command), format,
		 modules ? modules : "/lib/magslab");
	return system(command);
}

/* A reader holds the module for a moment, so it may take some tries. */
static bool remove_module(void)
{
	double limit = seconds_now() + SECONDS;

	while (shell("rmmod magslab 2>/dev/null")) {
		if (seconds_now() > limit)
			return false;
		usleep(10000);
	}
	return true;
}

TEST_F(screen, module_is_removed)
{
	struct terminal *t = &self->terminal;

	if (access(STATS, R_OK))
		SKIP(return, "no " STATS);
	start_live(t);
	ASSERT_TRUE(terminal_see(t, 2, "misses/s", SECONDS));
	ASSERT_TRUE(remove_module());
	EXPECT_TRUE(wait_for_exit(t, 3));
	EXPECT_TRUE(is_restored(t, &self->before));
	EXPECT_TRUE(terminal_said(t, "is magslab loaded?"));
	EXPECT_EQ(0, shell("insmod %s/" MODULE));
}

TEST_F(screen, module_is_not_there)
{
	if (access("/sys/module/magslab", F_OK))
		SKIP(return, "magslab is not loaded");
	ASSERT_TRUE(remove_module());
	start_live(&self->terminal);
	EXPECT_TRUE(wait_for_exit(&self->terminal, 3));
	EXPECT_TRUE(terminal_said(&self->terminal, "is magslab loaded?"));
	EXPECT_EQ(0, shell("insmod %s/" MODULE));
}

TEST_F(screen, nobody_is_refused)
{
	const char *const argv[] = { "magslab-top", "--once", NULL };

	if (geteuid())
		SKIP(return, "needs root");
	self->terminal.user = NOBODY;
	terminal_run(&self->terminal, argv);
	EXPECT_TRUE(wait_for_exit(&self->terminal, 4));
	EXPECT_TRUE(terminal_said(&self->terminal, "try as root"));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only
/* The live view: a sample now and then, and the user's keys in between. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/*
 * All of these wait until wait_ms() lets them in: there they end the wait, and
 * none can come between a look at what it did and the wait. Unless somebody asked
 * for a hangup to be ignored, it is an end like any other.
 */
static void catch_signals(sigset_t *outside)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = stop }, before;
	sigset_t inside;
	size_t i;

	sigemptyset(&inside);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		sigaction(ends[i], NULL, &before);
		if (before.sa_handler == SIG_IGN)
			continue;
		sigaction(ends[i], &action, NULL);
		sigaddset(&inside, ends[i]);
	}
	sigaddset(&inside, SIGWINCH);
	sigprocmask(SIG_BLOCK, &inside, outside);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Signals that came are let in, of which ppoll() lets in none if there are keys. */
static void take_signals(const sigset_t *outside)
{
	sigset_t inside;

	sigprocmask(SIG_SETMASK, outside, &inside);
	sigprocmask(SIG_SETMASK, &inside, NULL);
}

/* Until a key, a signal, or so much time. Return: whether the terminal is there. */
static bool wait_ms(int64_t ms, const sigset_t *outside)
{
	struct pollfd keyboard = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec time = {};
	int nr;

	if (ms > 0)
		time = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
	nr = ppoll(&keyboard, 1, &time, outside);
	take_signals(outside);
	return nr <= 0 || !(keyboard.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void next_sample(struct live *live)
{
	struct sample before = live->sample;

	source_take(&live->sample, live->options, live->nr_samples++);
	rates_set(&live->sample, &before);
	sample_free(&before);
	live->stale = true;
}

/* The cache that is looked at may be gone meanwhile. */
static const struct cache *chosen_cache(struct live *live)
{
	const struct cache *cache = sample_find(&live->sample, live->name);

	if (cache)
		return cache;
	snprintf(live->note, sizeof(live->note), "There is no cache '%.40s'",
		 live->name);
	live->view = VIEW_CACHES;
	return NULL;
}

static void fill_sheet(struct live *live)
{
	const struct cache *cache = NULL;

	if (live->view == VIEW_CPUS || live->view == VIEW_NODES)
		cache = chosen_cache(live);
	switch (live->view) {
	case VIEW_CPUS:
		cpus_fill(&live->sheet, cache);
		break;
	case VIEW_NODES:
		nodes_fill(&live->sheet, cache);
		break;
	case VIEW_SLUB:
		slub_fill(&live->sheet, &live->sample);
		break;
	default:
		columns_fill(&live->sheet, &live->sample, &live->look);
	}
}

/* The cursor stays with its cache, wherever that is now. */
static void follow_cache(struct live *live)
{
	size_t row, last = live->sheet.nr_columns - 1;

	if (live->view != VIEW_CACHES || !live->name)
		return;
	for (row = 0; row < sheet_rows(&live->sheet); row++)
		if (!strcmp(sheet_cell(&live->sheet, row, last), live->name))
			live->cursor = row;
}

static void show(struct live *live)
{
	if (live->stale) {
		live->look.spark = screen_spark();
		live->look.utf8 = screen_is_utf8();
		sheet_free(&live->sheet);
		fill_sheet(live);
		follow_cache(live);
		live->stale = false;
	}
	screen_draw(live);
}

static void loop(struct live *live, const sigset_t *outside)
{
	int64_t due = now_ms() + live->options->delay_ms;

	while (!stopped && !live->over) {
		show(live);
		if (!wait_ms(due - now_ms(), outside))
			break;
		if (stopped)
			break;
		keys_take(live);
		if (now_ms() < due)
			continue;
		next_sample(live);
		due = now_ms() + live->options->delay_ms;
	}
}

static char *copy_of(const char *name)
{
	char *copy = name ? strdup(name) : NULL;

	if (name && !copy)
		quit(EXIT_FAILED, "out of memory");
	return copy;
}

/* What can fail at once fails before the screen is cleared. */
int live_show(const struct options *options)
{
	struct live live = {
		.options = options,
		.view = options->view,
		.look.sort = options->sort,
		.sheet.compact = true,
		.name = copy_of(options->name),
	};
	sigset_t outside;

	next_sample(&live);
	if (live.name)
		cache_need(&live.sample, live.name);
	if (live.view == VIEW_SLUB)
		free(source_slabinfo());
	catch_signals(&outside);
	screen_start();
	loop(&live, &outside);
	screen_end();
	sheet_free(&live.sheet);
	sample_free(&live.sample);
	free(live.name);
	return EXIT_OK;
}

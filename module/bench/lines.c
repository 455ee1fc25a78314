// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache lines, counted: where objects lie, and what a call touches.
 *
 * After all of a run's turns each lane gets another one, which is not timed. In it
 * a look-out stands in for the back-end: it makes the same calls, one object at a time,
 * and writes down the addresses. Of any back-end it sees those of the objects: in how many
 * cache lines and pages they begin, of so many calls. What else a call touches only the
 * back-end knows, and may tell.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "engine.h"

/* Different ones are counted among so many calls, and then anew. */
#define WINDOW 1000
#define WINDOWS_MIN 4

/* More than twice as large as it will ever be full. */
#define SET_BITS 11
#define SET_SIZE BIT(SET_BITS)

static_assert(SET_SIZE > 2 * WINDOW);

/**
 * struct view - what a CPU's calls had to do with
 * @lock: for the case that two workers come to one CPU, as after hotplug
 * @calls: of this window
 * @touched: cache lines that they touched
 * @nr_lines: different ones that objects begin in
 * @nr_pages: as @nr_lines, pages
 * @sum: of the windows that are whole
 * @lines: the cache lines, by number; 0 is none
 * @pages: the pages
 */
struct view {
	raw_spinlock_t lock;
	unsigned int calls;
	u64 touched;
	u64 nr_lines;
	u64 nr_pages;
	struct bench_lines sum;
	unsigned long lines[SET_SIZE];
	unsigned long pages[SET_SIZE];
};

/**
 * struct lookout - stands in for a back-end's context
 * @backend: the back-end
 * @ctx: its context
 * @views: by CPU; NULL where no worker is
 */
struct lookout {
	const struct magslab_bench_backend *backend;
	void *ctx;
	struct view *views[];
};

/*
 * === What was touched ===
 */

static bool is_known(const struct magslab_bench_lines *lines,
		     unsigned long line)
{
	size_t nr = min_t(size_t, lines->nr, MAGSLAB_BENCH_LINES_MAX);
	size_t i;

	for (i = 0; i < nr; i++)
		if (lines->line[i] == line)
			return true;
	return false;
}

void magslab_bench_touch(struct magslab_bench_lines *lines, const void *address,
			 size_t bytes)
{
	unsigned long line = (unsigned long)address / SMP_CACHE_BYTES;
	unsigned long end = (unsigned long)address + bytes;

	if (!bytes)
		return;
	for (; line * SMP_CACHE_BYTES < end; line++) {
		if (is_known(lines, line))
			continue;
		if (lines->nr < MAGSLAB_BENCH_LINES_MAX)
			lines->line[lines->nr] = line;
		lines->nr++;
	}
}
EXPORT_SYMBOL_GPL(magslab_bench_touch);

/* Return: whether it was not in there yet. */
static bool set_add(unsigned long *set, unsigned long member)
{
	size_t i = hash_long(member, SET_BITS);

	while (set[i] && set[i] != member)
		i = (i + 1) % SET_SIZE;
	if (set[i])
		return false;
	set[i] = member;
	return true;
}

static void end_window(struct view *view)
{
	view->sum.calls += view->calls;
	view->sum.touched += view->touched;
	view->sum.lines += view->nr_lines;
	view->sum.pages += view->nr_pages;

	view->calls = 0;
	view->touched = 0;
	view->nr_lines = 0;
	view->nr_pages = 0;
	memset(view->lines, 0, sizeof(view->lines));
	memset(view->pages, 0, sizeof(view->pages));
}

static void see(struct view *view, unsigned long object, size_t touched)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&view->lock, flags);
	view->touched += touched;
	view->nr_lines += set_add(view->lines, object / SMP_CACHE_BYTES);
	view->nr_pages += set_add(view->pages, object / PAGE_SIZE);
	if (++view->calls == WINDOW)
		end_window(view);
	raw_spin_unlock_irqrestore(&view->lock, flags);
}

/* After a call. Nobody looks into the object, which may be free. */
static void note(struct lookout *lookout, gfp_t gfp, const void *object,
		 bool freed)
{
	struct view *view = lookout->views[raw_smp_processor_id()];
	struct magslab_bench_lines lines = {};

	if (!view)
		return;
	if (lookout->backend->touches)
		lookout->backend->touches(lookout->ctx, gfp, object, freed,
					  &lines);
	see(view, (unsigned long)object, lines.nr);
}

/*
 * === The look-out's calls ===
 */

static size_t lookout_alloc(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	struct lookout *lookout = ctx;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!lookout->backend->alloc(lookout->ctx, gfp, &objects[i], 1))
			break;
		note(lookout, gfp, objects[i], false);
	}
	return i;
}

static void lookout_free(void *ctx, void **objects, size_t nr)
{
	struct lookout *lookout = ctx;
	size_t i;

	for (i = 0; i < nr; i++) {
		lookout->backend->free(lookout->ctx, &objects[i], 1);
		note(lookout, 0, objects[i], true);
	}
}

static size_t lookout_pair(void *ctx, gfp_t gfp, size_t nr)
{
	void *object;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!lookout_alloc(ctx, gfp, &object, 1))
			break;
		lookout_free(ctx, &object, 1);
	}
	return i;
}

static size_t lookout_alloc_bulk(void *ctx, gfp_t gfp, void **objects,
				 size_t nr)
{
	struct lookout *lookout = ctx;
	size_t i, done;

	done = lookout->backend->alloc_bulk(lookout->ctx, gfp, objects, nr);
	for (i = 0; i < done; i++)
		note(lookout, gfp, objects[i], false);
	return done;
}

static void lookout_free_bulk(void *ctx, void **objects, size_t nr)
{
	struct lookout *lookout = ctx;
	size_t i;

	lookout->backend->free_bulk(lookout->ctx, objects, nr);
	for (i = 0; i < nr; i++)
		note(lookout, 0, objects[i], true);
}

static struct magslab_bench_backend
stand_in(const struct magslab_bench_backend *backend)
{
	return (struct magslab_bench_backend){
		.name = backend->name,
		.flags = backend->flags,
		.pair = lookout_pair,
		.alloc = lookout_alloc,
		.free = lookout_free,
		.alloc_bulk = backend->alloc_bulk ? lookout_alloc_bulk : NULL,
		.free_bulk = backend->free_bulk ? lookout_free_bulk : NULL,
	};
}

/*
 * === One more turn ===
 */

static void lookout_free_all(struct lookout *lookout)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		kvfree(lookout->views[cpu]);
	kvfree(lookout);
}

static struct lookout *lookout_new(const struct bench_run *run,
				   const struct bench_lane *lane)
{
	struct lookout *lookout;
	unsigned int i;

	lookout = kvzalloc(struct_size(lookout, views, nr_cpu_ids),
			   GFP_KERNEL_ACCOUNT);
	if (!lookout)
		return NULL;
	lookout->backend = lane->backend;
	lookout->ctx = lane->ctx;
	for (i = 0; i < run->cpus; i++) {
		struct view *view = kvzalloc(sizeof(*view), GFP_KERNEL_ACCOUNT);

		lookout->views[run->workers[i].cpu] = view;
		if (!view) {
			lookout_free_all(lookout);
			return NULL;
		}
		raw_spin_lock_init(&view->lock);
	}
	return lookout;
}

static void sum_up(const struct lookout *lookout, struct bench_lines *sum)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const struct view *view = lookout->views[cpu];

		if (!view)
			continue;
		sum->calls += view->sum.calls;
		sum->touched += view->sum.touched;
		sum->lines += view->sum.lines;
		sum->pages += view->sum.pages;
	}
}

/**
 * bench_lines_blocks - blocks of a turn that counts cache lines
 * @run: the run
 *
 * Return: as many as fill some windows.
 */
u32 bench_lines_blocks(const struct bench_run *run)
{
	u32 blocks = DIV_ROUND_UP(WINDOWS_MIN * WINDOW, run->block_ops);

	if (run->workload->slices)
		blocks = roundup(blocks, run->workload->slices(run));
	return blocks;
}

/**
 * bench_lines_turn - do a turn with a look-out in the back-end's place
 * @run: the run
 * @lane: a lane that is open
 * @turn: does the turn
 *
 * Context: The run's conductor. May sleep.
 * Return: 0 or -ENOMEM.
 */
int bench_lines_turn(struct bench_run *run, struct bench_lane *lane,
		     void (*turn)(struct bench_run *run,
				  struct bench_lane *lane))
{
	struct bench_footprint footprint = lane->footprint;
	struct lookout *lookout = lookout_new(run, lane);
	struct magslab_bench_backend *backend = lane->backend;
	struct magslab_bench_backend shadow = stand_in(backend);

	if (!lookout)
		return -ENOMEM;
	lane->backend = &shadow;
	lane->ctx = lookout;
	turn(run, lane);
	lane->backend = backend;
	lane->ctx = lookout->ctx;
	/* Some workloads look at memory in each turn. */
	lane->footprint = footprint;

	sum_up(lookout, &lane->lines);
	lookout_free_all(lookout);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "engine.h"
#include "timeline.h"

/*
 * === Counting what is live ===
 */

/* Others read it. What one has allocated another may free: only the sum is a number. */
static void count(struct bench_worker *worker, s64 nr)
{
	WRITE_ONCE(worker->live, worker->live + nr);
}

static const struct magslab_bench_backend *
behind(const struct bench_worker *worker)
{
	return worker->run->timeline->backend;
}

static size_t counting_alloc(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	struct bench_worker *worker = bench_this_worker();
	size_t done = behind(worker)->alloc(ctx, gfp, objects, nr);

	count(worker, done);
	return done;
}

static void counting_free(void *ctx, void **objects, size_t nr)
{
	struct bench_worker *worker = bench_this_worker();

	behind(worker)->free(ctx, objects, nr);
	count(worker, -(s64)nr);
}

static size_t counting_alloc_bulk(void *ctx, gfp_t gfp, void **objects,
				  size_t nr)
{
	struct bench_worker *worker = bench_this_worker();
	size_t done = behind(worker)->alloc_bulk(ctx, gfp, objects, nr);

	count(worker, done);
	return done;
}

static void counting_free_bulk(void *ctx, void **objects, size_t nr)
{
	struct bench_worker *worker = bench_this_worker();

	behind(worker)->free_bulk(ctx, objects, nr);
	count(worker, -(s64)nr);
}

static u64 live(const struct bench_run *run)
{
	s64 sum = 0;
	unsigned int i;

	for (i = 0; i < run->cpus; i++)
		sum += READ_ONCE(run->workers[i].live);
	return max_t(s64, sum, 0);
}

/*
 * === Looking ===
 */

static struct timeline_lane *timeline_of(struct bench_run *run)
{
	return &run->timeline->lanes[run->lane - run->lanes];
}

static void add_moment(struct bench_run *run, u32 phase)
{
	struct timeline_lane *timeline = timeline_of(run);
	u64 objects = live(run);

	if (timeline->nr == ARRAY_SIZE(timeline->moments))
		return;
	timeline->moments[timeline->nr++] = (struct magslab_moment){
		.ns = ktime_get_ns() - run->timeline->began,
		.live = objects * run->object_size,
		.held = bench_footprint_held(run, objects),
		.phase = phase,
	};
}

/* Every other one is enough, and from now on half as many. */
static void thin_out(struct bench_timeline *timeline,
		     struct timeline_lane *lane)
{
	unsigned int i;

	for (i = 0; 2 * i < lane->nr; i++)
		lane->moments[i] = lane->moments[2 * i];
	lane->nr = i;
	timeline->step_ms *= 2;
}

/**
 * bench_timeline_step - how long to wait until the next look
 * @run: the run
 *
 * Context: The run's conductor.
 * Return: jiffies; without end if nobody looks.
 */
unsigned long bench_timeline_step(const struct bench_run *run)
{
	if (!run->timeline || !run->last_turn)
		return MAX_SCHEDULE_TIMEOUT;
	return msecs_to_jiffies(run->timeline->step_ms);
}

/**
 * bench_timeline_look - look at what is live and what is held
 * @run: the run
 *
 * Context: The run's conductor, while the workers work.
 */
void bench_timeline_look(struct bench_run *run)
{
	if (!run->timeline || !run->last_turn)
		return;
	if (timeline_of(run)->nr == TIMELINE_MOMENTS)
		thin_out(run->timeline, timeline_of(run));
	add_moment(run, MAGSLAB_PHASE_RUN);
}

/**
 * bench_timeline_begin - count what is live in a lane's turn
 * @run: the run; unless it looks at memory, nothing is done
 * @lane: the lane
 *
 * Context: The run's conductor, while the workers are idle.
 */
void bench_timeline_begin(struct bench_run *run, struct bench_lane *lane)
{
	struct bench_timeline *timeline = run->timeline;
	struct magslab_bench_backend *counting;
	unsigned int i;

	if (!timeline)
		return;
	for (i = 0; i < run->cpus; i++)
		run->workers[i].live = 0;
	timeline->lanes[lane - run->lanes].valid = lane->footprint.valid;
	timeline->lanes[lane - run->lanes].approximate =
		lane->footprint.approximate;
	timeline->step_ms = TIMELINE_STEP_MS;
	timeline->began = ktime_get_ns();
	timeline->backend = lane->backend;
	counting = &timeline->counting;
	*counting = *lane->backend;
	counting->alloc = counting_alloc;
	counting->free = counting_free;
	if (counting->alloc_bulk) {
		counting->alloc_bulk = counting_alloc_bulk;
		counting->free_bulk = counting_free_bulk;
	}
	lane->backend = counting;
}

void bench_timeline_end(struct bench_run *run, struct bench_lane *lane)
{
	if (run->timeline)
		lane->backend = run->timeline->backend;
}

/* Returns false if the run should end. */
static bool wait_until(struct bench_run *run, u64 ns)
{
	unsigned long step;
	s64 left;

	while ((left = ns - (ktime_get_ns() - run->timeline->began)) > 0) {
		if (ktime_after(ktime_get(), run->deadline))
			bench_stop(run, -ETIME);
		step = min(nsecs_to_jiffies(left) + 1, HZ / 10UL);
		schedule_timeout_interruptible(step);
		if (signal_pending(current))
			bench_stop(run, -EINTR);
		if (run->stop)
			return false;
	}
	return true;
}

/**
 * bench_timeline_drain - look at what stays held when all is freed
 * @run: the run
 * @lane: the lane whose last turn is over
 *
 * First for as long as it takes a reaper to notice, then once more after it was told
 * to give back.
 *
 * Context: The run's conductor, while the workers are idle. Sleeps for seconds.
 */
void bench_timeline_drain(struct bench_run *run, struct bench_lane *lane)
{
	static const unsigned int after_ms[] = { 0,    100,  200,  500,
						 1000, 2000, 5000, 10000 };
	unsigned int i;
	u64 end;

	if (!run->timeline || !run->last_turn || run->stop)
		return;
	end = ktime_get_ns() - run->timeline->began;
	for (i = 0; i < ARRAY_SIZE(after_ms); i++) {
		if (!wait_until(run, end + after_ms[i] * NSEC_PER_MSEC))
			return;
		add_moment(run, MAGSLAB_PHASE_FREED);
	}
	if (lane->backend->give_back) {
		lane->backend->give_back(lane->ctx);
		add_moment(run, MAGSLAB_PHASE_RETURNED);
	}
}

/*
 * === Coming and going ===
 */

/**
 * bench_timeline_open - have memory looked at, if that is asked for
 * @run: a run with all its lanes
 * @flags: of the request
 *
 * Context: Task. May sleep. bench_timeline_free() is due in any case.
 * Return: 0 or -ENOMEM.
 */
int bench_timeline_open(struct bench_run *run, u32 flags)
{
	struct bench_timeline *timeline;
	unsigned int i;

	if (!(flags & MAGSLAB_RUN_FLAG_TIMELINE))
		return 0;
	timeline = kzalloc(sizeof(*timeline), GFP_KERNEL_ACCOUNT);
	if (!timeline)
		return -ENOMEM;
	run->timeline = timeline;
	/* What a scope holds cannot be asked for while it may end. */
	for (i = 0; i < run->nr_lanes; i++)
		if (run->lanes[i].backend->flags & MAGSLAB_BENCH_SCOPED)
			run->lanes[i].error = -EOPNOTSUPP;
	timeline->nr_lanes = run->nr_lanes;
	timeline->lanes = kvcalloc(run->nr_lanes, sizeof(*timeline->lanes),
				   GFP_KERNEL_ACCOUNT);
	return timeline->lanes ? 0 : -ENOMEM;
}

void bench_timeline_free(struct bench_timeline *timeline)
{
	if (!timeline)
		return;
	kvfree(timeline->lanes);
	kfree(timeline);
}

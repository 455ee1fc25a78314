// SPDX-License-Identifier: GPL-2.0-only
/* The conductor: goes through turns and lanes, and ends a run before its time. */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "engine.h"
#include "latency.h"
#include "timeline.h"

/**
 * bench_stop - end a run early
 * @run: the run
 * @error: why; the first reason given counts
 *
 * Context: The run's conductor or a worker.
 */
void bench_stop(struct bench_run *run, int error)
{
	cmpxchg(&run->error, 0, error);
	WRITE_ONCE(run->stop, true);
	wake_up_all(&run->meeting);
}

/**
 * bench_lane_stop - end the current lane's turn early, and have no more of them
 * @run: the run
 * @error: why
 *
 * The run goes on with the other lanes.
 *
 * Context: A worker.
 */
void bench_lane_stop(struct bench_run *run, int error)
{
	WRITE_ONCE(run->lane->error, error);
	WRITE_ONCE(run->stop, true);
	wake_up_all(&run->meeting);
}

/* Returns jiffies until the deadline, 0 if it has passed. */
static unsigned long time_left(const struct bench_run *run)
{
	s64 ns = ktime_to_ns(ktime_sub(run->deadline, ktime_get()));

	return ns > 0 ? nsecs_to_jiffies(ns) + 1 : 0;
}

/* Workers look at the stop often, so the second wait is short. */
static void wait_for_crew(struct bench_run *run)
{
	unsigned long step;
	long ret;

	do {
		bench_timeline_look(run);
		step = min(time_left(run), bench_timeline_step(run));
		ret = wait_for_completion_interruptible_timeout(&run->done,
								step);
	} while (!ret && time_left(run));
	if (ret > 0)
		return;
	bench_stop(run, ret ? -EINTR : -ETIME);
	wait_for_completion(&run->done);
}

static int open_lane(struct bench_run *run, struct bench_lane *lane)
{
	struct magslab_bench_params params = {
		.size = run->object_size,
		.count = bench_room(run) * run->cpus,
		.cpus = run->cpus,
		.gfp = run->gfp,
		.packed = run->packed,
	};

	if (run->workload->open)
		return run->workload->open(run, lane);
	lane->ctx = lane->backend->create(&params);
	return PTR_ERR_OR_ZERO(lane->ctx);
}

static void close_lane(struct bench_run *run, struct bench_lane *lane)
{
	if (run->workload->close)
		run->workload->close(run, lane);
	else
		lane->backend->destroy(lane->ctx);
}

static void work(struct bench_run *run, struct bench_lane *lane)
{
	struct bench_before before;

	run->lane = lane;
	before = bench_locks_turn_begin(run);
	bench_crew_start(run);
	wait_for_crew(run);
	bench_locks_turn_end(run, &before);
}

/* If it was the lane that had to stop, and not the run. */
static void go_on(struct bench_run *run, struct bench_lane *lane)
{
	if (lane->error && !run->error)
		WRITE_ONCE(run->stop, false);
}

static void do_turn(struct bench_run *run, struct bench_lane *lane)
{
	int ret;

	if (lane->error)
		return;
	bench_footprint_begin(run, lane);
	ret = open_lane(run, lane);
	if (ret) {
		bench_stop(run, ret);
		return;
	}
	bench_latency_begin(run, lane);
	bench_timeline_begin(run, lane);
	work(run, lane);
	bench_timeline_end(run, lane);
	bench_latency_end(run, lane);
	bench_timeline_drain(run, lane);
	close_lane(run, lane);
	go_on(run, lane);
}

/* A floor has no objects. */
static void count_lines(struct bench_run *run, struct bench_lane *lane)
{
	int ret;

	if (lane->error || lane->backend->flags & MAGSLAB_BENCH_FLOOR)
		return;
	ret = open_lane(run, lane);
	if (ret) {
		bench_stop(run, ret);
		return;
	}
	ret = bench_lines_turn(run, lane, work);
	if (ret)
		bench_stop(run, ret);
	close_lane(run, lane);
	go_on(run, lane);
}

static void check_early_end(struct bench_run *run)
{
	if (signal_pending(current))
		bench_stop(run, -EINTR);
	else if (!time_left(run))
		bench_stop(run, -ETIME);
}

static void do_turns(struct bench_run *run)
{
	unsigned int i;
	u32 turn;

	for (turn = 0; turn < run->turns; turn++) {
		run->last_turn = turn + 1 == run->turns;
		for (i = 0; i < run->nr_lanes; i++) {
			check_early_end(run);
			if (run->stop)
				return;
			/* A B C, then C B A: drift hits all of them alike. */
			do_turn(run,
				&run->lanes[turn % 2 ? run->nr_lanes - 1 - i :
						       i]);
		}
	}
}

/* What is timed is all there by now. */
static void count_lines_of_all(struct bench_run *run)
{
	unsigned int i;

	run->counts_lines = true;
	run->last_turn = false;
	run->turn_blocks = bench_lines_blocks(run);
	for (i = 0; i < run->nr_lanes; i++) {
		check_early_end(run);
		if (run->stop)
			return;
		count_lines(run, &run->lanes[i]);
	}
}

/**
 * bench_run - do a run
 * @run: the run
 *
 * Context: Task. Sleeps for as long as the run takes.
 * Return: 0; -ETIME if it was cut short by its time limit, with results of
 * what was done; -EINTR if it was by a signal; -ENOMEM; or what a back-end
 * returned instead of a context; or why its surroundings cannot be had.
 */
int bench_run(struct bench_run *run)
{
	int ret;

	init_completion(&run->done);
	init_waitqueue_head(&run->meeting);
	ret = bench_crew_hire(run);
	if (ret)
		return ret;
	ret = bench_surroundings_begin(run);
	if (!ret) {
		do_turns(run);
		if (run->lines && !run->stop)
			count_lines_of_all(run);
		ret = run->error;
	}
	bench_surroundings_end(run);
	return ret;
}

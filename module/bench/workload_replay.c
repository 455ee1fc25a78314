// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a trace says, with objects of all its sizes. A block is the steps of one round
 * that are one CPU's; an operation is one of them. They are called for one by one, so
 * each pays for a call through a pointer and for finding its object; the floors show
 * how much that is.
 *
 * Objects that are live at the end are freed then, in no figure.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "replay.h"
#include "trace.h"

/* Longer waits are slept through, in pieces short enough to be ended in between. */
#define SPIN_NS (50 * NSEC_PER_USEC)
#define MOST_SLEEP_NS (10 * NSEC_PER_MSEC)

static size_t replay_ops(const struct bench_run *run, size_t wish)
{
	const struct bench_trace *trace = run->replay->trace;
	size_t least = DIV_ROUND_UP((u64)trace->nr_steps * run->cpus,
				    BENCH_MAX_BLOCKS);

	return clamp_t(size_t, wish, least, trace->nr_steps);
}

static size_t replay_rounds(const struct bench_run *run)
{
	return DIV_ROUND_UP(run->replay->trace->nr_steps, run->block_ops);
}

static int open_class(struct bench_run *run, struct bench_lane *lane, u32 nr)
{
	struct bench_replay *replay = run->replay;
	const struct trace_class *class = &replay->trace->classes[nr];
	struct magslab_bench_params params = {
		.size = class->bytes,
		.count = class->peak,
		.cpus = run->cpus,
		.gfp = run->gfp,
		.packed = run->packed,
	};
	void *context = lane->backend->create(&params);

	if (IS_ERR(context))
		return PTR_ERR(context);
	replay->contexts[nr] = context;
	return 0;
}

static void close_classes(struct bench_run *run, struct bench_lane *lane,
			  u32 nr)
{
	while (nr--)
		lane->backend->destroy(run->replay->contexts[nr]);
}

static void replay_close(struct bench_run *run, struct bench_lane *lane)
{
	close_classes(run, lane, run->replay->trace->nr_classes);
}

static int replay_open(struct bench_run *run, struct bench_lane *lane)
{
	const struct bench_trace *trace = run->replay->trace;
	u32 i;
	int ret;

	memset(run->replay->live, 0,
	       (size_t)trace->nr_classes * run->cpus * sizeof(s64));
	for (i = 0; i < trace->nr_classes; i++) {
		ret = open_class(run, lane, i);
		if (ret) {
			close_classes(run, lane, i);
			return ret;
		}
		cond_resched();
	}
	return 0;
}

static s64 *live_of(struct bench_worker *worker, u16 class)
{
	const struct bench_replay *replay = worker->run->replay;

	return &replay->live[worker->index * replay->trace->nr_classes + class];
}

static int do_alloc(struct bench_worker *worker, const struct replay_step *step)
{
	struct bench_run *run = worker->run;
	struct bench_replay *replay = run->replay;
	/* A back-end that allocates nothing leaves it as it is. */
	void *object = worker;

	if (!bench_alloc_from(run, replay->contexts[step->size_class], &object))
		return -ENOMEM;
	++*live_of(worker, step->size_class);
	/* Pairs with the acquires in take() and await_object(). */
	smp_store_release(&replay->slots[step->object], object);
	return 0;
}

/* Another worker has yet to allocate it, which is in no figure. */
static void *await_object(struct bench_worker *worker, void **slot)
{
	void *object;

	bench_span_stop(&worker->span, worker->cpu);
	/* Pairs with the release in do_alloc(). */
	while (!(object = smp_load_acquire(slot)) && !bench_poll(worker))
		cpu_relax();
	bench_span_start(&worker->span);
	return object;
}

/* Returns NULL when the run should end. */
static void *take(struct bench_worker *worker, void **slot)
{
	/* Pairs with the release in do_alloc(). */
	void *object = smp_load_acquire(slot);

	if (unlikely(!object))
		object = await_object(worker, slot);
	return object;
}

static int do_free(struct bench_worker *worker, const struct replay_step *step)
{
	struct bench_replay *replay = worker->run->replay;
	void **slot = &replay->slots[step->object];
	void *object = take(worker, slot);

	if (!object)
		return -EINTR;
	*slot = NULL;
	--*live_of(worker, step->size_class);
	bench_free_to(worker->run, replay->contexts[step->size_class], &object,
		      1);
	return 0;
}

static u64 due(const struct bench_replay *replay, u64 ns)
{
	return replay->began +
	       mul_u64_u32_div(ns, MAGSLAB_SPEED_AS_RECORDED, replay->speed);
}

static void pause(u64 ns)
{
	u64 us = div_u64(min_t(u64, ns, MOST_SLEEP_NS), NSEC_PER_USEC);

	if (ns > SPIN_NS)
		usleep_range(us, us + us / 16);
	else
		cpu_relax();
}

/* A step that comes before its time waits for it, which is in no figure. */
static int await_time(struct bench_worker *worker, u64 ns)
{
	u64 then = due(worker->run->replay, ns);
	u64 now = ktime_get_ns();
	bool stop = false;

	if (now >= then)
		return 0;
	bench_span_stop(&worker->span, worker->cpu);
	while ((now = ktime_get_ns()) < then && !stop) {
		pause(then - now);
		stop = bench_poll(worker);
	}
	bench_span_start(&worker->span);
	return stop ? -EINTR : 0;
}

static int do_step(struct bench_worker *worker, const struct replay_step *step)
{
	int ret;

	if (worker->run->replay->speed) {
		ret = await_time(worker, step->ns);
		if (ret)
			return ret;
	}
	return step->is_free ? do_free(worker, step) : do_alloc(worker, step);
}

static int do_steps(struct bench_worker *worker, const struct replay_step *step,
		    size_t left)
{
	int ret;

	while (left) {
		size_t part = min(left, worker->run->chunk);
		const struct replay_step *end = step + part;

		while (step < end) {
			ret = do_step(worker, step++);
			if (ret)
				return ret;
		}
		if (bench_breathe(worker, part))
			return -EINTR;
		left -= part;
	}
	return 0;
}

static int do_round(struct bench_worker *worker, size_t round)
{
	const struct bench_run *run = worker->run;
	const u32 *start =
		&run->replay->starts[round * run->cpus + worker->index];
	size_t nr = start[1] - start[0];
	int ret;

	if (!nr)
		return 0;
	bench_block_start(worker);
	ret = do_steps(worker, run->replay->steps + start[0], nr);
	if (ret)
		return ret;
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, nr);
	return 0;
}

static u64 live_in_all(const struct bench_run *run, u32 class)
{
	const struct bench_replay *replay = run->replay;
	s64 sum = 0;
	unsigned int i;

	for (i = 0; i < run->cpus; i++)
		sum += replay->live[i * replay->trace->nr_classes + class];
	return sum;
}

static void add_class(const struct bench_run *run, u32 class,
		      struct magslab_point *point)
{
	const struct bench_replay *replay = run->replay;
	const struct magslab_bench_backend *backend = run->lane->backend;
	u64 live = live_in_all(run, class);

	point->objects += live;
	point->bytes += live * replay->trace->classes[class].bytes;
	if (backend->held)
		point->held += backend->held(replay->contexts[class], live);
}

static struct magslab_point look(const struct bench_run *run)
{
	struct magslab_point point = {};
	u32 i;

	for (i = 0; i < run->replay->trace->nr_classes; i++)
		add_class(run, i, &point);
	return point;
}

static void note_point(struct bench_run *run, size_t round)
{
	struct bench_replay *replay = run->replay;
	struct bench_footprint *footprint = &run->lane->footprint;
	size_t lane = run->lane - run->lanes;
	struct magslab_point point = look(run);

	point.steps = min_t(u64, (round + 1) * run->block_ops,
			    replay->trace->nr_steps);
	replay->points[lane * replay->rounds + round] = point;
	if (point.bytes > footprint->live_peak)
		footprint->live_peak = point.bytes;
	if (point.held > footprint->held_peak)
		footprint->held_peak = point.held;
}

/* All have done their part of it; the first worker looks. */
static int end_round(struct bench_worker *worker, size_t round)
{
	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index)
		note_point(worker->run, round);
	return bench_meet(worker) ? 0 : -EINTR;
}

/* What is live, if anything, by one worker while the others do nothing. */
static void free_rest(struct bench_run *run)
{
	struct bench_replay *replay = run->replay;
	u32 i;

	for (i = 0; i < replay->trace->nr_objects; i++) {
		u16 class = replay->trace->class_of[i];

		if (!(i % run->chunk))
			cond_resched();
		if (!replay->slots[i])
			continue;
		bench_free_to(run, replay->contexts[class], &replay->slots[i],
			      1);
		replay->slots[i] = NULL;
		replay->live[class]--;
	}
}

static struct bench_shared shared_of_all(const struct bench_run *run)
{
	const struct bench_replay *replay = run->replay;
	struct bench_shared sum = {};
	u32 i;

	for (i = 0; i < replay->trace->nr_classes; i++)
		bench_shared_add(&sum, run->lane->backend, replay->contexts[i]);
	return sum;
}

static void give_back(struct bench_run *run)
{
	const struct bench_replay *replay = run->replay;
	u32 i;

	if (!run->lane->backend->give_back)
		return;
	for (i = 0; i < replay->trace->nr_classes; i++)
		run->lane->backend->give_back(replay->contexts[i]);
}

static void begin(struct bench_run *run)
{
	run->replay->began = ktime_get_ns();
	run->shared = shared_of_all(run);
}

/* The first worker's, at the end. Only who tells what is held is asked. */
static void end(struct bench_run *run)
{
	struct bench_lane *lane = run->lane;

	bench_shared_since(lane, run->shared, shared_of_all(run),
			   run->replay->trace->nr_steps);
	free_rest(run);
	lane->footprint.valid = lane->backend->held;
	lane->footprint.approximate = false;
	lane->footprint.held_after = look(run).held;
	give_back(run);
	lane->footprint.held_returned = look(run).held;
}

static int replay_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t round;
	int ret = 0;

	if (!worker->index)
		begin(run);
	if (!bench_meet(worker))
		return -EINTR;
	for (round = 0; !ret && round < run->replay->rounds; round++) {
		ret = do_round(worker, round);
		if (!ret)
			ret = end_round(worker, round);
	}
	if (!ret && !worker->index)
		end(run);
	return ret;
}

const struct bench_workload bench_replay = {
	.name = "replay",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_TRACE | MAGSLAB_WORKLOAD_WHOLE |
		 MAGSLAB_WORKLOAD_OWN,
	.default_count = 1,
	.max_count = 1,
	.default_blocks = 1,
	.default_ops = 1000,
	.own_footprint = true,
	.block_ops = replay_ops,
	.slices = replay_rounds,
	.memory = bench_replay_memory,
	.prepare = bench_replay_prepare,
	.open = replay_open,
	.close = replay_close,
	.turn = replay_turn,
	.end = free_rest,
};

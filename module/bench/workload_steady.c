// SPDX-License-Identifier: GPL-2.0-only
/*
 * A set of objects that stays as large as it is, while objects come and go: a cache
 * of inodes, sockets of a server. Of the set, 1 to 256 at a time are freed and as many
 * allocated in their place. Which ones is random, and how many is drawn by lot, each
 * power of two as likely as the others, so that every layer has its share of work.
 *
 * When each object was replaced once, a share of them goes to the next CPU:
 *
 *  steady	none
 *  mstress	a tenth
 *  rptest	a half
 *  larson	all: threads of a server that end, and leave their clients to others
 *
 * An operation is one object replaced. Locks are counted.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "engine.h"

#define STEADY_LENGTHS 9

static size_t tenth(const struct bench_run *run)
{
	return DIV_ROUND_UP(run->count, 10);
}

static size_t half(const struct bench_run *run)
{
	return DIV_ROUND_UP(run->count, 2);
}

static size_t all(const struct bench_run *run)
{
	return run->count;
}

/* Take objects out of the middle of the array: the last ones move there. */
static void close_gap(struct bench_worker *worker, size_t from, size_t nr)
{
	worker->tail -= nr;
	if (from < worker->tail)
		memmove(worker->objects + from, worker->objects + from + nr,
			(worker->tail - from) * sizeof(void *));
}

static int replace(struct bench_worker *worker, size_t from, size_t nr)
{
	size_t done = bench_replace(worker, worker->objects + from, nr);

	if (done == nr)
		return 0;
	close_gap(worker, from + done, nr - done);
	return -ENOMEM;
}

static size_t draw_length(struct bench_worker *worker)
{
	return BIT(prandom_u32_state(&worker->random) % STEADY_LENGTHS);
}

static int block(struct bench_worker *worker, size_t from)
{
	struct bench_run *run = worker->run;
	size_t left = run->block_ops;
	int ret;

	bench_block_start(worker);
	while (left) {
		size_t nr = min3(left, draw_length(worker), run->chunk);

		ret = replace(worker, from, nr);
		if (ret)
			return ret;
		if (bench_breathe(worker, nr))
			return -EINTR;
		from += nr;
		left -= nr;
	}
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, run->block_ops);
	return 0;
}

/* Each object once; those after the last whole block stay for another time. */
static int pass(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t k;
	int ret;

	ret = bench_shuffle(worker);
	for (k = 0; !ret && k < bench_stretch_blocks(run); k++)
		ret = block(worker, k * run->block_ops);
	return ret;
}

static int passes(struct bench_worker *worker, size_t nr)
{
	const struct bench_run *run = worker->run;
	int ret = 0;

	while (!ret && nr--) {
		ret = pass(worker);
		if (!ret && run->workload->parcel)
			ret = bench_parcel_pass_on(worker,
						   run->workload->parcel(run));
	}
	return ret;
}

/* The first pass is the warm-up. */
static int steady_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t blocks = bench_stretch_blocks(run);
	size_t nr = DIV_ROUND_UP(run->turn_blocks, blocks);
	int ret;

	worker->warm_up = blocks;
	ret = bench_fill(worker, run->count);
	if (ret)
		return ret;
	ret = passes(worker, 1);
	if (ret)
		return ret;
	ret = bench_locks_begin(worker);
	if (ret)
		return ret;
	ret = passes(worker, nr);
	if (ret)
		return ret;
	ret = bench_locks_end(worker, 2 * nr * blocks * run->block_ops);
	bench_drain(worker, worker->tail - worker->head);
	return ret;
}

#define STEADY(_name, _share)                                         \
	{                                                             \
		.name = _name, .row_suffix = { "" }, .nr_rows = 1,    \
		.flags = MAGSLAB_WORKLOAD_COUNT, .tacit_count = true, \
		.default_count = 16384, .max_count = BENCH_MAX_COUNT, \
		.default_blocks = 256, .default_ops = 1024,           \
		.block_ops = bench_stretch_ops, .parcel = _share,     \
		.turn = steady_turn, .end = bench_parcel_end,         \
	}

const struct bench_workload bench_steady = STEADY("steady", NULL);
const struct bench_workload bench_mstress = STEADY("mstress", tenth);
const struct bench_workload bench_rptest = STEADY("rptest", half);
const struct bench_workload bench_larson = STEADY("larson", all);

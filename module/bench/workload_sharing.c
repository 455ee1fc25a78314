// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small objects that are written to, by all CPUs at once: what it costs that objects of
 * two CPUs lie in one cache line, which an allocator brings about by itself when it
 * gives neighbours to both, and keeps up when it gives an object that came from
 * elsewhere to the CPU that freed it. Counters and list heads of tasks are like that.
 *
 *  cache-thrash	each CPU allocates an object, writes to it, and frees it
 *  cache-scratch	the same, after the first CPU has allocated neighbours and given
 *			one to each, which they freed
 *
 * An operation is an object allocated, written to and freed. Objects larger than a line,
 * or aligned as lines are, share none. A clock that counts instructions sees none of it.
 */
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "engine.h"

/* To the first byte of each object. */
#define SHARING_WRITES 100

static void write_to(u8 *byte)
{
	unsigned int i;

	for (i = 0; i < SHARING_WRITES; i++)
		WRITE_ONCE(*byte, READ_ONCE(*byte) + 1);
}

static bool sharing_supports(const struct magslab_bench_backend *backend)
{
	return backend->flags & (MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_FLOOR);
}

/* What a floor returns is no object; in its place there is one of our own. */
static int writes(struct bench_worker *worker, size_t nr)
{
	const struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	bool floor = backend->flags & MAGSLAB_BENCH_FLOOR;
	void *ctx = run->lane->ctx;
	u8 own = 0;

	worker->calls += 2 * nr;
	while (nr--) {
		void *object = &own;

		if (!backend->alloc(ctx, run->gfp, &object, 1))
			return -ENOMEM;
		write_to(floor ? &own : object);
		backend->free(ctx, &object, 1);
	}
	return 0;
}

/* What the worker has been given, if it has, is freed first. */
static int block(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t left = run->block_ops;
	int ret;

	bench_block_start(worker);
	bench_drain(worker, worker->tail - worker->head);
	while (left) {
		size_t nr = min(left, run->chunk);

		ret = writes(worker, nr);
		if (ret)
			return ret;
		if (bench_breathe(worker, nr))
			return -EINTR;
		left -= nr;
	}
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, run->block_ops);
	return 0;
}

/* All are busy for as long as any is, so all do the same number of blocks. */
static int thrash_turn(struct bench_worker *worker)
{
	u32 left = worker->warm_up + worker->run->turn_blocks;
	int ret = 0;

	while (!ret && left--)
		ret = block(worker);
	return ret;
}

static int fill(struct bench_worker *worker)
{
	return bench_fill(worker, worker->run->count);
}

static int scratch_turn(struct bench_worker *worker)
{
	u32 left = worker->warm_up + worker->run->turn_blocks;
	int ret = 0;

	while (!ret && left--)
		ret = bench_parcel_deal(worker, fill) ?: block(worker);
	return ret;
}

static size_t scratch_parcel(const struct bench_run *run)
{
	return run->count;
}

const struct bench_workload bench_cache_scratch = {
	.name = "cache-scratch",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_OWN,
	.default_count = 1,
	.max_count = 1,
	.default_blocks = 256,
	.default_ops = 1024,
	.warm_up = 4,
	.supports = sharing_supports,
	.parcel = scratch_parcel,
	.turn = scratch_turn,
	.end = bench_parcel_end,
};

const struct bench_workload bench_cache_thrash = {
	.name = "cache-thrash",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_OWN,
	.default_count = 1,
	.max_count = 1,
	.default_blocks = 256,
	.default_ops = 1024,
	.warm_up = 4,
	.scoped = true,
	.supports = sharing_supports,
	.turn = thrash_turn,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A number of objects allocated, then all of them freed in the same order:
 * a batch of packets, a directory being read, a tree being built and dropped.
 * The number decides which layer of an allocator is seen: what a CPU keeps for
 * itself, what CPUs share, or the slabs.
 *
 * The same with one call for all of them is called bulk. With the second half freed in
 * reverse, as of work that is partly done and then undone, it is glibc-simple.
 */
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "engine.h"

/* As many whole bursts as fit, one at the least. */
static size_t burst_ops(const struct bench_run *run, size_t wish)
{
	return max_t(size_t, wish / run->count, 1) * run->count;
}

/*
 * Bursts up to the size of a chunk. The engine's own steps would show in short
 * ones, so there is nothing in this loop but the two calls, and the order.
 */
static int short_rounds(struct bench_worker *worker, size_t rounds,
			bool reversed)
{
	return bench_bursts(worker, rounds, reversed) < rounds ? -ENOMEM : 0;
}

static int long_rounds(struct bench_worker *worker, size_t rounds,
		       bool reversed)
{
	size_t count = worker->run->count;
	int ret;

	while (rounds--) {
		ret = bench_fill(worker, count);
		if (ret)
			return ret;
		if (reversed)
			bench_reverse_half(worker);
		bench_drain(worker, count);
	}
	return 0;
}

static int bursts(struct bench_worker *worker, size_t rounds)
{
	if (worker->run->count > worker->run->chunk)
		return long_rounds(worker, rounds, false);
	return short_rounds(worker, rounds, false);
}

static int simples(struct bench_worker *worker, size_t rounds)
{
	if (worker->run->count > worker->run->chunk)
		return long_rounds(worker, rounds, true);
	return short_rounds(worker, rounds, true);
}

static int bulks(struct bench_worker *worker, size_t rounds)
{
	return bench_bulks(worker, rounds) < rounds ? -ENOMEM : 0;
}

/* Rounds of a block. Return: 0 or a negative errno. */
typedef int (*burst_part)(struct bench_worker *worker, size_t rounds);

/* One block, in parts between which the worker can take breath. */
static int block(struct bench_worker *worker, burst_part part)
{
	struct bench_run *run = worker->run;
	size_t at_once = max_t(size_t, run->chunk / run->count, 1);
	size_t left = run->block_ops / run->count;
	int ret;

	bench_block_start(worker);
	while (left) {
		size_t rounds = min(left, at_once);

		ret = part(worker, rounds);
		if (ret)
			return ret;
		if (bench_breathe(worker, rounds * run->count))
			return -EINTR;
		left -= rounds;
	}
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, run->block_ops);
	return 0;
}

static int turn(struct bench_worker *worker, burst_part part)
{
	int ret = 0;

	while (!ret && bench_more(worker))
		ret = block(worker, part);
	return ret;
}

static int burst_turn(struct bench_worker *worker)
{
	return turn(worker, bursts);
}

static int simple_turn(struct bench_worker *worker)
{
	return turn(worker, simples);
}

static int bulk_turn(struct bench_worker *worker)
{
	return turn(worker, bulks);
}

static bool bulk_supports(const struct magslab_bench_backend *backend)
{
	return backend->alloc_bulk;
}

const struct bench_workload bench_burst = {
	.name = "burst",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_COUNT,
	.default_count = 16,
	.max_count = BENCH_MAX_COUNT,
	.default_blocks = 256,
	.default_ops = 1024,
	.warm_up = 2,
	.scoped = true,
	.block_ops = burst_ops,
	.turn = burst_turn,
};

const struct bench_workload bench_bulk = {
	.name = "bulk",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_WHOLE,
	.default_count = 64,
	.max_count = BENCH_MAX_BULK,
	.default_blocks = 256,
	.default_ops = 1024,
	.warm_up = 4,
	.at_once = true,
	.supports = bulk_supports,
	.block_ops = burst_ops,
	.turn = bulk_turn,
};

const struct bench_workload bench_glibc_simple = {
	.name = "glibc-simple",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_COUNT,
	.default_count = 100,
	/* What can be reversed without a chance for others to run. */
	.max_count = SZ_64K,
	.default_blocks = 256,
	.default_ops = 1024,
	.warm_up = 2,
	.scoped = true,
	.block_ops = burst_ops,
	.turn = simple_turn,
};

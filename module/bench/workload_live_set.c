// SPDX-License-Identifier: GPL-2.0-only
/*
 * A set of objects that are live all at once, on memory that was not there
 * before: what they take is looked at, see footprint.c. The time is that of the
 * allocations, nearly all of which make a cache grow.
 */
#include <linux/minmax.h>

#include "engine.h"

static size_t live_set_ops(const struct bench_run *run, size_t wish)
{
	return min(wish, run->count);
}

static int alloc_all(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t left = run->count;
	int ret;

	while (left) {
		size_t ops = min(left, run->block_ops);

		bench_block_start(worker);
		ret = bench_fill(worker, ops);
		if (ret)
			return ret;
		bench_block_stop(worker);
		bench_record(worker, 0, &worker->span, ops);
		left -= ops;
	}
	return 0;
}

/* One set a turn: in a second one there would be memory left of the first. */
static int live_set_turn(struct bench_worker *worker)
{
	return alloc_all(worker) ?: bench_footprint_of_all(worker);
}

const struct bench_workload bench_live_set = {
	.name = "live-set",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_MEMORY,
	.default_count = 1000000,
	.max_count = BENCH_MAX_COUNT,
	.default_blocks = 64,
	.default_ops = 4096,
	.own_footprint = true,
	.block_ops = live_set_ops,
	.turn = live_set_turn,
};

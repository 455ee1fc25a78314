// SPDX-License-Identifier: GPL-2.0-only
/*
 * One object, allocated and freed at once, over and over: what a request or a
 * packet that is done with before the next one costs. The best case of every
 * allocator that remembers what was freed last.
 */
#include <linux/minmax.h>

#include "engine.h"

static int pair_block(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t left = run->block_ops;

	bench_block_start(worker);
	while (left) {
		size_t part = min(left, run->chunk);

		if (bench_pairs(worker, part) < part)
			return -ENOMEM;
		if (bench_breathe(worker, part))
			return -EINTR;
		left -= part;
	}
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, run->block_ops);
	return 0;
}

static int pair_turn(struct bench_worker *worker)
{
	int ret = 0;

	while (!ret && bench_more(worker))
		ret = pair_block(worker);
	return ret;
}

const struct bench_workload bench_pair = {
	.name = "pair",
	.row_suffix = { "" },
	.nr_rows = 1,
	.default_count = 1,
	.max_count = 1,
	.default_blocks = 256,
	.default_ops = 1024,
	.scoped = true,
	.warm_up = 4,
	.turn = pair_turn,
};

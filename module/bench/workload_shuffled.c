// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many objects freed in random order, then as many allocated again: what long
 * uptime does to a cache. Neighbours in time are no longer neighbours in
 * memory, which is where allocators differ most.
 */
#include <linux/minmax.h>

#include "engine.h"

enum shuffled_row {
	SHUFFLED_FREE,
	SHUFFLED_ALLOC,
};

static size_t shuffled_ops(const struct bench_run *run, size_t wish)
{
	return min(wish, run->count);
}

/* Operations of the next block; the last one takes what would be too short. */
static size_t next_block(const struct bench_run *run, size_t left)
{
	return left < 2 * run->block_ops ? left : run->block_ops;
}

static void free_all(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t left = run->count;

	while (left) {
		size_t ops = next_block(run, left);

		bench_block_start(worker);
		bench_drain(worker, ops);
		bench_block_stop(worker);
		bench_record(worker, SHUFFLED_FREE, &worker->span, ops);
		left -= ops;
	}
}

static int alloc_all(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t left = run->count;
	int ret;

	while (left) {
		size_t ops = next_block(run, left);

		bench_block_start(worker);
		ret = bench_fill(worker, ops);
		if (ret)
			return ret;
		bench_block_stop(worker);
		bench_record(worker, SHUFFLED_ALLOC, &worker->span, ops);
		left -= ops;
	}
	return 0;
}

/* Once through both rows is the warm-up. */
static int shuffled_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	int ret;

	worker->warm_up = 2 * (run->count / run->block_ops);
	ret = bench_fill(worker, run->count);
	while (!ret && bench_more(worker)) {
		ret = bench_shuffle(worker);
		if (ret)
			break;
		free_all(worker);
		ret = alloc_all(worker);
	}
	bench_drain(worker, worker->tail - worker->head);
	return ret;
}

const struct bench_workload bench_shuffled = {
	.name = "shuffled",
	.row_suffix = { "-free", "-alloc" },
	.nr_rows = 2,
	.flags = MAGSLAB_WORKLOAD_COUNT,
	.tacit_count = true,
	.default_count = 16384,
	.max_count = BENCH_MAX_COUNT,
	.default_blocks = 256,
	.default_ops = 1024,
	.block_ops = shuffled_ops,
	.turn = shuffled_turn,
};

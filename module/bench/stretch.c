// SPDX-License-Identifier: GPL-2.0-only
/* Allocations or frees of many objects, in blocks that are recorded one by one. */
#include <linux/minmax.h>

#include "engine.h"

/**
 * bench_stretch_ops - operations of a block, for workloads made of stretches
 * @run: the run
 * @wish: how many there should be
 *
 * Return: as many, or as there are objects.
 */
size_t bench_stretch_ops(const struct bench_run *run, size_t wish)
{
	return min(wish, run->count);
}

/* Blocks that the objects of one worker make. */
size_t bench_stretch_blocks(const struct bench_run *run)
{
	return run->count / run->block_ops;
}

/* Operations of the next block; the last one takes what would be too short. */
static size_t next_block(const struct bench_run *run, size_t left)
{
	return left < 2 * run->block_ops ? left : run->block_ops;
}

/**
 * bench_stretch_alloc - allocate as many objects as the run has, in blocks
 * @worker: who owns them then
 * @row: the row that the blocks belong to
 *
 * Context: A worker of the run. May sleep.
 * Return: 0, -ENOMEM, or -EINTR when the run should end.
 */
int bench_stretch_alloc(struct bench_worker *worker, unsigned int row)
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
		bench_record(worker, row, &worker->span, ops);
		left -= ops;
	}
	return 0;
}

/**
 * bench_stretch_free - free as many objects as the run has, in blocks
 * @worker: who owns them
 * @row: the row that the blocks belong to
 *
 * Context: A worker of the run. May sleep.
 */
void bench_stretch_free(struct bench_worker *worker, unsigned int row)
{
	struct bench_run *run = worker->run;
	size_t left = run->count;

	while (left) {
		size_t ops = next_block(run, left);

		bench_block_start(worker);
		bench_drain(worker, ops);
		bench_block_stop(worker);
		bench_record(worker, row, &worker->span, ops);
		left -= ops;
	}
}

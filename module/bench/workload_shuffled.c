// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many objects freed in random order, then as many allocated again: what long
 * uptime does to a cache. Neighbours in time are no longer neighbours in
 * memory, which is where allocators differ most.
 */
#include "engine.h"

enum shuffled_row {
	SHUFFLED_FREE,
	SHUFFLED_ALLOC,
};

/* Once through both rows is the warm-up. */
static int shuffled_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	int ret;

	worker->warm_up = 2 * bench_stretch_blocks(run);
	ret = bench_fill(worker, run->count);
	while (!ret && bench_more(worker)) {
		ret = bench_shuffle(worker);
		if (ret)
			break;
		bench_stretch_free(worker, SHUFFLED_FREE);
		ret = bench_stretch_alloc(worker, SHUFFLED_ALLOC);
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
	.block_ops = bench_stretch_ops,
	.turn = shuffled_turn,
};

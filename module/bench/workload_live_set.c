// SPDX-License-Identifier: GPL-2.0-only
/*
 * A set of objects that are live all at once, on memory that was not there
 * before: what they take is looked at, see footprint.c. The time is that of the
 * allocations, nearly all of which make a cache grow.
 */
#include "engine.h"

/* One set a turn: in a second one there would be memory left of the first. */
static int live_set_turn(struct bench_worker *worker)
{
	return bench_stretch_alloc(worker, 0) ?: bench_footprint_of_all(worker);
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
	.scoped = true,
	.own_footprint = true,
	.block_ops = bench_stretch_ops,
	.turn = live_set_turn,
};

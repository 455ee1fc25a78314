// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocated on one CPU, freed on another, and both looked at by themselves: what
 * remote frees cost, and what the owner pays for having its objects come back from
 * somewhere else. Two ways, both used on kernel allocators by C. Lameter:
 *
 *  remote-free		every CPU allocates, then frees what another one did
 *  one-alloc-n-free	one CPU allocates for all, then each frees its share: a
 *			receive queue that feeds all CPUs
 */
#include <linux/kernel.h>

#include "engine.h"

enum remote_row {
	REMOTE_FREE,
	REMOTE_ALLOC,
};

static size_t remote_parcel(const struct bench_run *run)
{
	return run->count;
}

/* Everybody allocates, and everybody has what the one before did. */
static int all_alloc(struct bench_worker *worker)
{
	return bench_stretch_alloc(worker, REMOTE_ALLOC) ?:
		       bench_parcel_pass_on(worker, worker->run->count);
}

static int alloc_stretch(struct bench_worker *worker)
{
	return bench_stretch_alloc(worker, REMOTE_ALLOC);
}

/* One allocates for all. */
static int one_alloc(struct bench_worker *worker)
{
	return bench_parcel_deal(worker, alloc_stretch);
}

/* Workers wait for each other, so all do the same number of rounds. */
static int remote_turn(struct bench_worker *worker,
		       int (*alloc)(struct bench_worker *worker))
{
	struct bench_run *run = worker->run;
	size_t blocks = bench_stretch_blocks(run);
	size_t rounds = DIV_ROUND_UP(run->turn_blocks, blocks);
	int ret;

	/* The first round is the warm-up, of every row alike. */
	worker->warm_up = U32_MAX;
	do {
		ret = alloc(worker);
		if (ret)
			return ret;
		bench_stretch_free(worker, REMOTE_FREE);
		worker->warm_up = 0;
	} while (rounds--);
	return 0;
}

static int remote_free_turn(struct bench_worker *worker)
{
	return remote_turn(worker, all_alloc);
}

static int one_alloc_turn(struct bench_worker *worker)
{
	return remote_turn(worker, one_alloc);
}

#define REMOTE(_name, _turn)                                                 \
	{                                                                    \
		.name = _name, .row_suffix = { "", "-alloc" }, .nr_rows = 2, \
		.flags = MAGSLAB_WORKLOAD_COUNT, .tacit_count = true,        \
		.default_count = 16384, .max_count = BENCH_MAX_COUNT,        \
		.default_blocks = 256, .default_ops = 1024,                  \
		.block_ops = bench_stretch_ops, .parcel = remote_parcel,     \
		.turn = _turn, .end = bench_parcel_end,                      \
	}

const struct bench_workload bench_remote_free =
	REMOTE("remote-free", remote_free_turn);
const struct bench_workload bench_one_alloc_n_free =
	REMOTE("one-alloc-n-free", one_alloc_turn);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the page allocator and back to it: so many objects that they do not fit
 * in any layer are allocated, shuffled, freed, and their memory is given back.
 * An allocator that postpones work has to do it here.
 *
 * An operation is one object. As a run of this length is never undisturbed, it
 * is timed in slices: a block is the k-th slice of the allocations, the k-th
 * slice of the frees, and an equal share of giving back.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "engine.h"

/* All slices of a round, of all CPUs, have to fit into the log. */
static size_t full_path_ops(const struct bench_run *run, size_t wish)
{
	size_t least = DIV_ROUND_UP(run->count, BENCH_MAX_BLOCKS / run->cpus);

	return clamp(wish, least, run->count);
}

static size_t full_path_slices(const struct bench_run *run)
{
	return run->count / run->block_ops;
}

/* Objects of slice @k; the last one takes what would be too short. */
static size_t slice_ops(const struct bench_run *run, size_t k)
{
	if (k + 1 < full_path_slices(run))
		return run->block_ops;
	return run->count - k * run->block_ops;
}

static int alloc_slices(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t k;
	int ret;

	for (k = 0; k < full_path_slices(run); k++) {
		bench_block_start(worker);
		ret = bench_fill(worker, slice_ops(run, k));
		if (ret)
			return ret;
		bench_block_stop(worker);
		worker->spans[k] = worker->span;
	}
	return 0;
}

static int free_slices(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t k;

	for (k = 0; k < full_path_slices(run); k++) {
		if (bench_poll(worker))
			return -EINTR;
		/* Goes on with the clock of the slice's allocations. */
		worker->span = worker->spans[k];
		bench_block_resume(worker);
		bench_drain(worker, slice_ops(run, k));
		bench_block_stop(worker);
		worker->spans[k] = worker->span;
	}
	return 0;
}

/*
 * Switches while giving back are no disturbance: a back-end that asks other
 * CPUs to do their part has to wait for them.
 */
static void record_slices(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t all = run->count * run->cpus;
	size_t k;

	for (k = 0; k < full_path_slices(run); k++) {
		struct bench_span *span = &worker->spans[k];
		size_t ops = slice_ops(run, k);

		span->ns += mul_u64_u64_div_u64(run->give_back.ns, ops, all);
		span->cycles +=
			mul_u64_u64_div_u64(run->give_back.cycles, ops, all);
		bench_record(worker, 0, span, ops);
	}
}

static int full_path_round(struct bench_worker *worker)
{
	int ret;

	ret = alloc_slices(worker);
	if (ret)
		return ret;
	ret = bench_footprint_peak(worker);
	if (ret)
		return ret;
	ret = bench_shuffle(worker);
	if (ret)
		return ret;
	ret = free_slices(worker);
	if (ret)
		return ret;
	ret = bench_footprint_after(worker);
	if (ret)
		return ret;
	record_slices(worker);
	return 0;
}

/* Workers wait for each other, so all do the same number of rounds. */
static int full_path_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t rounds;
	int ret = 0;

	rounds = DIV_ROUND_UP(run->turn_blocks, full_path_slices(run));
	while (!ret && rounds--)
		ret = full_path_round(worker);
	return ret;
}

const struct bench_workload bench_full_path = {
	.name = "full-path",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_COUNT,
	.tacit_count = true,
	.default_count = 1000000,
	.max_count = BENCH_MAX_COUNT,
	.default_blocks = 1,
	.default_ops = 4096,
	.own_footprint = true,
	.block_ops = full_path_ops,
	.slices = full_path_slices,
	.turn = full_path_turn,
};

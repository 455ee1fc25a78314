// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches of mixed sizes that are freed partly in the order they were allocated in and
 * partly in reverse, while some objects outlive the batch: a directory tree that is
 * read, unlinked and rolled back, with what others still refer to.
 *
 * In each round all empty slots are filled, in order, by runs of one size, small ones
 * longer than large ones. Then a fifth of the slots is kept, above the fifth of the
 * last round, or at the beginning if that was the end. What is below is freed in order,
 * what is above in reverse. A round is a block, an operation an object allocated and
 * one freed.
 *
 *  sh6bench	each CPU for itself
 *  sh8bench	what is kept goes to the next CPU after each round
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "mix.h"

/* One of so many slots is kept. */
#define KEPT 5

/**
 * struct sh_round - where a worker is
 * @worker: who
 * @from: first slot that is kept
 * @to: the slot after the last one
 * @base: the largest class before it goes on with the next one
 * @size_class: of the objects being allocated
 * @left: of them
 * @ops: objects allocated in the last round
 * @calls: allocations and frees so far
 */
struct sh_round {
	struct bench_worker *worker;
	size_t from;
	size_t to;
	u32 base;
	u32 size_class;
	u32 left;
	size_t ops;
	u64 calls;
};

/* Those of a round in which the kept slots are as many as they should be. */
static size_t sh_ops(const struct bench_run *run, size_t wish)
{
	return run->count - run->count / KEPT;
}

/* The original's numbers. */
static u32 run_length(size_t size)
{
	if (size < 100)
		return 250;
	if (size < 1000)
		return 50;
	return size < 10000 ? 10 : 1;
}

/* From a class down to the smallest, then from the next larger one. */
static void next_class(struct sh_round *round)
{
	const struct bench_run *run = round->worker->run;

	if (round->size_class) {
		round->size_class--;
	} else {
		round->base = (round->base + 1) % bench_mix_classes(run);
		round->size_class = round->base;
	}
	round->left = run_length(bench_mix_size(run, round->size_class));
}

/* Where in this order a worker begins is by lot. */
static struct sh_round first_round(struct bench_worker *worker)
{
	struct sh_round round = {
		.worker = worker,
		.from = worker->run->count,
		.to = worker->run->count,
	};

	round.base = prandom_u32_state(&worker->random) %
		     bench_mix_classes(worker->run);
	next_class(&round);
	return round;
}

static int fill(struct sh_round *round, size_t from, size_t to)
{
	struct bench_worker *worker = round->worker;
	const struct mix_view view = mix_view_of(worker);
	int ret;

	round->ops += to - from;
	while (from < to) {
		size_t nr = min3(to - from, (size_t)round->left,
				 worker->run->chunk);

		ret = mix_alloc(&view, from, nr, round->size_class);
		if (ret)
			return ret;
		if (bench_breathe(worker, nr))
			return -EINTR;
		from += nr;
		round->left -= nr;
		if (!round->left)
			next_class(round);
	}
	return 0;
}

static int fill_all(struct sh_round *round)
{
	round->ops = 0;
	return fill(round, 0, round->from) ?:
		       fill(round, round->to, round->worker->run->count);
}

static void keep_next(struct sh_round *round)
{
	size_t count = round->worker->run->count;

	round->from = round->to < count ? round->to : 0;
	round->to = min(round->from + count / KEPT, count);
}

static void free_up(struct bench_worker *worker, size_t from, size_t to)
{
	const struct mix_view view = mix_view_of(worker);

	for (; from < to; from++)
		mix_free(&view, from);
}

static void free_down(struct bench_worker *worker, size_t from, size_t to)
{
	const struct mix_view view = mix_view_of(worker);

	while (to > from)
		mix_free(&view, --to);
}

static int free_rest(const struct sh_round *round)
{
	struct bench_worker *worker = round->worker;
	size_t at_once = worker->run->chunk;
	size_t i = 0, end = worker->run->count;

	while (i < round->from) {
		size_t nr = min(round->from - i, at_once);

		free_up(worker, i, i + nr);
		if (bench_breathe(worker, nr))
			return -EINTR;
		i += nr;
	}
	while (end > round->to) {
		size_t nr = min(end - round->to, at_once);

		free_down(worker, end - nr, end);
		if (bench_breathe(worker, nr))
			return -EINTR;
		end -= nr;
	}
	return 0;
}

static int sh_block(struct sh_round *round)
{
	struct bench_worker *worker = round->worker;
	int ret;

	bench_block_start(worker);
	ret = fill_all(round);
	if (ret)
		return ret;
	keep_next(round);
	ret = free_rest(round);
	if (ret)
		return ret;
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, round->ops);
	round->calls += round->ops;
	round->calls += worker->run->count - (round->to - round->from);
	return 0;
}

/* What is in a slot of each worker goes to the next one's. */
static void rotate(struct bench_run *run, size_t slot)
{
	unsigned int i;

	for (i = run->cpus; --i;) {
		struct bench_worker *worker = &run->workers[i];

		swap(worker->objects[slot], worker[-1].objects[slot]);
		swap(mix_part(worker)->classes[slot],
		     mix_part(worker - 1)->classes[slot]);
	}
}

/* All have kept the same slots. The first worker does it for all, in no figure. */
static int pass_on(const struct sh_round *round)
{
	struct bench_worker *worker = round->worker;
	size_t i;

	if (!bench_meet(worker))
		return -EINTR;
	for (i = round->from; !worker->index && i < round->to; i++) {
		rotate(worker->run, i);
		cond_resched();
	}
	return bench_meet(worker) ? 0 : -EINTR;
}

static int sh6_block(struct sh_round *round)
{
	return sh_block(round);
}

static int sh8_block(struct sh_round *round)
{
	return sh_block(round) ?: pass_on(round);
}

typedef int (*sh_part)(struct sh_round *round);

static int blocks(struct sh_round *round, sh_part part, u32 nr)
{
	int ret = 0;

	round->calls = 0;
	while (!ret && nr--)
		ret = part(round);
	return ret;
}

/* Workers wait for each other, so all do the same number of rounds. */
static int turn(struct bench_worker *worker, sh_part part)
{
	struct bench_run *run = worker->run;
	struct sh_round round = first_round(worker);
	int ret;

	ret = blocks(&round, part, worker->warm_up);
	if (ret)
		return ret;
	ret = bench_locks_begin(worker);
	if (ret)
		return ret;
	ret = blocks(&round, part, run->turn_blocks);
	if (ret)
		return ret;
	return bench_locks_end(worker, round.calls) ?:
		       fill_all(&round)		    ?:
						      bench_mix_finish(worker);
}

static int sh6_turn(struct bench_worker *worker)
{
	return turn(worker, sh6_block);
}

static int sh8_turn(struct bench_worker *worker)
{
	return turn(worker, sh8_block);
}

#define SHBENCH(_name, _turn)                                             \
	{                                                                 \
		.name = _name, .row_suffix = { "" }, .nr_rows = 1,        \
		.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_MIX |  \
			 MAGSLAB_WORKLOAD_OWN,                            \
		.tacit_count = true, .default_count = 4096,               \
		.max_count = BENCH_MAX_COUNT, .default_blocks = 64,       \
		.default_ops = 1, .warm_up = 2, .own_footprint = true,    \
		.fits = bench_mix_fits, .block_ops = sh_ops,              \
		.memory = bench_mix_memory, .prepare = bench_mix_prepare, \
		.open = bench_mix_open, .close = bench_mix_close,         \
		.turn = _turn, .end = bench_mix_end,                      \
	}

const struct bench_workload bench_sh6bench = SHBENCH("sh6bench", sh6_turn);
const struct bench_workload bench_sh8bench = SHBENCH("sh8bench", sh8_turn);

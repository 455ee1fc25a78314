// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole lives of an allocator, one after another: it is made, all CPUs allocate so many
 * objects and free them, and it is unmade, with what each CPU has kept of it, as when a
 * module is loaded and unloaded, or a file system mounted and unmounted. After all
 * lives of a turn there should be as much free memory as before.
 *
 * An operation is one object, and its share of a life, as the first worker makes and
 * unmakes it. Both may sleep, and the time is theirs all the same.
 */
#include <linux/err.h>
#include <linux/math64.h>

#include "engine.h"

static size_t life_ops(const struct bench_run *run, size_t wish)
{
	return run->count;
}

/* Between two lives there is no context. */
static int no_life(struct bench_run *run, struct bench_lane *lane)
{
	lane->ctx = ERR_PTR(-ENOENT);
	return 0;
}

static int make(struct bench_run *run)
{
	struct magslab_bench_params params = {
		.size = run->object_size,
		.count = run->count * run->cpus,
		.cpus = run->cpus,
		.gfp = run->gfp,
		.packed = run->packed,
	};

	run->life = (struct bench_span){};
	bench_span_start(&run->life);
	run->lane->ctx = run->lane->backend->create(&params);
	bench_span_stop(&run->life, run->workers->cpu);
	return PTR_ERR_OR_ZERO(run->lane->ctx);
}

static void unmake(struct bench_run *run)
{
	bench_span_start(&run->life);
	run->lane->backend->destroy(run->lane->ctx);
	bench_span_stop(&run->life, run->workers->cpu);
	no_life(run, run->lane);
}

static int begin(struct bench_worker *worker)
{
	int ret = 0;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index)
		ret = make(worker->run);
	if (ret)
		return ret;
	return bench_meet(worker) ? 0 : -EINTR;
}

static int end(struct bench_worker *worker)
{
	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index)
		unmake(worker->run);
	return bench_meet(worker) ? 0 : -EINTR;
}

static void record(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_span *span = &worker->span;

	span->ns += div_u64(run->life.ns, run->cpus);
	span->cycles += div_u64(run->life.cycles, run->cpus);
	bench_record(worker, 0, span, run->count);
}

static int use(struct bench_worker *worker)
{
	int ret;

	bench_block_start(worker);
	ret = bench_fill(worker, worker->run->count);
	if (ret)
		return ret;
	bench_drain(worker, worker->run->count);
	bench_block_stop(worker);
	return 0;
}

static int life(struct bench_worker *worker)
{
	int ret;

	ret = begin(worker) ?: use(worker);
	if (ret)
		return ret;
	ret = end(worker);
	if (!ret)
		record(worker);
	return ret;
}

/* One more, which is looked at, and what all of them have left. */
static int last_life(struct bench_worker *worker)
{
	return begin(worker)		       ?:
		       bench_footprint(worker) ?:
		       end(worker)	       ?:
						 bench_footprint_left(worker);
}

/* Workers wait for each other, so all do the same number of lives. */
static int life_turn(struct bench_worker *worker)
{
	u32 left = worker->warm_up + worker->run->turn_blocks;
	int ret = 0;

	while (!ret && left--)
		ret = life(worker);
	if (!ret && worker->run->last_turn)
		ret = last_life(worker);
	return ret;
}

/* When a turn ended early, there may be a life that has not. */
static void life_end(struct bench_run *run)
{
	if (!IS_ERR(run->lane->ctx))
		unmake(run);
}

static void life_close(struct bench_run *run, struct bench_lane *lane)
{
}

const struct bench_workload bench_mleak = {
	.name = "mleak",
	.row_suffix = { "" },
	.nr_rows = 1,
	.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_OWN,
	.default_count = 1000,
	.max_count = BENCH_MAX_COUNT,
	.default_blocks = 32,
	.default_ops = 1,
	.warm_up = 1,
	.own_footprint = true,
	.whole_lives = true,
	.scoped = true,
	.block_ops = life_ops,
	.open = no_life,
	.close = life_close,
	.turn = life_turn,
	.end = life_end,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects of mixed sizes in slots, of which one at a time is drawn by lot. Of sizes,
 * each class is half as likely as the next smaller one, as it is where the density of
 * sizes falls with their square. All of it is drawn before anything is timed, and
 * done over and over; see struct mix_step.
 *
 *  glibc-thread	each slot is as likely; its object is replaced: buffers of tasks
 *			that have nothing to do with each other
 *  alloc-test		of a hundred draws 80 are of the first fifth of the slots, and so
 *			on within that fifth and the rest, six times over; an object that
 *			is there is freed, and where none is, one is allocated: most lives
 *			are short and some long, as of files and connections
 *
 * An operation is one object allocated and one freed. Locks are counted.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "mix.h"

/* Drawn for each worker, a power of two. */
#define NR_STEPS 32768

#define PARETO_LEVELS 6
#define PARETO_SHARE 5

typedef u32 (*slots_draw)(struct rnd_state *random, u32 count);
typedef int (*slots_part)(struct bench_worker *worker, size_t ops);

static u32 below(struct rnd_state *random, u32 ceil)
{
	return ((u64)prandom_u32_state(random) * ceil) >> 32;
}

static u32 draw_class(struct rnd_state *random, u32 nr)
{
	return min_t(u32, __ffs(prandom_u32_state(random) | BIT(31)), nr - 1);
}

static u32 draw_any(struct rnd_state *random, u32 count)
{
	return below(random, count);
}

static u32 draw_pareto(struct rnd_state *random, u32 count)
{
	u32 first = 0;
	int i;

	for (i = 0; i < PARETO_LEVELS && count >= PARETO_SHARE; i++) {
		u32 share = count / PARETO_SHARE;

		if (below(random, PARETO_SHARE)) {
			count = share;
		} else {
			first += share;
			count -= share;
		}
	}
	return first + below(random, count);
}

static int draw_steps(struct bench_run *run, unsigned int worker,
		      slots_draw draw)
{
	struct bench_mix_part *part = &run->mix->parts[worker];
	struct rnd_state random;
	u32 i;

	part->steps = kvmalloc_array(NR_STEPS, sizeof(*part->steps),
				     GFP_KERNEL_ACCOUNT);
	if (!part->steps)
		return -ENOMEM;
	prandom_seed_state(&random, run->seed + worker);
	for (i = 0; i < NR_STEPS; i++) {
		part->steps[i] = (struct mix_step){
			.slot = draw(&random, run->count),
			.size_class =
				draw_class(&random, bench_mix_classes(run)),
		};
	}
	cond_resched();
	return 0;
}

static int prepare(struct bench_run *run, slots_draw draw)
{
	int ret = bench_mix_prepare(run);
	unsigned int i;

	for (i = 0; !ret && i < run->cpus; i++)
		ret = draw_steps(run, i, draw);
	return ret;
}

static int any_prepare(struct bench_run *run)
{
	return prepare(run, draw_any);
}

static int pareto_prepare(struct bench_run *run)
{
	return prepare(run, draw_pareto);
}

static u64 slots_memory(const struct bench_run *run,
			const struct magslab_bench_backend *backend)
{
	return bench_mix_memory(run, backend) +
	       (u64)run->cpus * NR_STEPS * sizeof(struct mix_step);
}

static __always_inline struct mix_step next_step(struct bench_mix_part *part)
{
	return part->steps[part->at++ % NR_STEPS];
}

static int replace(struct bench_worker *worker, size_t ops)
{
	const struct mix_view view = mix_view_of(worker);
	struct bench_mix_part *part = mix_part(worker);
	int ret = 0;

	while (!ret && ops--) {
		struct mix_step step = next_step(part);

		mix_free(&view, step.slot);
		ret = mix_alloc_one(&view, step.slot, step.size_class);
	}
	return ret;
}

/* An operation is two steps: as many slots become empty as are filled, nearly. */
static int toggle(struct bench_worker *worker, size_t ops)
{
	const struct mix_view view = mix_view_of(worker);
	struct bench_mix_part *part = mix_part(worker);
	size_t left = 2 * ops;
	int ret = 0;

	while (!ret && left--) {
		struct mix_step step = next_step(part);

		if (mix_is_live(&view, step.slot))
			mix_free(&view, step.slot);
		else
			ret = mix_alloc_one(&view, step.slot, step.size_class);
	}
	return ret;
}

static int block(struct bench_worker *worker, slots_part part)
{
	struct bench_run *run = worker->run;
	size_t left = run->block_ops;
	int ret;

	bench_block_start(worker);
	while (left) {
		size_t nr = min(left, run->chunk);

		ret = part(worker, nr);
		if (ret)
			return ret;
		if (bench_breathe(worker, nr))
			return -EINTR;
		left -= nr;
	}
	bench_block_stop(worker);
	bench_record(worker, 0, &worker->span, run->block_ops);
	return 0;
}

static int blocks(struct bench_worker *worker, slots_part part, u32 nr)
{
	int ret = 0;

	while (!ret && nr--)
		ret = block(worker, part);
	return ret;
}

/* Every @distance-th slot. */
static int fill(struct bench_worker *worker, size_t distance)
{
	const struct mix_view view = mix_view_of(worker);
	struct bench_mix_part *part = mix_part(worker);
	size_t i;
	int ret;

	part->at = 0;
	for (i = 0; i < worker->run->count; i += distance) {
		ret = mix_alloc_one(&view, i, next_step(part).size_class);
		if (ret)
			return ret;
		if (bench_breathe(worker, 1))
			return -EINTR;
	}
	return 0;
}

static int turn(struct bench_worker *worker, slots_part part, size_t distance)
{
	struct bench_run *run = worker->run;
	int ret;

	ret = fill(worker, distance);
	if (ret)
		return ret;
	ret = blocks(worker, part, worker->warm_up);
	if (ret)
		return ret;
	ret = bench_locks_begin(worker);
	if (ret)
		return ret;
	ret = blocks(worker, part, run->turn_blocks);
	if (ret)
		return ret;
	return bench_locks_end(worker, 2 * run->turn_blocks * run->block_ops) ?:
		       bench_mix_finish(worker);
}

static int replace_turn(struct bench_worker *worker)
{
	return turn(worker, replace, 1);
}

/* Half of the slots are empty in the long run. */
static int toggle_turn(struct bench_worker *worker)
{
	return turn(worker, toggle, 2);
}

#define SLOTS(_name, _count, _prepare, _turn)                                  \
	{                                                                      \
		.name = _name, .row_suffix = { "" }, .nr_rows = 1,             \
		.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_MIX |       \
			 MAGSLAB_WORKLOAD_OWN,                                 \
		.tacit_count = true, .default_count = _count,                  \
		.max_count = BENCH_MAX_COUNT, .default_blocks = 256,           \
		.default_ops = 1024, .warm_up = 16, .own_footprint = true,     \
		.fits = bench_mix_fits, .memory = slots_memory,                \
		.prepare = _prepare, .open = bench_mix_open,                   \
		.close = bench_mix_close, .turn = _turn, .end = bench_mix_end, \
	}

const struct bench_workload bench_glibc_thread =
	SLOTS("glibc-thread", 1024, any_prepare, replace_turn);
const struct bench_workload bench_alloc_test =
	SLOTS("alloc-test", 4096, pareto_prepare, toggle_turn);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frees and allocations while N free blocks lie between live ones, so that none of
 * them can be merged: what an allocator costs that looks for a place among its free
 * blocks, and what it does not cost others.
 *
 * Twice as many objects are allocated, and every other one is freed, but for a few that
 * a lot is drawn for. These are what is timed: they are freed in random order, each
 * wherever it happens to be among the others, then as many are allocated. All blocks are
 * of one size, so an allocation is happy with the first one it comes to. So there are
 * from N free blocks up to N and an eighth. All of it is built anew for each block,
 * since who takes the lowest free block would soon have closed the gaps.
 *
 * An operation is one call. Locks are counted.
 */
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

#include "engine.h"

#define HOLES_SHARE 8
#define HOLES_MAX_OPS 1024

enum holes_row {
	HOLES_FREE,
	HOLES_ALLOC,
};

/* So few that they hardly change how many free blocks there are. */
static size_t holes_ops(const struct bench_run *run, size_t wish)
{
	return clamp_t(size_t, run->count / HOLES_SHARE, 1,
		       min_t(size_t, wish, HOLES_MAX_OPS));
}

/* What may be free: places with an object on either side that stays. */
static size_t places(const struct bench_run *run)
{
	return run->count + run->block_ops;
}

static size_t all(const struct bench_run *run)
{
	return 2 * places(run) + 1;
}

/* Before the others, there is room for those that are timed. */
static size_t holes_room(const struct bench_run *run)
{
	return run->block_ops + all(run);
}

static int fill(struct bench_worker *worker)
{
	worker->head = worker->run->block_ops;
	worker->tail = worker->head;
	return bench_fill(worker, all(worker->run));
}

/* One that will be timed, at a random position among those before. */
static void pick(struct bench_worker *worker, void *object)
{
	void **first = worker->objects + --worker->head;
	size_t nr = worker->run->block_ops - worker->head;
	u32 random = prandom_u32_state(&worker->random);

	*first = object;
	swap(*first, first[((u64)random * nr) >> 32]);
}

/* Whether one of those that are left is drawn, if as many are still wanted. */
static bool drawn(struct bench_worker *worker, size_t left)
{
	u32 random = prandom_u32_state(&worker->random);

	return (((u64)random * left) >> 32) < worker->head;
}

/*
 * From the last one to the first: then a list that is in the order of addresses is not
 * walked for it. Those that stay are moved together at the end of the array, and down
 * again when all is done, or the run is to end.
 */
static int punch(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_lane *lane = run->lane;
	void **objects = worker->objects + run->block_ops;
	size_t to = all(run), from = all(run);
	int ret = 0;

	while (from && !ret) {
		void *object = objects[--from];

		if (from % 2 == 0)
			objects[--to] = object;
		else if (drawn(worker, from / 2 + 1))
			pick(worker, object);
		else
			lane->backend->free(lane->ctx, &object, 1);
		if (bench_breathe(worker, 1))
			ret = -EINTR;
	}
	memmove(objects + from, objects + to,
		(all(run) - to) * sizeof(*objects));
	worker->tail -= to - from;
	return ret;
}

static int free_block(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_lane *lane = run->lane;
	size_t part;

	bench_block_start(worker);
	while (worker->head < run->block_ops) {
		part = min(run->block_ops - worker->head, run->chunk);
		lane->backend->free(lane->ctx, worker->objects + worker->head,
				    part);
		worker->head += part;
		if (bench_breathe(worker, part))
			return -EINTR;
	}
	bench_block_stop(worker);
	bench_record(worker, HOLES_FREE, &worker->span, run->block_ops);
	return 0;
}

/* Into the room before the others. */
static int alloc_block(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_lane *lane = run->lane;
	size_t done;

	bench_block_start(worker);
	done = lane->backend->alloc(lane->ctx, run->gfp, worker->objects,
				    run->block_ops);
	bench_block_stop(worker);
	worker->head = run->block_ops - done;
	memmove(worker->objects + worker->head, worker->objects,
		done * sizeof(void *));
	if (done < run->block_ops)
		return -ENOMEM;
	bench_record(worker, HOLES_ALLOC, &worker->span, run->block_ops);
	return 0;
}

static int by_address(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * From the lowest address to the highest, if that is the order in which they were
 * allocated: a list in that order merges each with the one before, and is not walked.
 */
static void drain(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_lane *lane = run->lane;
	size_t few = worker->head, others = run->block_ops;
	void **objects = worker->objects;

	sort(objects + few, run->block_ops - few, sizeof(*objects), by_address,
	     NULL);
	while (few < run->block_ops || others < worker->tail) {
		bool lower = few < run->block_ops &&
			     (others == worker->tail ||
			      by_address(objects + few, objects + others) < 0);

		lane->backend->free(lane->ctx,
				    objects + (lower ? few++ : others++), 1);
		bench_breathe(worker, 1);
	}
	worker->head = 0;
	worker->tail = 0;
}

static int lap(struct bench_worker *worker)
{
	int ret = fill(worker) ?: punch(worker) ?: bench_locks_begin(worker);

	if (!ret)
		ret = free_block(worker) ?: alloc_block(worker);
	if (!ret)
		ret = bench_locks_end(worker, 2 * worker->run->block_ops);
	drain(worker);
	return ret;
}

/* As many for all workers, who count locks together. */
static int holes_turn(struct bench_worker *worker)
{
	u32 left = worker->run->turn_blocks;
	int ret = 0;

	while (left-- && !ret)
		ret = lap(worker);
	return ret;
}

const struct bench_workload bench_holes = {
	.name = "holes",
	.row_suffix = { "-free", "-alloc" },
	.nr_rows = 2,
	.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_OWN,
	.default_count = 16384,
	/* A walk through as many is some milliseconds without a break. */
	.max_count = SZ_1M,
	.default_blocks = 32,
	.default_ops = 256,
	.block_ops = holes_ops,
	.room = holes_room,
	.turn = holes_turn,
};

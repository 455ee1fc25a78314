// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops of back-ends are called here and nowhere else. A call does as many
 * operations as a worker does between two looks at the run's stop, or fewer, so what
 * is decided here is decided once for many of them.
 */
#include "engine.h"

/**
 * bench_pairs - allocate an object and free it, over and over
 * @worker: who does it
 * @nr: how often
 *
 * Context: A worker of the run. May sleep.
 * Return: how often it could, fewer than @nr if there was no memory.
 */
size_t bench_pairs(struct bench_worker *worker, size_t nr)
{
	const struct bench_lane *lane = worker->run->lane;

	return lane->backend->pair(lane->ctx, worker->run->gfp, nr);
}

/**
 * bench_allocs - allocate objects, one by one
 * @worker: who does it
 * @objects: where to
 * @nr: how many
 *
 * Context: A worker of the run. May sleep.
 * Return: how many there were, fewer than @nr if there was no memory.
 */
size_t bench_allocs(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_lane *lane = worker->run->lane;

	return lane->backend->alloc(lane->ctx, worker->run->gfp, objects, nr);
}

/**
 * bench_frees - free objects, one by one
 * @worker: who does it
 * @objects: what to free
 * @nr: how many
 *
 * Context: A worker of the run. May sleep.
 */
void bench_frees(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_lane *lane = worker->run->lane;

	lane->backend->free(lane->ctx, objects, nr);
}

/**
 * bench_bursts - allocate as many objects as the run has and free them, repeatedly
 * @worker: who does it; those of a burst that was left half done are its own
 * @rounds: how often
 *
 * Context: A worker of the run. May sleep.
 * Return: how often it could, fewer than @rounds if there was no memory.
 */
size_t bench_bursts(struct bench_worker *worker, size_t rounds)
{
	const struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	void *ctx = run->lane->ctx;
	size_t count = run->count;
	size_t left;

	for (left = rounds; left; left--) {
		size_t done =
			backend->alloc(ctx, run->gfp, worker->objects, count);

		if (done < count) {
			worker->tail = done;
			break;
		}
		backend->free(ctx, worker->objects, count);
	}
	return rounds - left;
}

/**
 * bench_bulks - the same by one call each
 * @worker: who does it
 * @rounds: how often
 *
 * Context: A worker of the run. May sleep.
 * Return: how often it could, fewer than @rounds if there was no memory.
 */
size_t bench_bulks(struct bench_worker *worker, size_t rounds)
{
	const struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	void *ctx = run->lane->ctx;
	size_t count = run->count;
	size_t left;

	for (left = rounds; left; left--) {
		if (backend->alloc_bulk(ctx, run->gfp, worker->objects, count) <
		    count)
			break;
		backend->free_bulk(ctx, worker->objects, count);
	}
	return rounds - left;
}

/**
 * bench_replace - free objects and allocate others in their place
 * @worker: who does it
 * @objects: which
 * @nr: how many
 *
 * Context: A worker of the run. May sleep.
 * Return: how many there are now, fewer than @nr if there was no memory.
 */
size_t bench_replace(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_run *run = worker->run;
	const struct bench_lane *lane = run->lane;

	lane->backend->free(lane->ctx, objects, nr);
	return lane->backend->alloc(lane->ctx, run->gfp, objects, nr);
}

/**
 * bench_alloc_from - allocate one object of a context of the workload's own
 * @run: the run
 * @ctx: the context
 * @object: where to; left as it is by a back-end that allocates nothing
 *
 * Context: A worker of the run. May sleep.
 * Return: false if there was no memory.
 */
bool bench_alloc_from(const struct bench_run *run, void *ctx, void **object)
{
	return run->lane->backend->alloc(ctx, run->gfp, object, 1);
}

/**
 * bench_free_to - free objects, whoever allocated them
 * @run: the run
 * @ctx: the context they are of
 * @objects: what to free
 * @nr: how many
 *
 * Context: A worker of the run. May sleep.
 */
void bench_free_to(const struct bench_run *run, void *ctx, void **objects,
		   size_t nr)
{
	run->lane->backend->free(ctx, objects, nr);
}

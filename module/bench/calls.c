// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops of back-ends are called here and nowhere else, but for workloads with ways
 * of their own (MAGSLAB_WORKLOAD_OWN), to which nothing of this applies. A call does as
 * many operations as a worker does between two looks at the run's stop, or fewer, so
 * what is decided here is decided once for many of them.
 * That is the context: those of another one than a task hop there as a whole. And it
 * is whether objects are touched. What a call is to do counts as done: where it could
 * not, nothing is told of the row.
 */
#include "engine.h"

/* A loop that is compiled has nothing between its calls, so this one is not. */
static size_t touched_pairs(struct bench_worker *worker, size_t nr)
{
	const struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	void *ctx = run->lane->ctx;
	void *object = NULL;
	size_t left;

	for (left = nr; left; left--) {
		if (!backend->alloc(ctx, run->gfp, &object, 1))
			break;
		bench_touch(worker, &object, 1);
		backend->free(ctx, &object, 1);
	}
	return nr - left;
}

static size_t pairs(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_lane *lane = worker->run->lane;

	if (worker->run->touch)
		return touched_pairs(worker, nr);
	return lane->backend->pair(lane->ctx, worker->run->gfp, nr);
}

static size_t allocs(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_lane *lane = worker->run->lane;
	size_t done;

	done = lane->backend->alloc(lane->ctx, worker->run->gfp, objects, nr);
	if (worker->run->touch)
		bench_touch(worker, objects, done);
	return done;
}

static size_t frees(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_lane *lane = worker->run->lane;

	lane->backend->free(lane->ctx, objects, nr);
	return nr;
}

static __always_inline size_t bursts_of(struct bench_worker *worker,
					void **objects, size_t rounds,
					bool reversed, bool touch)
{
	const struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	void *ctx = run->lane->ctx;
	size_t count = run->count;
	size_t left;

	for (left = rounds; left; left--) {
		size_t done = backend->alloc(ctx, run->gfp, objects, count);

		if (done < count) {
			worker->tail = done;
			break;
		}
		if (reversed)
			bench_reverse_half(worker);
		if (touch)
			bench_touch(worker, objects, count);
		backend->free(ctx, objects, count);
	}
	return rounds - left;
}

/* Bursts may be short: they are not to pay for a question each. */
static size_t bursts(struct bench_worker *worker, void **objects, size_t rounds)
{
	if (worker->run->touch)
		return bursts_of(worker, objects, rounds, false, true);
	return bursts_of(worker, objects, rounds, false, false);
}

static size_t simples(struct bench_worker *worker, void **objects,
		      size_t rounds)
{
	if (worker->run->touch)
		return bursts_of(worker, objects, rounds, true, true);
	return bursts_of(worker, objects, rounds, true, false);
}

static size_t bulks(struct bench_worker *worker, void **objects, size_t rounds)
{
	const struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	void *ctx = run->lane->ctx;
	size_t count = run->count;
	size_t left;

	for (left = rounds; left; left--) {
		if (backend->alloc_bulk(ctx, run->gfp, objects, count) < count)
			break;
		if (run->touch)
			bench_touch(worker, objects, count);
		backend->free_bulk(ctx, objects, count);
	}
	return rounds - left;
}

static size_t replace(struct bench_worker *worker, void **objects, size_t nr)
{
	frees(worker, objects, nr);
	return allocs(worker, objects, nr);
}

static __always_inline size_t in_context(struct bench_worker *worker,
					 bench_part part, void **objects,
					 size_t nr)
{
	if (likely(worker->run->context == MAGSLAB_CONTEXT_TASK))
		return part(worker, objects, nr);
	return bench_hop(worker, part, objects, nr);
}

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
	worker->calls += 2 * nr;
	return in_context(worker, pairs, NULL, nr);
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
	worker->calls += nr;
	return in_context(worker, allocs, objects, nr);
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
	worker->calls += nr;
	in_context(worker, frees, objects, nr);
}

/**
 * bench_bursts - allocate as many objects as the run has and free them, repeatedly
 * @worker: who does it; those of a burst that was left half done are its own
 * @rounds: how often
 * @reversed: free the second half of a burst backwards
 *
 * Context: A worker of the run. May sleep.
 * Return: how often it could, fewer than @rounds if there was no memory.
 */
size_t bench_bursts(struct bench_worker *worker, size_t rounds, bool reversed)
{
	worker->calls += 2 * rounds * worker->run->count;
	return in_context(worker, reversed ? simples : bursts, worker->objects,
			  rounds);
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
	worker->calls += 2 * rounds * worker->run->count;
	return in_context(worker, bulks, worker->objects, rounds);
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
	worker->calls += 2 * nr;
	return in_context(worker, replace, objects, nr);
}

/**
 * bench_alloc_from - allocate one object of a context of the workload's own
 * @run: the run
 * @ctx: the context
 * @object: where to; left as it is by a back-end that allocates nothing
 *
 * Whatever the run's context, this is done by a task.
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
 * Whatever the run's context, this is done by a task.
 *
 * Context: A worker of the run. May sleep.
 */
void bench_free_to(const struct bench_run *run, void *ctx, void **objects,
		   size_t nr)
{
	run->lane->backend->free(ctx, objects, nr);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often a back-end takes its locks and exchanges what a CPU has for what all of them
 * share, if it tells. Where objects flow steadily this is counted from then on: all
 * workers go through these steps together, and the first of them looks. Elsewhere it is
 * counted over whole turns, by the conductor.
 */
#include "engine.h"
#include "mix.h"

static struct bench_shared shared_of_lane(const struct bench_run *run)
{
	const struct bench_lane *lane = run->lane;
	struct bench_shared shared = {};

	if (run->mix)
		return bench_mix_shared(run);
	bench_shared_add(&shared, lane->backend, lane->ctx);
	return shared;
}

/**
 * bench_shared_add - add what a back-end has counted of one context
 * @shared: what it is added to
 * @backend: who counts, or does not
 * @ctx: the context
 *
 * Context: Task. May sleep.
 */
void bench_shared_add(struct bench_shared *shared,
		      const struct magslab_bench_backend *backend, void *ctx)
{
	if (backend->locks)
		shared->locks += backend->locks(ctx);
	if (backend->exchanges)
		shared->exchanges += backend->exchanges(ctx);
}

/**
 * bench_shared_since - count what was between two looks at it
 * @lane: whose it is
 * @before: the first look
 * @after: the second one
 * @calls: allocations and frees between them
 *
 * Context: Any.
 */
void bench_shared_since(struct bench_lane *lane, struct bench_shared before,
			struct bench_shared after, u64 calls)
{
	lane->shared.locks += after.locks - before.locks;
	lane->shared.exchanges += after.exchanges - before.exchanges;
	lane->calls += calls;
}

/**
 * bench_locks_begin - count locks from here on
 * @worker: who is about to do blocks
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_locks_begin(struct bench_worker *worker)
{
	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index)
		worker->run->shared = shared_of_lane(worker->run);
	return bench_meet(worker) ? 0 : -EINTR;
}

/**
 * bench_locks_end - count locks up to here
 * @worker: who has done blocks
 * @calls: allocations and frees in them, of one worker
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_locks_end(struct bench_worker *worker, u64 calls)
{
	struct bench_run *run = worker->run;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index)
		bench_shared_since(run->lane, run->shared, shared_of_lane(run),
				   calls * run->cpus);
	return bench_meet(worker) ? 0 : -EINTR;
}

/* Those with contexts of their own, which come and go, count by themselves. */
static bool counts_turns(const struct bench_run *run)
{
	return !run->workload->open;
}

/**
 * bench_locks_turn_begin - be ready to count those of a whole turn
 * @run: the run, whose lane is about to have its turn
 *
 * Context: The run's conductor, while the workers are idle.
 * Return: for bench_locks_turn_end().
 */
struct bench_before bench_locks_turn_begin(struct bench_run *run)
{
	struct bench_before before = { .calls = run->lane->calls };
	unsigned int i;

	if (!counts_turns(run))
		return before;
	for (i = 0; i < run->cpus; i++)
		run->workers[i].calls = 0;
	before.shared = shared_of_lane(run);
	return before;
}

/**
 * bench_locks_turn_end - count those of a whole turn, unless the workload did
 * @run: the run, whose lane has had its turn
 * @before: what bench_locks_turn_begin() returned
 *
 * Context: The run's conductor, while the workers are idle.
 */
void bench_locks_turn_end(struct bench_run *run,
			  const struct bench_before *before)
{
	struct bench_lane *lane = run->lane;
	unsigned int i;
	u64 calls = 0;

	if (!counts_turns(run) || lane->calls != before->calls)
		return;
	for (i = 0; i < run->cpus; i++)
		calls += run->workers[i].calls;
	bench_shared_since(lane, before->shared, shared_of_lane(run), calls);
}

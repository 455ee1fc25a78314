// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often a back-end takes its locks, if it tells. All workers go through
 * these steps together; the first of them looks.
 */
#include "engine.h"
#include "mix.h"

static u64 locks_of_lane(const struct bench_run *run)
{
	if (run->mix)
		return bench_mix_locks(run);
	return run->lane->backend->locks(run->lane->ctx);
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
	struct bench_lane *lane = worker->run->lane;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index && lane->backend->locks)
		worker->run->locks = locks_of_lane(worker->run);
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
	struct bench_lane *lane = run->lane;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index && lane->backend->locks) {
		lane->locks += locks_of_lane(run) - run->locks;
		lane->calls += calls * run->cpus;
	}
	return bench_meet(worker) ? 0 : -EINTR;
}

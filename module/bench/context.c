// SPDX-License-Identifier: GPL-2.0-only
/*
 * A part of a worker's work done in another context than a task's, on the worker's
 * CPU, while the worker waits. The clock runs there alone, so the way there and back
 * is in no figure.
 *
 *  softirq	a tasklet that is run when the worker lets softirqs in
 *  hardirq	a timer that is due at once; one of those that stay in the hard
 *		interrupt on PREEMPT_RT
 */
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/sizes.h>

#include "engine.h"

/* Some 100 us, with interrupts off: so many operations, so many bytes cleared. */
#define CONTEXT_MAX_OPS 256
#define CONTEXT_MIN_OPS 4
#define CONTEXT_BYTES SZ_512K

/* The most that is done in one go, of objects of @size bytes. */
size_t bench_context_chunk(size_t size)
{
	return clamp_t(size_t, CONTEXT_BYTES / size, CONTEXT_MIN_OPS,
		       CONTEXT_MAX_OPS);
}

/*
 * Objects of each worker beyond those that the run has, for which there is memory
 * before it begins: one CPU may keep for itself what another one has freed.
 */
size_t bench_context_slack(const struct bench_run *run)
{
	if (run->context != MAGSLAB_CONTEXT_HARDIRQ)
		return 0;
	return 2 * bench_context_chunk(run->object_size);
}

static void land(struct bench_hop *hop)
{
	struct bench_worker *worker =
		container_of(hop, struct bench_worker, hop);

	bench_span_start(&worker->span);
	hop->done = hop->part(worker, hop->objects, hop->nr);
	bench_span_stop(&worker->span, worker->cpu);
	complete(&hop->landed);
}

static void land_in_softirq(struct tasklet_struct *tasklet)
{
	land(container_of(tasklet, struct bench_hop, tasklet));
}

static enum hrtimer_restart land_in_hardirq(struct hrtimer *timer)
{
	land(container_of(timer, struct bench_hop, timer));
	return HRTIMER_NORESTART;
}

void bench_hop_init(struct bench_worker *worker)
{
	struct bench_hop *hop = &worker->hop;

	init_completion(&hop->landed);
	tasklet_setup(&hop->tasklet, land_in_softirq);
	hrtimer_init(&hop->timer, CLOCK_MONOTONIC,
		     HRTIMER_MODE_REL_PINNED_HARD);
	hop->timer.function = land_in_hardirq;
}

/* Whoever was the last to land may not have left yet. */
void bench_hop_end(struct bench_worker *worker)
{
	tasklet_kill(&worker->hop.tasklet);
	hrtimer_cancel(&worker->hop.timer);
}

/* Where there is no way to run it at once, ksoftirqd does. */
static void take_off_to_softirq(struct bench_hop *hop)
{
	local_bh_disable();
	tasklet_schedule(&hop->tasklet);
	local_bh_enable();
}

/**
 * bench_hop - do a part in the run's context
 * @worker: whose work it is
 * @part: what to do, no more than bench_context_chunk() says
 * @objects: given to @part
 * @nr: given to @part
 *
 * Context: A worker of the run, with its clock stopped. Sleeps.
 * Return: what @part did.
 */
size_t bench_hop(struct bench_worker *worker, bench_part part, void **objects,
		 size_t nr)
{
	struct bench_hop *hop = &worker->hop;

	hop->part = part;
	hop->objects = objects;
	hop->nr = nr;
	reinit_completion(&hop->landed);
	if (worker->run->context == MAGSLAB_CONTEXT_SOFTIRQ)
		take_off_to_softirq(hop);
	else
		hrtimer_start(&hop->timer, 0, HRTIMER_MODE_REL_PINNED_HARD);
	wait_for_completion(&hop->landed);
	return hop->done;
}

static size_t fill_in_task(struct bench_worker *worker)
{
	const struct bench_run *run = worker->run;
	size_t nr = run->count + bench_context_slack(run);
	size_t done;

	for (done = 0; done < nr; done++) {
		if (!(done % run->chunk) && bench_poll(worker))
			break;
		if (!bench_alloc_from(run, run->lane->ctx,
				      &worker->objects[done]))
			break;
	}
	return done;
}

static void drain_in_task(struct bench_worker *worker, size_t nr)
{
	const struct bench_run *run = worker->run;
	size_t done, part;

	for (done = 0; done < nr; done += part) {
		part = min(nr - done, run->chunk);
		bench_free_to(run, run->lane->ctx, worker->objects + done,
			      part);
		cond_resched();
	}
}

/**
 * bench_context_prime - have a back-end hold what a hard interrupt needs
 * @worker: one of the workers, who all do this before their blocks
 *
 * There some allocators do not ask for more memory; magslab is one. So all objects
 * and some more are allocated once by tasks, whatever the back-end.
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_context_prime(struct bench_worker *worker)
{
	size_t nr;
	bool go_on;

	if (worker->run->context != MAGSLAB_CONTEXT_HARDIRQ)
		return 0;
	nr = fill_in_task(worker);
	go_on = bench_meet(worker);
	drain_in_task(worker, nr);
	return go_on && bench_meet(worker) ? 0 : -EINTR;
}

/**
 * bench_context_error - tell whether a back-end may be called in the run's context
 * @run: the run
 * @backend: the back-end
 *
 * Return: 0; -EOPNOTSUPP if not; -ERANGE if a bulk call would take too long there.
 */
int bench_context_error(const struct bench_run *run,
			const struct magslab_bench_backend *backend)
{
	bool bulk = run->workload->at_once;
	u32 contexts = bulk ? backend->bulk_contexts : backend->contexts;

	if (run->context == MAGSLAB_CONTEXT_TASK)
		return 0;
	if (!(contexts & BIT(run->context)))
		return -EOPNOTSUPP;
	if (bulk && run->count > run->chunk)
		return -ERANGE;
	return 0;
}

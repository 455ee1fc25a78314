// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one worker does in one turn, and the steps that workloads are made of.
 *
 * Steps look often whether the run should end. A worker that finds so leaves
 * the workload with an error, and frees its objects on the way out.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "engine.h"

/* About as long as it takes to wake somebody up. */
#define MEET_SPINS 1000

/**
 * bench_this_worker - tell which worker is running
 *
 * For what stands in a back-end's place, and gets no more than a back-end does.
 *
 * Context: A worker of a run.
 * Return: the worker.
 */
struct bench_worker *bench_this_worker(void)
{
	const struct kthread_worker *thread = kthread_data(current);

	return container_of(thread->current_work, struct bench_worker, work);
}

/**
 * bench_poll - let others run, and ask whether the run should end
 * @worker: who asks
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: true if it should.
 */
bool bench_poll(struct bench_worker *worker)
{
	cond_resched();
	return READ_ONCE(worker->run->stop);
}

static bool all_met(const struct bench_run *run, int all)
{
	/* Pairs with the release in bench_meet(). */
	return atomic_read_acquire(&run->met) - all >= 0;
}

/**
 * bench_meet - wait for all other workers of the run
 * @worker: who waits
 *
 * What each of them wrote before is seen by all of them after. Those that wait
 * for a moment only leave together, to within the time it takes to see another
 * CPU's store; those that wait for longer leave the CPU to others.
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: true, or false when the run should end.
 */
bool bench_meet(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	int all = ++worker->meetings * run->cpus;
	unsigned int spins = 0;

	atomic_inc_return_release(&run->met);
	wake_up_all(&run->meeting);

	while (!all_met(run, all)) {
		if (bench_poll(worker))
			return false;
		cpu_relax();
		if (++spins > MEET_SPINS)
			wait_event_idle(run->meeting,
					all_met(run, all) ||
						READ_ONCE(run->stop));
	}
	return !READ_ONCE(run->stop);
}

/**
 * bench_more - ask whether the turn needs another block
 * @worker: who asks
 *
 * Dropped blocks are made up for, within reason.
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: true if so. False if the turn is done, or the run should end.
 */
bool bench_more(struct bench_worker *worker)
{
	u32 want = worker->run->turn_blocks;

	if (bench_poll(worker))
		return false;
	return worker->recorded < want && worker->tried < 2 * want + 8;
}

/* In another context than this one the clock is started and stopped there. */
static void clock_start(struct bench_worker *worker)
{
	if (worker->run->context == MAGSLAB_CONTEXT_TASK)
		bench_span_start(&worker->span);
}

static void clock_stop(struct bench_worker *worker)
{
	if (worker->run->context == MAGSLAB_CONTEXT_TASK)
		bench_span_stop(&worker->span, worker->cpu);
}

/* Go on with a block that was stopped. */
void bench_block_resume(struct bench_worker *worker)
{
	worker->in_block = true;
	clock_start(worker);
}

void bench_block_start(struct bench_worker *worker)
{
	worker->span = (struct bench_span){};
	bench_block_resume(worker);
}

void bench_block_stop(struct bench_worker *worker)
{
	clock_stop(worker);
	worker->in_block = false;
}

/**
 * bench_breathe - poll if it is time to, with the block's clock stopped
 * @worker: whose block it is
 * @ops: operations done since the last call
 *
 * Outside of a block this does no harm: the clock is set when one starts.
 *
 * Context: A worker of the run. May sleep.
 * Return: true if the run should end.
 */
bool bench_breathe(struct bench_worker *worker, size_t ops)
{
	bool stop;

	worker->breath += ops;
	if (worker->breath < worker->run->chunk)
		return false;

	worker->breath = 0;
	clock_stop(worker);
	stop = bench_poll(worker);
	clock_start(worker);
	return stop;
}

/**
 * bench_fill - allocate objects
 * @worker: who owns them then
 * @nr: how many, one by one
 *
 * Context: A worker of the run. May sleep.
 * Return: 0, -ENOMEM, or -EINTR when the run should end. The worker owns the
 * objects allocated up to then.
 */
int bench_fill(struct bench_worker *worker, size_t nr)
{
	while (nr) {
		size_t part = min(nr, worker->run->chunk);
		size_t done;

		done = bench_allocs(worker, worker->objects + worker->tail,
				    part);
		worker->tail += done;
		if (done < part)
			return -ENOMEM;
		if (bench_breathe(worker, part))
			return -EINTR;
		nr -= part;
	}
	return 0;
}

/**
 * bench_drain - free objects, in the order of the array
 * @worker: who owns them
 * @nr: how many, one by one
 *
 * Does not end early: whoever is in a hurry has to free them all the same.
 *
 * Context: A worker of the run. May sleep.
 */
void bench_drain(struct bench_worker *worker, size_t nr)
{
	while (nr) {
		size_t part = min(nr, worker->run->chunk);

		bench_frees(worker, worker->objects + worker->head, part);
		worker->head += part;
		bench_breathe(worker, part);
		nr -= part;
	}
	if (worker->head == worker->tail) {
		worker->head = 0;
		worker->tail = 0;
	}
}

/**
 * bench_shuffle - bring the objects of a worker into random order
 * @worker: who owns them
 *
 * The order depends on the run's seed, the worker, and how many shuffles there
 * were this turn, and so is the same for every back-end.
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_shuffle(struct bench_worker *worker)
{
	void **objects = worker->objects + worker->head;
	size_t i = worker->tail - worker->head;

	while (i > 1) {
		u32 random = prandom_u32_state(&worker->random);
		size_t j = ((u64)random * i) >> 32;

		swap(objects[i - 1], objects[j]);
		i--;
		if (bench_breathe(worker, 1))
			return -EINTR;
	}
	return 0;
}

/**
 * bench_reverse_half - bring the second half of a worker's objects into reverse order
 * @worker: who owns them, as many as the run has, from the array's beginning
 *
 * It is in all figures, those of the floors too.
 *
 * Context: Any.
 */
void bench_reverse_half(struct bench_worker *worker)
{
	void **first = worker->objects + worker->run->count / 2;
	void **last = worker->objects + worker->run->count - 1;

	for (; first < last; first++, last--)
		swap(*first, *last);
}

/*
 * A CPU that went offline took the binding with it. It may be back. One that is
 * half-way down counts as online, and would not take us: we would be left with
 * a binding to another CPU than ours.
 */
static void bind_again(const struct bench_worker *worker)
{
	if (raw_smp_processor_id() == worker->cpu)
		return;
	cpus_read_lock();
	if (cpu_online(worker->cpu))
		set_cpus_allowed_ptr(current, cpumask_of(worker->cpu));
	cpus_read_unlock();
}

static void begin_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	unsigned int row;

	bind_again(worker);
	worker->meetings = 0;
	worker->breath = 0;
	worker->tried = 0;
	worker->recorded = 0;
	worker->warm_up = run->workload->warm_up;
	prandom_seed_state(&worker->random, run->seed + worker->index);

	for (row = 0; row < run->workload->nr_rows; row++) {
		struct bench_log *log = bench_log(worker, row);

		log->room = min(log->nr + run->turn_blocks, log->size);
	}
}

static int do_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	int ret;

	if (!bench_meet(worker))
		return -EINTR;
	ret = bench_context_prime(worker);
	if (ret)
		return ret;
	ret = run->workload->turn(worker);
	if (ret || !run->last_turn || run->workload->own_footprint ||
	    run->timeline)
		return ret;
	return bench_footprint(worker);
}

/*
 * Interrupts cannot wait for memory, and where it is kept short there may be none. Where
 * one back-end finds none another may find some. Those who were stopped say nothing new.
 */
static void give_up(struct bench_run *run, int error)
{
	if (error == -EINTR)
		return;
	if (error == -ENOMEM && (run->context != MAGSLAB_CONTEXT_TASK ||
				 run->surroundings.short_of_memory))
		bench_lane_stop(run, error);
	else
		bench_stop(run, error);
}

/**
 * bench_worker_turn - one turn of the current lane
 * @work: the work of one of the run's workers
 *
 * The last worker to be done wakes the run's conductor.
 *
 * Context: The worker's thread.
 */
void bench_worker_turn(struct kthread_work *work)
{
	struct bench_worker *worker;
	struct bench_run *run;
	int ret;

	worker = container_of(work, struct bench_worker, work);
	run = worker->run;

	begin_turn(worker);
	ret = do_turn(worker);
	worker->in_block = false;
	if (ret)
		give_up(run, ret);
	bench_drain(worker, worker->tail - worker->head);

	if (!atomic_dec_and_test(&run->busy))
		return;
	if (run->workload->end)
		run->workload->end(run);
	complete(&run->done);
}

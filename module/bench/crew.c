// SPDX-License-Identifier: GPL-2.0-only
/* The workers of a run: their threads, and the memory they write into. */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "engine.h"
#include "latency.h"

static unsigned int nr_logs(const struct bench_run *run)
{
	return run->nr_lanes * run->workload->nr_rows;
}

static int logs_alloc(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	size_t room = (size_t)run->turns * run->turn_blocks;
	unsigned int i;

	worker->logs = kvcalloc(nr_logs(run), sizeof(*worker->logs),
				GFP_KERNEL_ACCOUNT);
	if (!worker->logs)
		return -ENOMEM;

	room = min_t(size_t, room, BENCH_MAX_BLOCKS / run->cpus);
	for (i = 0; i < nr_logs(run); i++) {
		struct bench_log *log = &worker->logs[i];

		log->size = room;
		log->samples = kvcalloc(room, sizeof(*log->samples),
					GFP_KERNEL_ACCOUNT);
		if (!log->samples)
			return -ENOMEM;
	}
	return 0;
}

static void logs_free(struct bench_worker *worker)
{
	unsigned int i;

	if (!worker->logs)
		return;
	for (i = 0; i < nr_logs(worker->run); i++)
		kvfree(worker->logs[i].samples);
	kvfree(worker->logs);
}

static int spans_alloc(struct bench_worker *worker)
{
	const struct bench_run *run = worker->run;

	if (!run->workload->slices)
		return 0;
	worker->spans = kvcalloc(run->workload->slices(run),
				 sizeof(*worker->spans), GFP_KERNEL_ACCOUNT);
	return worker->spans ? 0 : -ENOMEM;
}

static int objects_alloc(struct bench_worker *worker)
{
	const struct bench_run *run = worker->run;
	size_t nr = bench_room(run) + bench_context_slack(run);

	worker->objects =
		kvmalloc_array(nr, sizeof(void *), GFP_KERNEL_ACCOUNT);
	return worker->objects ? 0 : -ENOMEM;
}

static int thread_start(struct bench_worker *worker)
{
	struct kthread_worker *thread;

	thread = kthread_create_worker_on_cpu(worker->cpu, 0,
					      "magslab_bench/%u", worker->cpu);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	worker->thread = thread;
	kthread_init_work(&worker->work, bench_worker_turn);
	return 0;
}

static int worker_hire(struct bench_worker *worker)
{
	int ret;

	bench_hop_init(worker);
	ret = logs_alloc(worker);
	if (ret)
		return ret;
	ret = spans_alloc(worker);
	if (ret)
		return ret;
	ret = objects_alloc(worker);
	if (ret)
		return ret;
	ret = bench_touch_alloc(worker);
	if (ret)
		return ret;
	ret = bench_parcel_alloc(worker);
	if (ret)
		return ret;
	ret = bench_latency_hire(worker);
	if (ret)
		return ret;
	return thread_start(worker);
}

static void worker_fire(struct bench_worker *worker)
{
	if (worker->thread)
		kthread_destroy_worker(worker->thread);
	bench_hop_end(worker);
	bench_latency_fire(worker);
	bench_parcel_free(worker);
	bench_touch_free(worker);
	kvfree(worker->objects);
	kvfree(worker->spans);
	logs_free(worker);
}

/**
 * bench_crew_hire - make the workers of a run
 * @run: the run
 *
 * Each is bound to a CPU. One that goes offline later makes its worker move; its
 * blocks are dropped then.
 *
 * Context: The run's conductor. May sleep.
 * Return: 0 or a negative errno. bench_crew_fire() is due in either case.
 */
int bench_crew_hire(struct bench_run *run)
{
	unsigned int i;
	int ret;

	run->workers =
		kvcalloc(run->cpus, sizeof(*run->workers), GFP_KERNEL_ACCOUNT);
	if (!run->workers)
		return -ENOMEM;

	ret = bench_place(run);
	for (i = 0; !ret && i < run->cpus; i++) {
		run->workers[i].run = run;
		ret = worker_hire(&run->workers[i]);
	}
	return ret;
}

void bench_crew_fire(struct bench_run *run)
{
	unsigned int i;

	if (!run->workers)
		return;
	for (i = 0; i < run->cpus; i++)
		if (run->workers[i].run)
			worker_fire(&run->workers[i]);
	kvfree(run->workers);
}

/* Let all workers do one turn of the current lane. */
void bench_crew_start(struct bench_run *run)
{
	unsigned int i;

	reinit_completion(&run->done);
	atomic_set(&run->met, 0);
	atomic_set(&run->busy, run->cpus);
	for (i = 0; i < run->cpus; i++)
		kthread_queue_work(run->workers[i].thread,
				   &run->workers[i].work);
}

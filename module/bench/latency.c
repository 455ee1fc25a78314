// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "engine.h"
#include "latency.h"

/*
 * === Timing ===
 */

/**
 * struct probe - one call
 * @switches: context switches of the worker before it
 * @before: a reading of the clock that nothing is timed by but the next one
 * @start: the last reading before the call
 * @end: the first one after it
 */
struct probe {
	unsigned long switches;
	u64 before;
	u64 start;
	u64 end;
};

static __always_inline void probe_start(struct probe *probe)
{
	probe->switches = bench_switches();
	barrier();
	probe->before = ktime_get_ns();
	barrier();
	probe->start = ktime_get_ns();
	barrier();
}

static __always_inline void probe_stop(struct probe *probe)
{
	barrier();
	probe->end = ktime_get_ns();
	barrier();
}

static unsigned int bucket_of(u64 ns)
{
	if (ns >> LATENCY_BITS)
		return LATENCY_OVERFLOW;
	return log_linear_bucket(ns, LATENCY_STEP_BITS);
}

static void add(struct latency_histogram *histogram, u64 ns, bool switched)
{
	histogram->count[bucket_of(ns)]++;
	histogram->min = histogram->samples ? min(histogram->min, ns) : ns;
	histogram->max = max(histogram->max, ns);
	histogram->samples++;
	histogram->sum += ns;
	histogram->switched += switched;
}

/*
 * Which way the last call went: the first of those whose count has grown, or else
 * the one that is not counted. Remembers the counts.
 */
static unsigned int path_of(struct bench_worker *worker, unsigned int call)
{
	const struct bench_latency *latency = worker->run->latency;
	const struct magslab_bench_backend *backend = latency->backend;
	u64 *was = worker->paths[call], now[MAGSLAB_BENCH_PATHS] = {};
	unsigned int path = 0, i;

	if (!latency->by_path || !backend->paths)
		return 0;
	backend->paths(worker->run->lane->ctx, call == MAGSLAB_CALL_FREE, now);
	for (i = MAGSLAB_BENCH_PATHS; --i;)
		if (now[i] != was[i])
			path = i;
	memcpy(was, now, sizeof(now));
	return path;
}

static unsigned int nr_paths_of(const struct bench_worker *worker)
{
	const struct bench_run *run = worker->run;

	return run->latency->lanes[run->lane - run->lanes].nr_paths;
}

/*
 * What is not within a block is no part of the workload. One that ran elsewhere ran on
 * a CPU with counts of its own.
 */
static bool wanted(const struct bench_worker *worker)
{
	return worker->in_block && !worker->warm_up &&
	       raw_smp_processor_id() == worker->cpu;
}

static void note(struct bench_worker *worker, unsigned int call,
		 const struct probe *probe)
{
	bool switched = bench_switches() != probe->switches;
	unsigned int path = path_of(worker, call);
	unsigned int nr_paths = nr_paths_of(worker);

	if (!wanted(worker))
		return;
	add(&worker->latency[call * nr_paths + path], probe->end - probe->start,
	    switched);
	add(&worker->latency[MAGSLAB_CALL_NOTHING * nr_paths],
	    probe->start - probe->before, false);
}

/*
 * === In the back-end's place ===
 */

static bool timed_alloc_one(struct bench_worker *worker, void *ctx, gfp_t gfp,
			    void **object)
{
	const struct magslab_bench_backend *backend =
		worker->run->latency->backend;
	struct probe probe;
	size_t done;

	probe_start(&probe);
	done = backend->alloc(ctx, gfp, object, 1);
	probe_stop(&probe);
	if (done)
		note(worker, MAGSLAB_CALL_ALLOC, &probe);
	return done;
}

static void timed_free_one(struct bench_worker *worker, void *ctx,
			   void **object)
{
	const struct magslab_bench_backend *backend =
		worker->run->latency->backend;
	struct probe probe;

	probe_start(&probe);
	backend->free(ctx, object, 1);
	probe_stop(&probe);
	note(worker, MAGSLAB_CALL_FREE, &probe);
}

static size_t timed_alloc(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	struct bench_worker *worker = bench_this_worker();
	size_t i;

	for (i = 0; i < nr; i++)
		if (!timed_alloc_one(worker, ctx, gfp, &objects[i]))
			break;
	return i;
}

static void timed_free(void *ctx, void **objects, size_t nr)
{
	struct bench_worker *worker = bench_this_worker();
	size_t i;

	for (i = 0; i < nr; i++)
		timed_free_one(worker, ctx, &objects[i]);
}

static size_t timed_pair(void *ctx, gfp_t gfp, size_t nr)
{
	struct bench_worker *worker = bench_this_worker();
	void *object;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!timed_alloc_one(worker, ctx, gfp, &object))
			break;
		timed_free_one(worker, ctx, &object);
	}
	return i;
}

/**
 * bench_latency_begin - put what times each call between workers and a back-end
 * @run: the run; if it times blocks, nothing is done
 * @lane: the lane whose turn it is
 *
 * Context: The run's conductor, while the workers are idle.
 */
void bench_latency_begin(struct bench_run *run, struct bench_lane *lane)
{
	struct bench_latency *latency = run->latency;

	if (!latency)
		return;
	latency->backend = lane->backend;
	latency->timed = *lane->backend;
	latency->timed.pair = timed_pair;
	latency->timed.alloc = timed_alloc;
	latency->timed.free = timed_free;
	latency->timed.alloc_bulk = NULL;
	latency->timed.free_bulk = NULL;
	lane->backend = &latency->timed;
}

/* Adds up what a worker has of the last turn, and makes room for the next one. */
static void fold(struct latency_histogram *sum, struct latency_histogram *one)
{
	unsigned int i;

	if (!one->samples)
		return;
	for (i = 0; i < LATENCY_BUCKETS; i++)
		sum->count[i] += one->count[i];
	sum->min = sum->samples ? min(sum->min, one->min) : one->min;
	sum->max = max(sum->max, one->max);
	sum->samples += one->samples;
	sum->sum += one->sum;
	sum->switched += one->switched;
	memset(one, 0, sizeof(*one));
}

static void fold_worker(struct latency_lane *lane, struct bench_worker *worker)
{
	unsigned int i;

	for (i = 0; i < latency_nr_histograms(lane->nr_paths); i++)
		fold(&lane->histograms[i], &worker->latency[i]);
	memset(worker->paths, 0, sizeof(worker->paths));
}

/**
 * bench_latency_end - take it away again, and collect what it has seen
 * @run: the run
 * @lane: the lane whose turn it was
 *
 * Context: The run's conductor, while the workers are idle. May sleep.
 */
void bench_latency_end(struct bench_run *run, struct bench_lane *lane)
{
	struct bench_latency *latency = run->latency;
	unsigned int i;

	if (!latency)
		return;
	lane->backend = latency->backend;
	for (i = 0; i < run->cpus; i++) {
		fold_worker(&latency->lanes[lane - run->lanes],
			    &run->workers[i]);
		cond_resched();
	}
}

/*
 * === Coming and going ===
 */

static unsigned int count_paths(const struct magslab_bench_backend *backend,
				u32 flags)
{
	unsigned int nr = 0;

	if (!(flags & MAGSLAB_RUN_FLAG_PATHS) || !backend->paths)
		return 1;
	while (nr < MAGSLAB_BENCH_PATHS && backend->path_names[nr])
		nr++;
	return nr;
}

/* A worker's have to do for any of the lanes. */
static unsigned int most_paths(const struct bench_run *run, u32 flags)
{
	unsigned int most = 1, i;

	for (i = 0; i < run->nr_lanes; i++)
		most = max(most, count_paths(run->lanes[i].backend, flags));
	return most;
}

/**
 * bench_latency_bytes - tell what histograms take
 * @run: a run with all its lanes
 * @flags: of the request
 *
 * Context: Task.
 * Return: bytes, over all CPUs.
 */
u64 bench_latency_bytes(const struct bench_run *run, u32 flags)
{
	unsigned int i;
	u64 nr;

	if (!(flags & MAGSLAB_RUN_FLAG_LATENCY))
		return 0;
	nr = (u64)run->cpus * latency_nr_histograms(most_paths(run, flags));
	for (i = 0; i < run->nr_lanes; i++) {
		unsigned int paths = count_paths(run->lanes[i].backend, flags);

		nr += latency_nr_histograms(paths);
	}
	return nr * sizeof(struct latency_histogram);
}

static int open_lane(struct latency_lane *lane,
		     const struct magslab_bench_backend *backend, u32 flags)
{
	unsigned int i;

	lane->nr_paths = count_paths(backend, flags);
	for (i = 0; lane->nr_paths > 1 && i < lane->nr_paths; i++)
		strscpy(lane->names[i], backend->path_names[i],
			sizeof(lane->names[i]));
	lane->histograms = kvcalloc(latency_nr_histograms(lane->nr_paths),
				    sizeof(*lane->histograms),
				    GFP_KERNEL_ACCOUNT);
	return lane->histograms ? 0 : -ENOMEM;
}

/**
 * bench_latency_open - have each call of a run timed, if that is asked for
 * @run: a run with all its lanes
 * @flags: of the request
 *
 * Context: Task. May sleep. bench_latency_free() is due in any case.
 * Return: 0 or -ENOMEM.
 */
int bench_latency_open(struct bench_run *run, u32 flags)
{
	struct bench_latency *latency;
	unsigned int i;
	int ret = 0;

	if (!(flags & MAGSLAB_RUN_FLAG_LATENCY))
		return 0;
	latency = kzalloc(sizeof(*latency), GFP_KERNEL_ACCOUNT);
	if (!latency)
		return -ENOMEM;
	run->latency = latency;
	latency->by_path = flags & MAGSLAB_RUN_FLAG_PATHS;
	latency->lanes = kcalloc(run->nr_lanes, sizeof(*latency->lanes),
				 GFP_KERNEL_ACCOUNT);
	if (!latency->lanes)
		return -ENOMEM;
	latency->nr_lanes = run->nr_lanes;
	for (i = 0; !ret && i < run->nr_lanes; i++)
		ret = open_lane(&latency->lanes[i], run->lanes[i].backend,
				flags);
	return ret;
}

void bench_latency_free(struct bench_latency *latency)
{
	if (!latency)
		return;
	while (latency->nr_lanes)
		kvfree(latency->lanes[--latency->nr_lanes].histograms);
	kfree(latency->lanes);
	kfree(latency);
}

/* Histograms that one worker writes into, for one turn. */
int bench_latency_hire(struct bench_worker *worker)
{
	const struct bench_latency *latency = worker->run->latency;
	unsigned int most = 1, i;

	if (!latency)
		return 0;
	for (i = 0; i < latency->nr_lanes; i++)
		most = max(most, latency->lanes[i].nr_paths);
	worker->latency = kvcalloc(latency_nr_histograms(most),
				   sizeof(*worker->latency),
				   GFP_KERNEL_ACCOUNT);
	return worker->latency ? 0 : -ENOMEM;
}

void bench_latency_fire(struct bench_worker *worker)
{
	kvfree(worker->latency);
}

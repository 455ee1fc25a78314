// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole cycles of the collector while N objects are tracked, in a chain that begins at
 * a root. An operation is one cycle; it takes as long as all its slices, and not the
 * pauses between them, as the collector itself counts. So it has no count of the
 * processor's cycles. The second row is the longest slice of the turn until then.
 *
 * Each CPU has a chain, and one of them has the collector do cycles.
 */
#include <linux/delay.h>
#include <linux/magslab_collector.h>

#include "engine.h"

enum collect_row {
	COLLECT_CYCLE,
	COLLECT_PAUSE,
};

/* No pointer was there before, so none is lost. */
static int link(struct bench_worker *worker)
{
	size_t i;

	for (i = 1; i < worker->tail; i++) {
		*(void **)worker->objects[i - 1] = worker->objects[i];
		if (bench_breathe(worker, 1))
			return -EINTR;
	}
	return 0;
}

/* Looks often whether the run should end: a cycle takes its time. */
static int wait_for_cycle(struct bench_worker *worker,
			  struct magslab_collector *collector, u64 before,
			  struct magslab_collector_figures *figures)
{
	do {
		if (bench_poll(worker))
			return -EINTR;
		usleep_range(1000, 2000);
		magslab_collector_figures(collector, figures);
	} while (figures->cycles == before);
	return 0;
}

static void record(struct bench_worker *worker, unsigned int row, u64 ns)
{
	struct bench_span span = { .ns = ns };

	bench_record(worker, row, &span, 1);
}

static int cycle(struct bench_worker *worker,
		 struct magslab_collector *collector)
{
	struct bench_run *run = worker->run;
	struct magslab_collector_figures before, after;
	int ret;

	magslab_collector_figures(collector, &before);
	magslab_collector_start(collector);
	ret = wait_for_cycle(worker, collector, before.cycles, &after);
	if (ret)
		return ret;
	/* It has to have reached them all, and so cannot have found any. */
	if (after.scanned - before.scanned < run->count * run->cpus ||
	    after.found)
		return -EIO;
	record(worker, COLLECT_CYCLE, after.busy_ns - before.busy_ns);
	record(worker, COLLECT_PAUSE, after.longest_ns);
	return 0;
}

static int cycles(struct bench_worker *worker,
		  struct magslab_collector *collector)
{
	int ret = 0;

	if (!bench_meet(worker))
		return -EINTR;
	while (!ret && !worker->index && bench_more(worker))
		ret = cycle(worker, collector);
	if (ret)
		return ret;
	return bench_meet(worker) ? 0 : -EINTR;
}

static int collect_turn(struct bench_worker *worker)
{
	struct magslab_collector *collector =
		bench_collector_of(worker->run->lane->ctx);
	int ret;

	ret = bench_fill(worker, worker->run->count) ?: link(worker);
	if (ret)
		return ret;
	ret = magslab_root_register(collector, worker->objects, sizeof(void *));
	if (ret)
		return ret;
	ret = cycles(worker, collector);
	magslab_root_unregister(collector, worker->objects, sizeof(void *));
	bench_drain(worker, worker->tail - worker->head);
	return ret;
}

static bool collect_supports(const struct magslab_bench_backend *backend)
{
	return backend == &bench_backend_collector;
}

const struct bench_workload bench_collect = {
	.name = "collect",
	.row_suffix = { "", "-pause" },
	.nr_rows = 2,
	.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_WHOLE |
		 MAGSLAB_WORKLOAD_OWN,
	.default_count = 16384,
	.max_count = BENCH_MAX_COUNT,
	.default_blocks = 8,
	.default_ops = 1,
	.warm_up = 2,
	.supports = collect_supports,
	.turn = collect_turn,
};

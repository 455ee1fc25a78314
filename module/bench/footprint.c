// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory a back-end holds, beside what of it is live. None of this is timed.
 *
 * All workers go through these steps together; the first of them looks.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/vmstat.h>

#include "engine.h"
#include "mix.h"

/*
 * Slab pages of the whole system. Up to about a hundred pages per CPU are not
 * yet in this sum, and others allocate too.
 */
static unsigned long slab_pages(void)
{
	return global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) +
	       global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
}

/* Free pages of a zone: those of all, and those that a CPU keeps for itself. */
static unsigned long zone_free_pages(struct zone *zone)
{
	unsigned long nr = zone_page_state_snapshot(zone, NR_FREE_PAGES);
	int cpu;

	for_each_possible_cpu(cpu)
		nr += READ_ONCE(per_cpu_ptr(zone->per_cpu_pageset, cpu)->count);
	return nr;
}

/*
 * Free pages of the whole system, to the page, while nobody else allocates.
 * What is missing from them is somebody's, whatever it is used for and however
 * it is counted there.
 */
static unsigned long free_pages_of_all(void)
{
	unsigned long nr = 0;
	int nid, i;

	for_each_online_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		for (i = 0; i < MAX_NR_ZONES; i++)
			if (populated_zone(&zones[i]))
				nr += zone_free_pages(&zones[i]);
	}
	return nr;
}

static u64 taken(const struct bench_lane *lane)
{
	unsigned long now = free_pages_of_all();

	if (now > lane->free_pages)
		return 0;
	return (u64)(lane->free_pages - now) << PAGE_SHIFT;
}

static bool is_about_memory(const struct bench_run *run)
{
	return run->workload->flags & MAGSLAB_WORKLOAD_MEMORY;
}

/**
 * bench_footprint_held - tell what the back-end of a run's lane holds
 * @run: the run, whose lane has its context
 * @live: objects live
 *
 * Context: Task.
 * Return: bytes; 0 if nobody can tell.
 */
u64 bench_footprint_held(const struct bench_run *run, size_t live)
{
	const struct bench_lane *lane = run->lane;
	unsigned long now;

	if (run->workload->whole_lives)
		return taken(lane);
	if (lane->backend->held)
		return run->mix ? bench_mix_held(run) :
				  lane->backend->held(lane->ctx, live);
	if (!lane->footprint.approximate)
		return 0;
	now = slab_pages();
	if (now < lane->slab_pages)
		return 0;
	return (u64)(now - lane->slab_pages) << PAGE_SHIFT;
}

static u64 live_bytes(const struct bench_run *run, size_t live)
{
	return run->mix ? bench_mix_live(run) : (u64)live * run->object_size;
}

static void give_back(const struct bench_run *run)
{
	if (run->mix)
		bench_mix_give_back(run);
	else
		run->lane->backend->give_back(run->lane->ctx);
}

/**
 * bench_footprint_begin - note where a lane starts from
 * @run: the run
 * @lane: one of its lanes, before its back-end's context is made
 *
 * Context: The run's conductor. May sleep.
 */
void bench_footprint_begin(const struct bench_run *run, struct bench_lane *lane)
{
	const struct magslab_bench_backend *backend = lane->backend;
	bool whole = run->workload->whole_lives;
	bool slab = backend->flags & MAGSLAB_BENCH_SLAB_PAGES;

	if (whole || is_about_memory(run)) {
		/* What others have freed is free when RCU says so. */
		rcu_barrier();
		lane->free_pages = free_pages_of_all();
	}
	lane->slab_pages = slab_pages();
	lane->footprint.valid = whole || backend->held || slab;
	lane->footprint.approximate = whole || (!backend->held && slab);
}

/**
 * bench_footprint_peak - look while all objects of all workers are live
 * @worker: who has allocated all of its objects
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_footprint_peak(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_lane *lane = run->lane;
	size_t live = run->count * run->cpus;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index) {
		lane->footprint.live_peak = live_bytes(run, live);
		if (is_about_memory(run))
			lane->footprint.taken_peak = taken(lane);
		lane->footprint.held_peak = bench_footprint_held(run, live);
	}
	return bench_meet(worker) ? 0 : -EINTR;
}

/**
 * bench_footprint_after - look after the frees, give back, and look again
 * @worker: who has freed all of its objects
 *
 * The time that giving back took is in the run's give_back.
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_footprint_after(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	struct bench_lane *lane = run->lane;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index) {
		lane->footprint.held_after = bench_footprint_held(run, 0);
		run->give_back = (struct bench_span){};
		if (lane->backend->give_back) {
			bench_span_start(&run->give_back);
			give_back(run);
			bench_span_stop(&run->give_back, worker->cpu);
		}
		lane->footprint.held_returned = bench_footprint_held(run, 0);
	}
	return bench_meet(worker) ? 0 : -EINTR;
}

/**
 * bench_footprint_left - look after the back-end's context is gone
 * @worker: one of the workers, who all have nothing any more
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_footprint_left(struct bench_worker *worker)
{
	struct bench_lane *lane = worker->run->lane;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index) {
		rcu_barrier();
		lane->footprint.held_returned = taken(lane);
	}
	return bench_meet(worker) ? 0 : -EINTR;
}

/**
 * bench_footprint_of_all - look, free all objects, and look again
 * @worker: who has as many objects as the run wants to be live
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, -ENOMEM, or -EINTR when the run should end.
 */
int bench_footprint_of_all(struct bench_worker *worker)
{
	int ret = bench_footprint_peak(worker);

	if (ret)
		return ret;
	bench_drain(worker, worker->run->count);
	return bench_footprint_after(worker);
}

/**
 * bench_footprint - allocate and free all objects once, and look
 * @worker: who has no objects
 *
 * For workloads that have no such moment of their own.
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, -ENOMEM, or -EINTR when the run should end.
 */
int bench_footprint(struct bench_worker *worker)
{
	return bench_fill(worker, worker->run->count) ?:
		       bench_footprint_of_all(worker);
}

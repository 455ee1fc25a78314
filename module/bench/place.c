// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which CPUs the workers of a run are on. Objects that change hands go from a worker to
 * the next one, so what counts is how far neighbours are from each other.
 */
#include <linux/cpumask.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/topology.h>

#include "engine.h"

static int distance_of(int a, int b)
{
	return node_distance(cpu_to_node(a), cpu_to_node(b));
}

/* Of those left, the best one after @from; among equals, the one of least number. */
static int next_cpu(const struct cpumask *left, int from, u32 place)
{
	int cpu, best = nr_cpu_ids, least = INT_MAX;

	if (place == MAGSLAB_PLACE_ANY)
		return cpumask_first(left);
	for_each_cpu(cpu, left) {
		int distance = distance_of(from, cpu);

		if (place == MAGSLAB_PLACE_FAR)
			distance = -distance;
		if (distance < least) {
			least = distance;
			best = cpu;
		}
	}
	return best;
}

static int place_all(struct bench_run *run, struct cpumask *left)
{
	u32 place = run->surroundings.place;
	int cpu = cpumask_first(left);
	unsigned int i;

	for (i = 0; i < run->cpus; i++) {
		if (i)
			cpu = next_cpu(left, cpu, place);
		/* A CPU may have gone since the request was checked. */
		if (cpu >= nr_cpu_ids)
			return -EINVAL;
		run->workers[i].index = i;
		run->workers[i].cpu = cpu;
		cpumask_clear_cpu(cpu, left);
	}
	return 0;
}

/* Of neighbours, the last one's being the first; the mean, rounded. */
static u32 mean_distance(const struct bench_run *run)
{
	unsigned int i, next;
	u64 sum = 0;

	for (i = 0; i < run->cpus; i++) {
		next = i + 1 < run->cpus ? i + 1 : 0;
		sum += distance_of(run->workers[i].cpu, run->workers[next].cpu);
	}
	return div_u64(sum + run->cpus / 2, run->cpus);
}

/**
 * bench_place - choose a CPU for each worker
 * @run: the run, with workers that have none
 *
 * The first is the first CPU that is online.
 *
 * Context: The run's conductor. May sleep.
 * Return: 0; -EINVAL if too few are online; -ENXIO if neighbours are to be far from
 * each other and all CPUs are of one node; -ENOMEM.
 */
int bench_place(struct bench_run *run)
{
	cpumask_var_t left;
	int ret;

	if (!alloc_cpumask_var(&left, GFP_KERNEL))
		return -ENOMEM;
	cpumask_copy(left, cpu_online_mask);
	ret = place_all(run, left);
	free_cpumask_var(left);
	if (ret)
		return ret;
	run->surroundings.distance = mean_distance(run);
	if (run->surroundings.place == MAGSLAB_PLACE_FAR &&
	    run->surroundings.distance == LOCAL_DISTANCE)
		return -ENXIO;
	return 0;
}

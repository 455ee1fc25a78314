// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emptying the magazines of other CPUs. Only a CPU itself may touch its
 * magazines, so live CPUs are asked to, by a work item, and dead ones cannot
 * object.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>

#include "alloc/cache.h"
#include "alloc/drain.h"
#include "alloc/magazine.h"

struct drain_request {
	struct work_struct work;
	struct magslab_cache *cache;
};

static DEFINE_PER_CPU(struct drain_request, drain_requests);
/* Protects drain_requests: one drain of all CPUs at a time. */
static DEFINE_MUTEX(drain_mutex);
static struct workqueue_struct *drain_queue;
static enum cpuhp_state drain_state;

static void drain_work(struct work_struct *work)
{
	struct drain_request *request =
		container_of(work, struct drain_request, work);

	magslab_magazine_drain(request->cache);
}

static void drain_queue_cpu(struct magslab_cache *cache, unsigned int cpu)
{
	struct drain_request *request = per_cpu_ptr(&drain_requests, cpu);

	request->cache = NULL;
	/* An idle CPU that has nothing to give back is left asleep. */
	if (!magslab_magazine_held(cache, cpu))
		return;
	request->cache = cache;
	INIT_WORK(&request->work, drain_work);
	queue_work_on(cpu, drain_queue, &request->work);
}

/* Queue work for a CPU on a queue that memory reclaim may wait for. */
void magslab_drain_queue_on(unsigned int cpu, struct work_struct *work)
{
	queue_work_on(cpu, drain_queue, work);
}

/**
 * magslab_drain - empty the magazines of all CPUs into the slabs
 * @cache: the cache
 *
 * Operations that go on meanwhile load magazines anew.
 *
 * Context: Task. May sleep.
 */
void magslab_drain(struct magslab_cache *cache)
{
	struct drain_request *request;
	unsigned int cpu;

	cpus_read_lock();
	mutex_lock(&drain_mutex);
	for_each_online_cpu(cpu)
		drain_queue_cpu(cache, cpu);
	for_each_online_cpu(cpu) {
		request = per_cpu_ptr(&drain_requests, cpu);
		if (request->cache)
			flush_work(&request->work);
	}
	/* One that died before anybody watched. None comes up meanwhile. */
	for_each_cpu_andnot(cpu, cpu_possible_mask, cpu_online_mask)
		magslab_magazine_drain_dead(cache, cpu);
	mutex_unlock(&drain_mutex);
	cpus_read_unlock();
}

/*
 * In the PREPARE section of a CPU going down this runs on another CPU, after
 * the dead one did its last step; further up, it could still free objects.
 */
static int drain_cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct magslab_cache *cache =
		hlist_entry(node, struct magslab_cache, hotplug);

	magslab_magazine_drain_dead(cache, cpu);
	return 0;
}

/* Drain a cache when a CPU dies, from now on. Return: 0 or -ENOMEM. */
int magslab_drain_watch(struct magslab_cache *cache)
{
	return cpuhp_state_add_instance_nocalls(drain_state, &cache->hotplug);
}

void magslab_drain_unwatch(struct magslab_cache *cache)
{
	cpuhp_state_remove_instance_nocalls(drain_state, &cache->hotplug);
}

int magslab_drain_init(void)
{
	int ret;

	/* Whoever frees memory may wait for it. */
	drain_queue = alloc_workqueue("magslab", WQ_MEM_RECLAIM, 0);
	if (!drain_queue)
		return -ENOMEM;
	ret = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "magslab:dead",
				      NULL, drain_cpu_dead);
	if (ret < 0) {
		destroy_workqueue(drain_queue);
		return ret;
	}
	drain_state = ret;
	return 0;
}

void magslab_drain_exit(void)
{
	cpuhp_remove_multi_state(drain_state);
	destroy_workqueue(drain_queue);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which allocations are recorded. The task is that of an interrupt's victim too, so
 * only what is done for a task counts as its.
 */
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "caches.h"
#include "filter.h"
#include "observe/cache_name.h"
#include "observe/observe.h"

#define MAX_CPUS_SIZE 1024
#define KMALLOC_NAME "kmalloc"

static int set_cpus(struct record_filter *filter,
		    const struct magslab_record *user)
{
	size_t size = min_t(size_t, user->cpus_size, cpumask_size());

	if (!user->cpus != !user->cpus_size || user->cpus_size > MAX_CPUS_SIZE)
		return -EINVAL;
	if (!user->cpus) {
		cpumask_copy(&filter->cpus, cpu_possible_mask);
		return 0;
	}
	cpumask_clear(&filter->cpus);
	if (copy_from_user(cpumask_bits(&filter->cpus),
			   u64_to_user_ptr(user->cpus), size))
		return -EFAULT;
	return cpumask_intersects(&filter->cpus, cpu_possible_mask) ? 0 :
								      -EINVAL;
}

static int set_cache(struct record_filter *filter,
		     const struct magslab_record *user)
{
	if (strnlen(user->cache, sizeof(user->cache)) == sizeof(user->cache))
		return -EINVAL;
	if (*user->cache && !cache_name_known())
		return -EOPNOTSUPP;
	strscpy(filter->cache, user->cache, sizeof(filter->cache));
	return 0;
}

/**
 * record_filter_set - from what a user asked for
 * @filter: where to
 * @user: as it was read from the user
 *
 * Context: Task. May sleep.
 * Return: 0, or what struct magslab_record documents.
 */
int record_filter_set(struct record_filter *filter,
		      const struct magslab_record *user)
{
	int ret;

	filter->self = current->tgid;
	filter->task = user->task;
	filter->min_bytes = user->min_bytes;
	filter->max_bytes = user->max_bytes ?: U64_MAX;
	if (filter->max_bytes < filter->min_bytes)
		return -EINVAL;
	ret = set_cpus(filter, user);
	return ret ?: set_cache(filter, user);
}

/* Whether it is for the process that records. */
bool record_filter_is_own(const struct record_filter *filter)
{
	return in_task() && current->tgid == filter->self;
}

/**
 * record_filter_wants - whether an allocation is one of those to record
 * @filter: the filter
 * @what: the allocation
 *
 * Context: Any, with preemption disabled.
 * Return: true if so, as far as its cache does not matter.
 */
bool record_filter_wants(const struct record_filter *filter,
			 const struct observed *what)
{
	if (filter->task && !(in_task() && current->tgid == filter->task))
		return false;
	return what->bytes >= filter->min_bytes &&
	       what->bytes <= filter->max_bytes &&
	       cpumask_test_cpu(smp_processor_id(), &filter->cpus);
}

/**
 * record_filter_wants_cache - whether an event is of the cache to record
 * @filter: the filter
 * @what: an allocation, or a free
 * @cache: its cache, or NULL for those of kmalloc(), and beyond those told apart
 *
 * kfree() frees objects of any cache, so its events are all wanted.
 *
 * Context: Any.
 * Return: true if so.
 */
bool record_filter_wants_cache(const struct record_filter *filter,
			       const struct observed *what,
			       const struct record_cache *cache)
{
	if (!*filter->cache)
		return true;
	if (!what->cache)
		return !what->bytes || !strcmp(filter->cache, KMALLOC_NAME);
	return cache && !strcmp(filter->cache, cache->name);
}

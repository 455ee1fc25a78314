// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user of the kernel's own allocators, whose every call is known: it is what a
 * recording is compared with. It does not know of magslab.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define SIZE 200
#define OBJECTS 5000
/* Of these many are freed on another CPU, and the rest by one call. */
#define REMOTE 3000
#define BULK (OBJECTS - REMOTE)

static struct kmem_cache *cache;
static void *objects[OBJECTS];

/* With a constructor it shares its objects with no other cache. */
static void construct(void *object)
{
}

static long alloc_some(void *nr)
{
	unsigned long i;

	for (i = 0; i < (unsigned long)nr; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		if (!objects[i])
			break;
	}
	if (i == (unsigned long)nr)
		return 0;
	while (i--)
		kmem_cache_free(cache, objects[i]);
	return -ENOMEM;
}

static long free_some(void *nr)
{
	unsigned long i;

	for (i = 0; i < (unsigned long)nr; i++)
		kmem_cache_free(cache, objects[i]);
	return 0;
}

/* No event tells of these. */
static long free_rest(void *unused)
{
	kmem_cache_free_bulk(cache, BULK, objects + REMOTE);
	return 0;
}

/* 7000 allocations, 3000 frees on another CPU, 2000 unseen, 2000 on the same. */
static int work_set(const char *value, const struct kernel_param *kp)
{
	unsigned int here = cpumask_first(cpu_online_mask);
	unsigned int there = cpumask_last(cpu_online_mask);
	int ret;

	ret = work_on_cpu(here, alloc_some, (void *)OBJECTS);
	if (ret)
		return ret;
	work_on_cpu(there, free_some, (void *)REMOTE);
	work_on_cpu(here, free_rest, NULL);
	ret = work_on_cpu(here, alloc_some, (void *)BULK);
	if (!ret)
		work_on_cpu(here, free_some, (void *)BULK);
	return ret;
}

static const struct kernel_param_ops work_ops = { .set = work_set };
module_param_cb(work, &work_ops, NULL, 0200);

static int __init recorded_init(void)
{
	cache = kmem_cache_create("magslab_recorded", SIZE, 0, 0, construct);
	return cache ? 0 : -ENOMEM;
}

static void __exit recorded_exit(void)
{
	kmem_cache_destroy(cache);
}

module_init(recorded_init);
module_exit(recorded_exit);

MODULE_DESCRIPTION("Calls of the kernel's allocators to be recorded");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callers whose objects go known ways: freed by the frame that allocated them, by the
 * same task later, on the same CPU, in a softirq or a task of another CPU, after long,
 * or so that nobody sees it. Each is a function of its own, which does something after
 * the call, so that the call is not made a jump that leaves no trace of it.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>

#define SIZE 72
#define OBJECTS 200
#define LONG_MS 400

static struct kmem_cache *cache;
static struct magslab_cache *ours;
static void *objects[OBJECTS];

/* With a constructor it shares its objects with no other cache. */
static void construct(void *object)
{
}

static noinline void free_it(void *object)
{
	kmem_cache_free(cache, object);
	barrier();
}

static noinline void in_frame(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (object)
		kmem_cache_free(cache, object);
	barrier();
}

/* Further up the stack is still within the frame. */
static noinline void in_callee(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (object)
		free_it(object);
	barrier();
}

/* What comes after a call in a function, so that it is not the last thing there. */
static __always_inline void *kept(void *object)
{
	barrier();
	return object;
}

static noinline void *by_task(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void *by_worker_here(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void *by_worker_there(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void *by_softirq_there(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void *by_old_age(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void *by_nobody(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void *by_next(void)
{
	return kept(kmem_cache_alloc(cache, GFP_KERNEL));
}

static int fill(void *(*make)(void))
{
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		objects[i] = make();
		if (!objects[i])
			break;
	}
	if (i == OBJECTS)
		return 0;
	while (i--)
		kmem_cache_free(cache, objects[i]);
	return -ENOMEM;
}

static long drain(void *unused)
{
	unsigned int i;

	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(cache, objects[i]);
	return 0;
}

static DECLARE_COMPLETION(drained);

static void on_timer(struct timer_list *timer)
{
	drain(NULL);
	complete(&drained);
}

static DEFINE_TIMER(timer, on_timer);

/* Each of these is bound to the first CPU, by work_on_cpu(). */
static long do_frames(void *unused)
{
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		in_frame();
		in_callee();
	}
	return 0;
}

static long do_task(void *unused)
{
	int ret = fill(by_task);

	return ret ?: drain(NULL);
}

static long do_fill(void *make)
{
	return fill(make);
}

static long do_old_age(void *unused)
{
	int ret = fill(by_old_age);

	if (ret)
		return ret;
	msleep(LONG_MS);
	return drain(NULL);
}

/* What is freed by one call comes again, and is seen then. */
static long do_nobody(void *unused)
{
	int ret = fill(by_nobody);

	if (ret)
		return ret;
	kmem_cache_free_bulk(cache, OBJECTS, objects);
	ret = fill(by_next);
	return ret ?: drain(NULL);
}

static int freed_by(void *(*make)(void), unsigned int here, unsigned int there)
{
	int ret = work_on_cpu(here, do_fill, make);

	return ret ?: work_on_cpu(there, drain, NULL);
}

static int freed_by_timer(unsigned int here, unsigned int there)
{
	int ret = work_on_cpu(here, do_fill, by_softirq_there);

	if (ret)
		return ret;
	reinit_completion(&drained);
	timer.expires = jiffies + 1;
	add_timer_on(&timer, there);
	wait_for_completion(&drained);
	return 0;
}

static int work_set(const char *value, const struct kernel_param *kp)
{
	unsigned int here = cpumask_first(cpu_online_mask);
	unsigned int there = cpumask_last(cpu_online_mask);
	int ret;

	ret = work_on_cpu(here, do_frames, NULL);
	ret = ret ?: work_on_cpu(here, do_task, NULL);
	ret = ret ?: work_on_cpu(here, do_old_age, NULL);
	ret = ret ?: work_on_cpu(here, do_nobody, NULL);
	/* Not from a worker: there it could be the same one. */
	ret = ret ?: fill(by_worker_here);
	ret = ret ?: work_on_cpu(raw_smp_processor_id(), drain, NULL);
	ret = ret ?: freed_by(by_worker_there, here, there);
	return ret ?: freed_by_timer(here, there);
}

static const struct kernel_param_ops work_ops = { .set = work_set };
module_param_cb(work, &work_ops, NULL, 0200);

static noinline void ours_in_frame(void)
{
	void *object = magslab_alloc(ours, GFP_KERNEL);

	magslab_free(ours, object);
	barrier();
}

static noinline void *ours_by_task(void)
{
	return kept(magslab_alloc(ours, GFP_KERNEL));
}

static int ours_set(const char *value, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		ours_in_frame();
		magslab_free(ours, ours_by_task());
	}
	return 0;
}

static const struct kernel_param_ops ours_ops = { .set = ours_set };
module_param_cb(ours, &ours_ops, NULL, 0200);

static int __init escape_init(void)
{
	cache = kmem_cache_create("magslab_escape", SIZE, 0, 0, construct);
	ours = magslab_cache_create("escape", SIZE, 0, 0, NULL);
	if (cache && ours)
		return 0;
	kmem_cache_destroy(cache);
	magslab_cache_destroy(ours);
	return -ENOMEM;
}

static void __exit escape_exit(void)
{
	kmem_cache_destroy(cache);
	magslab_cache_destroy(ours);
}

module_init(escape_init);
module_exit(escape_exit);

MODULE_DESCRIPTION("Callers whose objects escape, or do not, in known ways");
MODULE_LICENSE("GPL");

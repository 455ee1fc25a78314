// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cache with a reserve, while no page can be had: the test switches that on
 * before it writes to "run". What the cache has is then all there will be.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>

#include "cases.h"
#include "ledger.h"

#define RESERVE 64
#define MANY 512
/* What nothing that works comes near, in jiffies. */
#define FOREVER (20 * HZ)

static struct magslab_cache *cache;
static struct magslab_cache *pair;

static void *objects[MANY];
static unsigned int nr_objects;

static bool take(gfp_t gfp)
{
	void *object;

	if (nr_objects == MANY)
		return false;
	object = magslab_alloc(cache, gfp);
	if (object)
		objects[nr_objects++] = object;
	return object;
}

static void take_all(void)
{
	while (take(GFP_NOWAIT))
		;
}

/* With what was in magazines, which it takes a moment to get at. */
static void exhaust(void)
{
	unsigned int before;

	do {
		before = nr_objects;
		take_all();
		msleep(1000);
	} while (nr_objects != before);
}

static long give_work(void *nr)
{
	unsigned long left = min_t(unsigned long, (long)nr, nr_objects);

	while (left--)
		magslab_free(cache, objects[--nr_objects]);
	return 0;
}

static void give_on(unsigned int cpu, unsigned long nr)
{
	work_on_cpu(cpu, give_work, (void *)nr);
}

static void give_all(void)
{
	give_work((void *)(long)MANY);
}

static unsigned int other_cpu(void)
{
	return cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
}

/*
 * Without waiting
 */

static void as_many_as_promised(unsigned long unused)
{
	unsigned int nr;

	take_all();
	EXPECT(nr_objects >= RESERVE);
	exhaust();
	EXPECT(!take(GFP_ATOMIC));

	/* Freed elsewhere, they are all had from here. */
	nr = nr_objects;
	give_on(other_cpu(), nr);
	take_all();
	EXPECT(nr_objects == nr);
	give_all();
}

static unsigned int hardirq_got;

static void hardirq_take(struct irq_work *work)
{
	while (hardirq_got < RESERVE && take(GFP_ATOMIC))
		hardirq_got++;
}

static void hardirq_is_served(unsigned long unused)
{
	static struct irq_work work = IRQ_WORK_INIT_HARD(hardirq_take);

	exhaust();
	give_on(other_cpu(), RESERVE);
	hardirq_got = 0;
	irq_work_queue(&work);
	irq_work_sync(&work);
	EXPECT(hardirq_got == RESERVE);
	give_all();
}

/*
 * Waiting
 */

struct waiter {
	gfp_t gfp;
	void *object;
};

static atomic_t nr_served;

static int waiter_thread(void *data)
{
	struct waiter *waiter = data;

	waiter->object = magslab_alloc(cache, waiter->gfp);
	atomic_inc(&nr_served);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static struct waiter waiters[] = {
	{ GFP_KERNEL },
	{ GFP_NOIO },
	{ GFP_NOFS },
	{ GFP_KERNEL | __GFP_NOFAIL },
};

static struct task_struct *threads[ARRAY_SIZE(waiters)];

static bool waiters_start(void)
{
	unsigned int i;

	atomic_set(&nr_served, 0);
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		threads[i] = kthread_run(waiter_thread, &waiters[i],
					 "reserve/%u", i);
		if (IS_ERR(threads[i]))
			return false;
		get_task_struct(threads[i]);
	}
	return true;
}

static bool served_within(int nr, unsigned long timeout)
{
	unsigned long end = jiffies + timeout;

	while (atomic_read(&nr_served) < nr && time_before(jiffies, end))
		msleep(20);
	return atomic_read(&nr_served) == nr;
}

/* With everything freed, which ends every wait there can be. */
static void waiters_stop(void)
{
	unsigned int i;

	give_all();
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		kthread_stop(threads[i]);
		put_task_struct(threads[i]);
		EXPECT(waiters[i].object);
		magslab_free(cache, waiters[i].object);
	}
}

/* One free on one CPU after another, and each of them helps one waiter. */
static void waiters_are_woken(unsigned long unused)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);
	int i;

	exhaust();
	if (!EXPECT(waiters_start()))
		return;
	EXPECT(served_within(0, 0));
	msleep(300);
	EXPECT(served_within(0, 0));
	for (i = 1; i <= (int)ARRAY_SIZE(waiters); i++) {
		give_on(cpu, 1);
		EXPECT(served_within(i, FOREVER));
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	waiters_stop();
}

/*
 * The reserve is full again, and some objects are in the magazines of another
 * CPU. Nobody frees anything any more: who waits has to get at those.
 */
static void waiters_reach_other_cpus(unsigned long unused)
{
	unsigned int most;

	exhaust();
	most = nr_objects - ARRAY_SIZE(waiters);
	give_on(other_cpu(), RESERVE);
	/* The starving ends when the reserve has been found full. */
	msleep(2000);
	give_on(other_cpu(), MANY);
	while (nr_objects < most && take(GFP_NOWAIT))
		;
	EXPECT(nr_objects >= RESERVE);
	if (!EXPECT(waiters_start()))
		return;
	EXPECT(served_within(ARRAY_SIZE(waiters), FOREVER));
	waiters_stop();
}

/*
 * Progress
 */

#define CROWD 8

static unsigned long crowd_done[CROWD];
static atomic_t crowd_corrupt;

static int crowd_thread(void *data)
{
	unsigned long i = (unsigned long)data;
	void *object;

	while (!kthread_should_stop()) {
		object = magslab_alloc(pair, GFP_NOIO);
		if (!object) {
			atomic_inc(&crowd_corrupt);
			continue;
		}
		body_fill(object, 4096, i);
		cond_resched();
		if (!body_intact(object, 4096, i))
			atomic_inc(&crowd_corrupt);
		magslab_free(pair, object);
		WRITE_ONCE(crowd_done[i], crowd_done[i] + 1);
		cond_resched();
	}
	return 0;
}

/* Two objects for everybody, and each gets one time and again. */
static void everybody_gets_on(unsigned long unused)
{
	struct task_struct *crowd[CROWD];
	unsigned long i, nr;

	EXPECT(magslab_cache_pages(pair) == 2);
	for (nr = 0; nr < CROWD; nr++) {
		crowd[nr] = kthread_create_on_cpu(crowd_thread, (void *)nr,
						  nr % num_online_cpus(),
						  "crowd/%u");
		if (!EXPECT(!IS_ERR(crowd[nr])))
			break;
		wake_up_process(crowd[nr]);
	}
	msleep(4000);
	for (i = 0; i < nr; i++)
		kthread_stop(crowd[i]);
	for (i = 0; i < nr; i++)
		EXPECT(crowd_done[i] >= 3);
	EXPECT(!atomic_read(&crowd_corrupt));
	EXPECT(magslab_cache_pages(pair) == 2);
}

static const struct test_case cases[] = {
	{ "as_many_as_promised", as_many_as_promised },
	{ "hardirq_is_served", hardirq_is_served },
	{ "waiters_are_woken", waiters_are_woken },
	{ "waiters_reach_other_cpus", waiters_reach_other_cpus },
	{ "everybody_gets_on", everybody_gets_on },
};

static int run_set(const char *val, const struct kernel_param *kp)
{
	if (!pair)
		return -EINVAL;
	test_report[0] = '\0';
	test_run_cases(cases, ARRAY_SIZE(cases));
	return 0;
}

static const struct kernel_param_ops run_ops = {
	.set = run_set,
};
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "any value runs the cases");

static struct magslab_cache *cache_with_reserve(const char *name, size_t size,
						unsigned int nr)
{
	struct magslab_cache *made;
	int ret;

	made = magslab_cache_create(name, size, 0, 0, NULL);
	if (IS_ERR(made))
		return made;
	ret = magslab_cache_set_reserve(made, nr, GFP_KERNEL);
	if (!ret) {
		magslab_cache_shrink(made);
		return made;
	}
	magslab_cache_destroy(made);
	return ERR_PTR(ret);
}

/* Slabs of 20 objects: those that make up the reserve have some more. */
static int __init magslab_reserve_mod_init(void)
{
	struct magslab_cache *made;

	cache = cache_with_reserve("reserve", 200, RESERVE);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	made = cache_with_reserve("reserve-pair", 4096, 2);
	if (IS_ERR(made)) {
		magslab_cache_destroy(cache);
		return PTR_ERR(made);
	}
	pair = made;
	return 0;
}

static void __exit magslab_reserve_mod_exit(void)
{
	magslab_cache_destroy(pair);
	magslab_cache_destroy(cache);
}

module_init(magslab_reserve_mod_init);
module_exit(magslab_reserve_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: the reserve");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers on all CPUs look at objects that are being freed: what was freed by
 * RCU is what it was until they are done, and memory of a cache that is safe by
 * type belongs to that cache until then.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include <linux/magslab.h>

#include "cases.h"
#include "ledger.h"

#define SIZE 128
#define READERS 8
#define RUN_MS 4000

static struct magslab_cache *plain;
static struct magslab_cache *typesafe;

/**
 * struct reading - what readers look at, and what they saw
 * @published: the object, or NULL
 * @intact: whether what they see in it is right
 * @reads: times they looked
 * @wrong: times it was not right
 */
struct reading {
	void __rcu *published;
	bool (*intact)(void *object);
	atomic_t reads;
	atomic_t wrong;
};

/* Its own address, which nobody else writes while it is live. */
static void sign(void *object)
{
	body_fill(object, SIZE, 1);
}

static bool is_signed(void *object)
{
	return body_intact(object, SIZE, 1);
}

static bool is_ours(void *object)
{
	return magslab_cache_of(object) == typesafe;
}

/* For as long as others take to free and reuse it. */
static int reader_thread(void *data)
{
	struct reading *reading = data;
	void *object;
	int i;

	while (!kthread_should_stop()) {
		rcu_read_lock();
		object = rcu_dereference(reading->published);
		for (i = 0; object && i < 50; i++) {
			if (!reading->intact(object)) {
				atomic_inc(&reading->wrong);
				break;
			}
			udelay(9);
		}
		rcu_read_unlock();
		if (object)
			atomic_inc(&reading->reads);
		schedule_timeout_interruptible(1);
	}
	return 0;
}

static unsigned int readers_start(struct task_struct **readers,
				  struct reading *reading)
{
	unsigned int nr;

	for (nr = 0; nr < READERS; nr++) {
		readers[nr] = kthread_create_on_cpu(reader_thread, reading,
						    nr % num_online_cpus(),
						    "reader/%u");
		if (IS_ERR(readers[nr]))
			break;
		wake_up_process(readers[nr]);
	}
	return nr;
}

/* Until the time is over, call @step; then see what readers saw. */
static void run_reading(struct reading *reading,
			void (*step)(struct reading *reading))
{
	unsigned long end = jiffies + msecs_to_jiffies(RUN_MS);
	struct task_struct *readers[READERS];
	unsigned int nr = readers_start(readers, reading);

	EXPECT(nr == READERS);
	while (time_before(jiffies, end)) {
		step(reading);
		cond_resched();
	}
	while (nr)
		kthread_stop(readers[--nr]);
	EXPECT(atomic_read(&reading->reads) > 100);
	EXPECT(!atomic_read(&reading->wrong));
}

/* Publish another object, free the old one, and reuse what is free. */
static void replace_object(struct reading *reading)
{
	void *object = magslab_alloc(plain, GFP_KERNEL), *old;
	void *scribbled[16];
	unsigned int i;

	if (!EXPECT(object))
		return;
	sign(object);
	old = rcu_replace_pointer(reading->published, object, true);
	magslab_free_rcu(plain, old);
	for (i = 0; i < ARRAY_SIZE(scribbled); i++) {
		scribbled[i] = magslab_alloc(plain, GFP_KERNEL);
		if (scribbled[i])
			memset(scribbled[i], 0xa5, SIZE);
	}
	while (i)
		magslab_free(plain, scribbled[--i]);
	usleep_range(100, 200);
}

static void freed_objects_stay_what_they_are(unsigned long unused)
{
	static struct reading reading = { .intact = is_signed };

	run_reading(&reading, replace_object);
	magslab_free_rcu(plain,
			 rcu_replace_pointer(reading.published, NULL, true));
	magslab_rcu_barrier(plain);
}

/* The page of the old one goes back while readers still have it. */
static void replace_page(struct reading *reading)
{
	void *object = magslab_alloc(typesafe, GFP_KERNEL), *old;

	if (!EXPECT(object))
		return;
	old = rcu_replace_pointer(reading->published, object, true);
	magslab_free(typesafe, old);
	magslab_cache_shrink(typesafe);
}

static void freed_pages_stay_ours(unsigned long unused)
{
	static struct reading reading = { .intact = is_ours };

	run_reading(&reading, replace_page);
	magslab_free(typesafe,
		     rcu_replace_pointer(reading.published, NULL, true));
}

#define BURST 400

static void *burst[BURST];

static void burst_free(struct irq_work *work)
{
	unsigned int i;

	for (i = 0; i < BURST; i++)
		magslab_free_rcu(plain, burst[i]);
}

/* Many in one go, where nothing can be allocated on PREEMPT_RT. */
static void hardirq_may_free(unsigned long unused)
{
	static struct irq_work work = IRQ_WORK_INIT_HARD(burst_free);

	if (!EXPECT(magslab_alloc_bulk(plain, GFP_KERNEL, BURST, burst) ==
		    BURST))
		return;
	/* By now there are batches in store. */
	irq_work_queue(&work);
	irq_work_sync(&work);
	magslab_rcu_barrier(plain);
}

/* What is under way when the module goes is waited for. */
static void left_under_way(unsigned long unused)
{
	unsigned int i;

	if (!EXPECT(magslab_alloc_bulk(plain, GFP_KERNEL, BURST, burst) ==
		    BURST))
		return;
	for (i = 0; i < BURST; i++)
		magslab_free_rcu(plain, burst[i]);
}

static const struct test_case cases[] = {
	{ "freed_objects_stay_what_they_are",
	  freed_objects_stay_what_they_are },
	{ "freed_pages_stay_ours", freed_pages_stay_ours },
	{ "hardirq_may_free", hardirq_may_free },
};

static int __init magslab_rcu_mod_init(void)
{
	plain = magslab_cache_create("rcu", SIZE, 0, 0, NULL);
	if (IS_ERR(plain))
		return PTR_ERR(plain);
	typesafe = magslab_cache_create("rcu-typesafe", 4096, 0,
					MAGSLAB_TYPESAFE_BY_RCU, NULL);
	if (IS_ERR(typesafe)) {
		magslab_cache_destroy(plain);
		return PTR_ERR(typesafe);
	}
	test_run_cases(cases, ARRAY_SIZE(cases));
	return 0;
}

static void __exit magslab_rcu_mod_exit(void)
{
	left_under_way(0);
	magslab_cache_destroy(plain);
	magslab_cache_destroy(typesafe);
}

module_init(magslab_rcu_mod_init);
module_exit(magslab_rcu_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: RCU");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callers of one cache that are to be told apart: one leaks, one churns, one holds
 * a large set, one has its objects freed on another CPU, two take turns, very many
 * allocate once. Each is a function of its own, which does something after the call,
 * so that the call is not made a jump that leaves no trace of it.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>
#include <linux/magslab_kmalloc.h>

#include "crowd.h"

#define SIZE 64
#define SLOTS 4096

/* What a class of magslab_kmalloc() has that few others use. */
#define KMALLOC_SIZE 1792

static struct magslab_cache *cache;

/*
 * Objects in a list, each pointing to the one that came before it
 */

struct thing {
	struct thing *next;
};

struct pile {
	struct thing *top;
	unsigned int nr;
};

static __always_inline bool pile_add(struct pile *pile, struct thing *thing)
{
	if (!thing)
		return false;
	thing->next = pile->top;
	pile->top = thing;
	pile->nr++;
	return true;
}

static struct thing *pile_take(struct pile *pile)
{
	struct thing *thing = pile->top;

	pile->top = thing->next;
	pile->nr--;
	return thing;
}

/* Give all but @nr back. */
static void pile_cut(struct pile *pile, unsigned int nr)
{
	while (pile->nr > nr) {
		magslab_free(cache, pile_take(pile));
		cond_resched();
	}
}

/* Have @nr more, or as many as there is memory for. */
static int call(bool (*site)(void), unsigned int nr)
{
	while (nr--) {
		if (!site())
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

/*
 * Sites
 */

/* Each has a pile of its own, so no two are the same to the compiler. */
static struct pile leaked, churned, held, crossed, first, second;

static noinline bool leak_site(void)
{
	return pile_add(&leaked, magslab_alloc(cache, GFP_KERNEL));
}

static noinline bool churn_site(void)
{
	return pile_add(&churned, magslab_alloc(cache, GFP_KERNEL));
}

static noinline bool hold_site(void)
{
	return pile_add(&held, magslab_alloc(cache, GFP_KERNEL));
}

static noinline bool cross_site(void)
{
	return pile_add(&crossed, magslab_alloc(cache, GFP_KERNEL));
}

static noinline bool first_twin(void)
{
	return pile_add(&first, magslab_alloc(cache, GFP_KERNEL));
}

static noinline bool second_twin(void)
{
	return pile_add(&second, magslab_alloc(cache, GFP_KERNEL));
}

static noinline void *kmalloc_constant(void)
{
	void *memory = magslab_kmalloc(KMALLOC_SIZE, GFP_KERNEL);

	barrier();
	return memory;
}

/* Which the compiler does not know. */
static unsigned int kmalloc_size = KMALLOC_SIZE;
module_param(kmalloc_size, uint, 0400);
MODULE_PARM_DESC(kmalloc_size,
		 "size of what is allocated by magslab_kmalloc()");

static noinline void *kmalloc_variable(void)
{
	void *memory = magslab_kmalloc(kmalloc_size, GFP_KERNEL);

	barrier();
	return memory;
}

static noinline void *kmalloc_of_node(void)
{
	void *memory =
		magslab_kmalloc_node(kmalloc_size, GFP_KERNEL, NUMA_NO_NODE);

	barrier();
	return memory;
}

/* 1100 calls, each at an address of its own. */
#define CALL (nr += magslab_alloc_bulk(cache, GFP_KERNEL, 1, many + nr))
#define CALLS_10 (CALL, CALL, CALL, CALL, CALL, CALL, CALL, CALL, CALL, CALL)
#define CALLS_100                                                              \
	(CALLS_10, CALLS_10, CALLS_10, CALLS_10, CALLS_10, CALLS_10, CALLS_10, \
	 CALLS_10, CALLS_10, CALLS_10)
#define CALLS 1100

static void *many[CALLS];

static noinline unsigned int many_sites(void)
{
	unsigned int nr = 0;

	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	CALLS_100;
	return nr;
}

/*
 * What is written to a parameter
 */

static int number_of(const char *val, unsigned int *nr)
{
	int ret = kstrtouint(val, 0, nr);

	return ret || !cache ? ret ?: -EINVAL : 0;
}

/* So many more are never freed. */
static int leak_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = number_of(val, &nr);

	return ret ?: call(leak_site, nr);
}

/* Those of the last time are freed once there are so many new ones. */
static int churn_set(const char *val, const struct kernel_param *kp)
{
	struct pile old = churned;
	unsigned int nr;
	int ret = number_of(val, &nr);

	if (ret)
		return ret;
	churned = (struct pile){};
	ret = call(churn_site, nr);
	pile_cut(&old, 0);
	return ret;
}

/* So many there are, no more and no less. */
static int hold_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = number_of(val, &nr);

	if (ret)
		return ret;
	pile_cut(&held, nr);
	return call(hold_site, nr - held.nr);
}

/* So many of each of the twins, in turns. */
static int twins_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = number_of(val, &nr);

	if (ret)
		return ret;
	pile_cut(&first, nr);
	pile_cut(&second, nr);
	while (!ret && first.nr < nr)
		ret = call(first_twin, 1) ?: call(second_twin, 1);
	return ret;
}

static unsigned int cross_cpu;
module_param(cross_cpu, uint, 0600);
MODULE_PARM_DESC(cross_cpu, "CPU that frees what CPU 0 allocated");

static unsigned int cross_percent;
module_param(cross_percent, uint, 0600);
MODULE_PARM_DESC(cross_percent, "how many it frees; CPU 0 does the others");

static long cross_alloc(void *nr)
{
	return call(cross_site, (unsigned long)nr);
}

static long cross_free_to(void *nr)
{
	pile_cut(&crossed, (unsigned long)nr);
	return 0;
}

/* So many are allocated and freed. */
static int cross_set(const char *val, const struct kernel_param *kp)
{
	unsigned long rest;
	unsigned int nr;
	int ret = number_of(val, &nr);

	if (ret)
		return ret;
	if (cross_percent > 100 || cross_cpu >= nr_cpu_ids ||
	    !cpu_online(cross_cpu))
		return -EINVAL;
	rest = (unsigned long)nr * cross_percent / 100;
	ret = work_on_cpu(0, cross_alloc, (void *)(unsigned long)nr);
	work_on_cpu(0, cross_free_to, (void *)rest);
	work_on_cpu(cross_cpu, cross_free_to, NULL);
	return ret;
}

/* Each of the ways, so many times. */
static int kmalloc_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = number_of(val, &nr);

	while (!ret && nr--) {
		magslab_kfree(kmalloc_constant());
		magslab_kfree(kmalloc_variable());
		magslab_kfree(kmalloc_of_node());
	}
	return ret;
}

/* All of the very many, as many times. */
static int many_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = number_of(val, &nr);

	while (!ret && nr--) {
		unsigned int got = many_sites();

		magslab_free_bulk(cache, got, many);
		ret = got == CALLS ? 0 : -ENOMEM;
	}
	return ret;
}

/*
 * A load: a thread on each CPU, all of which free what others allocated
 */

static void *slots[SLOTS];
static unsigned long crowd_allocs;
module_param(crowd_allocs, ulong, 0400);
MODULE_PARM_DESC(crowd_allocs,
		 "what all CPUs allocated, once they have stopped");

static DEFINE_SPINLOCK(crowd_lock);

static void crowd_count(unsigned long allocs)
{
	spin_lock(&crowd_lock);
	crowd_allocs += allocs;
	spin_unlock(&crowd_lock);
}

static int crowd_thread(void *unused)
{
	unsigned long allocs = 0;
	struct rnd_state rnd;
	void *object;

	prandom_seed_state(&rnd, raw_smp_processor_id());
	while (!kthread_should_stop()) {
		object = magslab_alloc(cache, GFP_KERNEL);
		allocs += !!object;
		object = xchg(&slots[prandom_u32_state(&rnd) % SLOTS], object);
		magslab_free(cache, object);
		cond_resched();
	}
	crowd_count(allocs);
	return 0;
}

/* With what they left. */
static void crowd_end(void)
{
	unsigned int i;

	crowd_stop();
	for (i = 0; i < SLOTS; i++)
		magslab_free(cache, xchg(&slots[i], NULL));
}

static int crowd_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret || !cache)
		return ret ?: -EINVAL;
	crowd_end();
	return on ? crowd_start(crowd_thread) : 0;
}

static const struct kernel_param_ops leak_ops = { .set = leak_set };
module_param_cb(leak, &leak_ops, NULL, 0200);
MODULE_PARM_DESC(leak, "allocate so many more and forget them");

static const struct kernel_param_ops churn_ops = { .set = churn_set };
module_param_cb(churn, &churn_ops, NULL, 0200);
MODULE_PARM_DESC(churn, "have so many, all new");

static const struct kernel_param_ops hold_ops = { .set = hold_set };
module_param_cb(hold, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold, "have so many, all old");

static const struct kernel_param_ops twins_ops = { .set = twins_set };
module_param_cb(twins, &twins_ops, NULL, 0200);
MODULE_PARM_DESC(twins, "have so many of two sites each");

static const struct kernel_param_ops cross_ops = { .set = cross_set };
module_param_cb(cross, &cross_ops, NULL, 0200);
MODULE_PARM_DESC(cross, "allocate so many on CPU 0 and free them elsewhere");

static const struct kernel_param_ops kmalloc_ops = { .set = kmalloc_set };
module_param_cb(kmalloc, &kmalloc_ops, NULL, 0200);
MODULE_PARM_DESC(kmalloc, "allocate and free so many times in each way");

static const struct kernel_param_ops many_ops = { .set = many_set };
module_param_cb(many, &many_ops, NULL, 0200);
MODULE_PARM_DESC(many, "have so many rounds of all calls");

static const struct kernel_param_ops crowd_ops = { .set = crowd_set };
module_param_cb(crowd, &crowd_ops, NULL, 0200);
MODULE_PARM_DESC(crowd, "whether all CPUs use the cache");

static int __init magslab_sites_mod_init(void)
{
	struct magslab_cache *made;

	made = magslab_cache_create("sites", SIZE, 0, 0, NULL);
	if (IS_ERR(made))
		return PTR_ERR(made);
	cache = made;
	return 0;
}

static void __exit magslab_sites_mod_exit(void)
{
	struct pile *const piles[] = { &leaked, &churned, &held, &first,
				       &second };
	unsigned int i;

	crowd_end();
	for (i = 0; i < ARRAY_SIZE(piles); i++)
		pile_cut(piles[i], 0);
	magslab_cache_destroy(cache);
}

module_init(magslab_sites_mod_init);
module_exit(magslab_sites_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: callers to be told apart");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cache that does what instruments are to find out: the same runs of allocations
 * and of frees each time, a constructor that takes its time, objects of another
 * node, and a load that does not end until it is told to.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include <linux/magslab.h>

#include "crowd.h"

#define SIZE 64
#define MOST 2000
#define CROWD_MOST 300

static struct magslab_cache *cache;
static struct magslab_cache *slow;

static void *objects[MOST];
static unsigned int live;

static bool take_to(unsigned int nr)
{
	for (; live < nr; live++) {
		objects[live] = magslab_alloc(cache, GFP_KERNEL);
		if (!objects[live])
			return false;
	}
	return true;
}

static void give_to(unsigned int nr)
{
	while (live > nr)
		magslab_free(cache, objects[--live]);
}

/*
 * Walking: runs of up to 255 in either direction, most of them short
 */

struct walk {
	struct rnd_state rnd;
	unsigned int left;
	bool up;
};

static bool walk_step(struct walk *walk)
{
	if (!walk->left--) {
		walk->left = prandom_u32_state(&walk->rnd) %
			     (1U << prandom_u32_state(&walk->rnd) % 9);
		walk->up = prandom_u32_state(&walk->rnd) & 1;
	}
	if (walk->up && live < MOST)
		return take_to(live + 1);
	if (live)
		give_to(live - 1);
	return true;
}

/* As many steps as are written, on this CPU. */
static int walk_set(const char *val, const struct kernel_param *kp)
{
	struct walk walk = {};
	unsigned int steps;
	bool ok = true;
	int ret = kstrtouint(val, 0, &steps);

	if (ret || !cache)
		return ret ?: -EINVAL;
	prandom_seed_state(&walk.rnd, 7);
	migrate_disable();
	while (ok && steps--) {
		ok = walk_step(&walk);
		cond_resched();
	}
	migrate_enable();
	return ok ? 0 : -ENOMEM;
}

static const struct kernel_param_ops walk_ops = { .set = walk_set };
module_param_cb(walk, &walk_ops, NULL, 0200);
MODULE_PARM_DESC(walk, "allocate and free so many times");

/* Magazines are of the capacity set now, and slabs have all there will be. */
static int settle_set(const char *val, const struct kernel_param *kp)
{
	bool ok;

	if (!cache)
		return -EINVAL;
	migrate_disable();
	ok = take_to(MOST);
	give_to(0);
	ok = ok && take_to(MOST / 2);
	migrate_enable();
	return ok ? 0 : -ENOMEM;
}

static const struct kernel_param_ops settle_ops = { .set = settle_set };
module_param_cb(settle, &settle_ops, NULL, 0200);
MODULE_PARM_DESC(settle, "any value fills all magazines anew");

/*
 * Delays
 */

static unsigned int delay_us;
module_param(delay_us, uint, 0600);
MODULE_PARM_DESC(delay_us, "time that it takes to construct a large object");

static void slow_construct(void *object)
{
	ktime_t end = ktime_add_us(ktime_get(), delay_us);

	while (delay_us && ktime_before(ktime_get(), end))
		cpu_relax();
}

/* Allocate and free so many large objects, one after another, in new slabs. */
static int construct_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = kstrtouint(val, 0, &nr);
	void *object;

	if (ret || !slow)
		return ret ?: -EINVAL;
	while (nr--) {
		magslab_cache_shrink(slow);
		object = magslab_alloc(slow, GFP_KERNEL);
		if (!object)
			return -ENOMEM;
		magslab_free(slow, object);
	}
	return 0;
}

static const struct kernel_param_ops construct_ops = { .set = construct_set };
module_param_cb(construct, &construct_ops, NULL, 0200);
MODULE_PARM_DESC(construct, "make so many slabs, with an object of each used");

/* Allocate and free so many objects of any other node. */
static int remote_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret = kstrtouint(val, 0, &nr), nid;
	void *object;

	if (ret || !cache)
		return ret ?: -EINVAL;
	migrate_disable();
	nid = next_node_in(numa_mem_id(), node_states[N_MEMORY]);
	while (nr-- && !ret) {
		object = magslab_alloc_node(cache, GFP_KERNEL | __GFP_THISNODE,
					    nid);
		if (!object)
			ret = -ENOMEM;
		magslab_free(cache, object);
	}
	migrate_enable();
	return ret;
}

static const struct kernel_param_ops remote_ops = { .set = remote_set };
module_param_cb(remote, &remote_ops, NULL, 0200);
MODULE_PARM_DESC(remote, "allocate and free so many objects of another node");

/*
 * A load: a thread on each CPU, which does all there is to be done
 */

static int crowd_thread(void *unused)
{
	struct rnd_state rnd;
	void **held = kcalloc(CROWD_MOST, sizeof(*held), GFP_KERNEL);
	size_t nr, i;

	prandom_seed_state(&rnd, raw_smp_processor_id());
	while (held && !kthread_should_stop()) {
		nr = prandom_u32_state(&rnd) % CROWD_MOST;
		for (i = 0; i < nr; i++)
			held[i] = magslab_alloc(cache, GFP_KERNEL);
		while (nr)
			magslab_free(cache, held[--nr]);
		nr = 1 + prandom_u32_state(&rnd) % (CROWD_MOST - 1);
		nr = magslab_alloc_bulk(cache, GFP_KERNEL, nr, held);
		magslab_free_bulk(cache, nr, held);
		cond_resched();
	}
	kfree(held);
	return 0;
}

static int crowd_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret || !cache)
		return ret ?: -EINVAL;
	crowd_stop();
	return on ? crowd_start(crowd_thread) : 0;
}

static const struct kernel_param_ops crowd_ops = { .set = crowd_set };
module_param_cb(crowd, &crowd_ops, NULL, 0200);
MODULE_PARM_DESC(crowd, "whether all CPUs use the cache");

static int __init magslab_instruments_mod_init(void)
{
	struct magslab_cache *made, *other;

	other = magslab_cache_create("instruments-slow", 4096, 0, 0,
				     slow_construct);
	if (IS_ERR(other))
		return PTR_ERR(other);
	made = magslab_cache_create("instruments", SIZE, 0, 0, NULL);
	if (IS_ERR(made)) {
		magslab_cache_destroy(other);
		return PTR_ERR(made);
	}
	slow = other;
	cache = made;
	return 0;
}

static void __exit magslab_instruments_mod_exit(void)
{
	crowd_stop();
	give_to(0);
	magslab_cache_destroy(cache);
	magslab_cache_destroy(slow);
}

module_init(magslab_instruments_mod_init);
module_exit(magslab_instruments_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: what instruments find out");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes those things happen that a tracepoint tells of and that magslab_hold
 * does not come by: what is to be caused is written to "cause".
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>

#define SIZE 1024
#define RESERVE 8
#define MANY 256
/* Rounds without an object before nobody has one any more. */
#define ENOUGH 5

static struct magslab_cache *cache;
static struct magslab_cache *hardened;

static void *objects[MANY];
static unsigned int nr_objects;

/* Return: whether there was none, as long as there is room for one. */
static bool take_all(gfp_t gfp)
{
	void *object = NULL;

	while (nr_objects < MANY && (object = magslab_alloc(cache, gfp)))
		objects[nr_objects++] = object;
	return !object;
}

static void give_all(void)
{
	while (nr_objects)
		magslab_free(cache, objects[--nr_objects]);
}

static int cause_limit(void)
{
	bool refused;

	magslab_cache_set_limit(cache, 4);
	refused = take_all(GFP_KERNEL);
	magslab_cache_set_limit(cache, 0);
	give_all();
	return refused ? 0 : -ENOSPC;
}

/* Whoever may not reclaim at all may not make the cache grow either. */
static int cause_context(void)
{
	bool refused = take_all(0);

	give_all();
	return refused ? 0 : -ENOSPC;
}

/* It lies in a magazine until that is drained, and is noticed then. */
static int cause_bad_free(void)
{
	void *object = magslab_alloc(cache, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	magslab_free(cache, object + sizeof(long));
	magslab_cache_shrink(cache);
	magslab_free(cache, object);
	return 0;
}

/* In no slab at all, so that none ends in quarantine. */
static int cause_corruption(void)
{
	void *foreign = kmalloc(SIZE, GFP_KERNEL);

	if (!foreign)
		return -ENOMEM;
	magslab_free(hardened, foreign);
	kfree(foreign);
	return 0;
}

static int cause_reserve(void)
{
	return magslab_cache_set_reserve(cache, RESERVE, GFP_KERNEL);
}

static void give_one(struct work_struct *work)
{
	magslab_free(cache, objects[--nr_objects]);
}

/* What the magazines of other CPUs have comes back a little later. */
static void exhaust(void)
{
	unsigned int idle = 0, before;

	while (idle++ < ENOUGH) {
		before = nr_objects;
		take_all(GFP_NOWAIT);
		if (nr_objects != before)
			idle = 0;
		schedule_timeout_uninterruptible(HZ / 10);
	}
}

/* While no page can be had, for which the writer sees. */
static int cause_wait(void)
{
	static DECLARE_DELAYED_WORK(work, give_one);
	void *object;

	exhaust();
	if (!nr_objects || nr_objects == MANY)
		return -ENOSPC;
	schedule_delayed_work(&work, HZ / 2);
	object = magslab_alloc(cache, GFP_KERNEL);
	flush_delayed_work(&work);
	if (object)
		magslab_free(cache, object);
	give_all();
	return object ? 0 : -ENOMEM;
}

static const struct cause {
	const char *name;
	int (*make)(void);
} causes[] = {
	{ "limit", cause_limit },	{ "context", cause_context },
	{ "bad_free", cause_bad_free }, { "corruption", cause_corruption },
	{ "reserve", cause_reserve },	{ "wait", cause_wait },
};

static int cause_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;

	if (!hardened)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(causes); i++)
		if (sysfs_streq(val, causes[i].name))
			return causes[i].make();
	return -EINVAL;
}

static const struct kernel_param_ops cause_ops = {
	.set = cause_set,
};
module_param_cb(cause, &cause_ops, NULL, 0200);
MODULE_PARM_DESC(cause, "limit, context, bad_free, corruption, reserve, wait");

static int __init magslab_trace_mod_init(void)
{
	struct magslab_cache *made;

	cache = magslab_cache_create("trace", SIZE, 0, 0, NULL);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	made = magslab_cache_create("trace-hardened", SIZE, 0, MAGSLAB_HARDENED,
				    NULL);
	if (IS_ERR(made)) {
		magslab_cache_destroy(cache);
		return PTR_ERR(made);
	}
	hardened = made;
	return 0;
}

static void __exit magslab_trace_mod_exit(void)
{
	magslab_cache_destroy(hardened);
	magslab_cache_destroy(cache);
}

module_init(magslab_trace_mod_init);
module_exit(magslab_trace_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: what tracepoints tell of");
MODULE_LICENSE("GPL");

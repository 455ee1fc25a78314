// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cache whose number of live objects is set from user space. Writing to
 * "objects" allocates or frees until that many are held, on the CPU and in the
 * context of the writer; what the module has counted itself is read back.
 */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include <linux/magslab.h>

#define HOLD_MAX_STORM 100000

static char *name = "hold";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "name of the cache");

static unsigned int size = 256;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "object size in bytes, 16 to 65536");

static bool ctor = true;
module_param(ctor, bool, 0444);
MODULE_PARM_DESC(ctor, "give the cache a constructor, and count its calls");

static struct magslab_cache *cache;

/* The ledger: objects held, newest first. Under the lock of the parameters. */
static LIST_HEAD(held);
static unsigned int nr_held;
static unsigned int nr_refused;

/* Constructors run wherever the cache grows. */
static atomic_t nr_constructed;

static void hold_construct(void *object)
{
	atomic_inc(&nr_constructed);
	INIT_LIST_HEAD(object);
}

static int hold_get_one(void)
{
	struct list_head *object = magslab_alloc(cache, GFP_KERNEL);

	if (!object) {
		nr_refused++;
		return -ENOMEM;
	}
	list_add(object, &held);
	nr_held++;
	return 0;
}

/* Oldest first, so that what comes back is spread over all slabs. */
static void hold_put_one(void)
{
	struct list_head *object = held.prev;

	list_del_init(object);
	nr_held--;
	magslab_free(cache, object);
}

static int hold_objects_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nr;
	int ret;

	ret = kstrtouint(val, 0, &nr);
	if (ret)
		return ret;
	if (!cache)
		return -EINVAL;

	while (nr_held > nr) {
		hold_put_one();
		cond_resched();
	}
	while (nr_held < nr && !ret) {
		ret = hold_get_one();
		cond_resched();
	}
	return ret;
}

static const struct kernel_param_ops hold_objects_ops = {
	.set = hold_objects_set,
	.get = param_get_uint,
};
module_param_cb(objects, &hold_objects_ops, &nr_held, 0600);
MODULE_PARM_DESC(objects, "number of live objects");

module_param_named(refused, nr_refused, uint, 0400);
MODULE_PARM_DESC(refused, "allocations that returned NULL");

module_param_named(constructed, nr_constructed.counter, int, 0400);
MODULE_PARM_DESC(constructed, "calls of the constructor");

static int hold_shrink_set(const char *val, const struct kernel_param *kp)
{
	if (!cache)
		return -EINVAL;
	magslab_cache_shrink(cache);
	return 0;
}

static int hold_pages_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%lu\n",
			  cache ? magslab_cache_pages(cache) : 0);
}

static const struct kernel_param_ops hold_pages_ops = {
	.get = hold_pages_get,
};
module_param_cb(pages, &hold_pages_ops, NULL, 0400);
MODULE_PARM_DESC(pages, "pages the cache holds");

static const struct kernel_param_ops hold_shrink_ops = {
	.set = hold_shrink_set,
};
module_param_cb(shrink, &hold_shrink_ops, NULL, 0200);
MODULE_PARM_DESC(shrink, "any value shrinks the cache");

/* One cache's whole life: made, used, destroyed. */
static int hold_storm_once(unsigned int i)
{
	struct magslab_cache *brief;
	char title[32];
	void *object;

	snprintf(title, sizeof(title), "storm-%u", i % 8);
	brief = magslab_cache_create(title, 16 << (i % 8), 0, 0, NULL);
	if (IS_ERR(brief))
		return PTR_ERR(brief);
	object = magslab_alloc(brief, GFP_KERNEL);
	magslab_free(brief, object);
	magslab_cache_destroy(brief);
	return object ? 0 : -ENOMEM;
}

static int hold_storm_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i, nr;
	int ret;

	ret = kstrtouint(val, 0, &nr);
	if (!ret && nr > HOLD_MAX_STORM)
		ret = -EINVAL;
	for (i = 0; i < nr && !ret; i++) {
		ret = hold_storm_once(i);
		cond_resched();
	}
	return ret;
}

static const struct kernel_param_ops hold_storm_ops = {
	.set = hold_storm_set,
};
module_param_cb(storm, &hold_storm_ops, NULL, 0200);
MODULE_PARM_DESC(storm, "create and destroy this many caches");

static int __init magslab_hold_mod_init(void)
{
	struct magslab_cache *new;

	if (size < sizeof(struct list_head))
		return -EINVAL;
	new = magslab_cache_create(name, size, 0, 0,
				   ctor ? hold_construct : NULL);
	if (IS_ERR(new))
		return PTR_ERR(new);
	cache = new;
	return 0;
}

static void __exit magslab_hold_mod_exit(void)
{
	while (nr_held)
		hold_put_one();
	magslab_cache_destroy(cache);
}

module_init(magslab_hold_mod_init);
module_exit(magslab_hold_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: a cache under remote control");
MODULE_LICENSE("GPL");

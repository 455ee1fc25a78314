// SPDX-License-Identifier: GPL-2.0-only
/*
 * As many caches, and as many slabs, as one wants: "caches" of them with one object
 * each, and one more, "many-slabs", with "slabs" objects of a page each.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <linux/magslab.h>

static unsigned int caches = 100;
module_param(caches, uint, 0444);
MODULE_PARM_DESC(caches, "number of caches of one object, up to 16000");

static unsigned int slabs = 1000;
module_param(slabs, uint, 0444);
MODULE_PARM_DESC(slabs, "number of slabs of another one");

#define MANY_MOST 16000

struct many_cache {
	struct magslab_cache *cache;
	void *object;
};

static struct many_cache *small;
static struct magslab_cache *large;

/* A page each, linked by its first word. */
static void *first;

static int small_create(unsigned int i)
{
	struct magslab_cache *cache;
	char name[32];

	snprintf(name, sizeof(name), "many-%u", i);
	cache = magslab_cache_create(name, 64, 0, 0, NULL);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	small[i].cache = cache;
	small[i].object = magslab_alloc(cache, GFP_KERNEL);
	return small[i].object ? 0 : -ENOMEM;
}

static void small_destroy(void)
{
	unsigned int i;

	for (i = 0; i < caches; i++) {
		if (small[i].object)
			magslab_free(small[i].cache, small[i].object);
		magslab_cache_destroy(small[i].cache);
		cond_resched();
	}
	kvfree(small);
}

static int small_create_all(void)
{
	unsigned int i;
	int ret = 0;

	small = kvcalloc(caches, sizeof(*small), GFP_KERNEL);
	if (!small)
		return -ENOMEM;
	for (i = 0; i < caches && !ret; i++) {
		ret = small_create(i);
		cond_resched();
	}
	if (ret)
		small_destroy();
	return ret;
}

static void large_destroy(void)
{
	void *object;

	while ((object = first)) {
		first = *(void **)object;
		magslab_free(large, object);
		cond_resched();
	}
	magslab_cache_destroy(large);
}

static int large_create(void)
{
	unsigned int i;
	void *object;

	large = magslab_cache_create("many-slabs", PAGE_SIZE, 0, 0, NULL);
	if (IS_ERR(large))
		return PTR_ERR(large);
	for (i = 0; i < slabs; i++) {
		object = magslab_alloc(large, GFP_KERNEL);
		if (!object) {
			large_destroy();
			return -ENOMEM;
		}
		*(void **)object = first;
		first = object;
		cond_resched();
	}
	return 0;
}

static int __init magslab_many_mod_init(void)
{
	int ret;

	if (caches > MANY_MOST)
		return -EINVAL;
	ret = small_create_all();
	if (ret)
		return ret;
	ret = large_create();
	if (ret)
		small_destroy();
	return ret;
}

static void __exit magslab_many_mod_exit(void)
{
	large_destroy();
	small_destroy();
}

module_init(magslab_many_mod_init);
module_exit(magslab_many_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: many caches and many slabs");
MODULE_LICENSE("GPL");

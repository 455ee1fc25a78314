// SPDX-License-Identifier: GPL-2.0-only
/* Creation and destruction of caches, and the list of them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc/alloc.h"
#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/drain.h"
#include "alloc/front.h"
#include "alloc/name.h"
#include "alloc/reaper.h"
#include "alloc/reclaim.h"
#include "alloc/shrinker.h"
#include "alloc/trace.h"
#include "compat.h"

/*
 * Writers create and destroy caches. Readers walk the list, and several of them
 * may: where the kernel runs short of memory, whoever had to wait for another
 * one's shrinking would find that it got nothing, and kill somebody.
 */
static DECLARE_RWSEM(caches_rwsem);
static LIST_HEAD(caches);
/* Raw: caches_rwsem, written, serializes those who come, go and are told. */
static RAW_NOTIFIER_HEAD(caches_observers);

void magslab_caches_lock(void)
{
	down_read(&caches_rwsem);
}

bool magslab_caches_trylock(void)
{
	return down_read_trylock(&caches_rwsem);
}

void magslab_caches_unlock(void)
{
	up_read(&caches_rwsem);
}

/* The list of caches, in order of creation, for holders of the lock. */
struct list_head *magslab_caches(void)
{
	lockdep_assert_held(&caches_rwsem);
	return &caches;
}

static void caches_notify(struct magslab_cache *cache,
			  enum magslab_cache_event event)
{
	raw_notifier_call_chain(&caches_observers, event, cache);
}

/* Tell @observer of caches as they come and go, first of those that are. */
void magslab_caches_observe(struct notifier_block *observer)
{
	struct magslab_cache *cache;

	down_write(&caches_rwsem);
	list_for_each_entry(cache, &caches, link)
		observer->notifier_call(observer, MAGSLAB_CACHE_CREATED, cache);
	raw_notifier_chain_register(&caches_observers, observer);
	up_write(&caches_rwsem);
}

/* And no more; of those that are, as if they went. */
void magslab_caches_unobserve(struct notifier_block *observer)
{
	struct magslab_cache *cache;

	down_write(&caches_rwsem);
	raw_notifier_chain_unregister(&caches_observers, observer);
	list_for_each_entry(cache, &caches, link)
		observer->notifier_call(observer, MAGSLAB_CACHE_DESTROYED,
					cache);
	up_write(&caches_rwsem);
}

/*
 * === Creation ===
 */

static bool args_are_valid(const char *name, size_t size, size_t align,
			   unsigned long flags)
{
	return magslab_name_is_valid(name) && size >= MAGSLAB_MIN_SIZE &&
	       size <= MAGSLAB_MAX_SIZE &&
	       (!align || (is_power_of_2(align) && align <= PAGE_SIZE)) &&
	       !(flags & ~MAGSLAB_FLAGS_ALL);
}

/* With MAGSLAB_HWCACHE_ALIGN, as few cache lines per object as can be. */
static unsigned int cache_alignment(size_t size, size_t align,
				    unsigned long flags)
{
	size_t line = cache_line_size();

	align = max_t(size_t, align, sizeof(void *));
	if (!(flags & MAGSLAB_HWCACHE_ALIGN))
		return align;
	while (size <= line / 2)
		line /= 2;
	return max(align, line);
}

static void cache_free_nodes(struct magslab_cache *cache)
{
	int nid;

	for_each_node(nid)
		kfree(cache->node[nid]);
}

static int cache_alloc_nodes(struct magslab_cache *cache)
{
	struct magslab_node *node;
	int nid;

	for_each_node(nid) {
		node = kzalloc_node(sizeof(*node), GFP_KERNEL,
				    node_online(nid) ? nid : NUMA_NO_NODE);
		if (!node)
			return -ENOMEM;
		magslab_depot_init(&node->depot, cache->sizing.capacity);
		magslab_slabs_init(&node->slabs, nid);
		cache->node[nid] = node;
	}
	return 0;
}

static void cache_free(struct magslab_cache *cache)
{
	magslab_watch_detach(cache);
	cache_free_nodes(cache);
	magslab_tag_put(cache->tag);
	free_percpu(cache->cpu);
	magslab_layout_fini(&cache->layout);
	kfree(cache);
}

static int cache_alloc_cpus(struct magslab_cache *cache)
{
	size_t size = cache->watch ? sizeof(struct magslab_watched_cpu) :
				     sizeof(struct magslab_cpu);

	cache->cpu = __alloc_percpu(size, __alignof__(struct magslab_cpu));
	if (!cache->cpu)
		return -ENOMEM;
	magslab_front_init(cache);
	return 0;
}

/* Return: 0, -ENOMEM, or what the watcher has against it. */
static int cache_init_objects(struct magslab_cache *cache)
{
	struct magslab_extra extra = {};
	int ret = magslab_watch_attach(cache, &extra);

	if (!ret)
		ret = cache_alloc_cpus(cache);
	if (!ret)
		ret = magslab_layout_init(&cache->layout, cache->size,
					  cache->align, &extra);
	return ret;
}

static struct magslab_cache *cache_new(const char *name, size_t size,
				       size_t align, unsigned long flags,
				       void (*ctor)(void *object))
{
	struct magslab_cache *cache;
	int ret = -ENOMEM;

	cache = kzalloc(struct_size(cache, node, nr_node_ids), GFP_KERNEL);
	if (!cache)
		return ERR_PTR(ret);
	strscpy(cache->name, name, sizeof(cache->name));
	cache->size = size;
	cache->align = cache_alignment(size, align, flags);
	cache->zero_size = ctor ? 0 : round_up(size, sizeof(long));
	/* Who still reads a free object must not see it change. */
	if (!(flags & MAGSLAB_TYPESAFE_BY_RCU))
		cache->face.zero_size = cache->zero_size;
	cache->ctor = ctor;
	cache->flags = flags;
	cache->page_gfp = flags & MAGSLAB_ACCOUNT ? __GFP_ACCOUNT : 0;

	cache->tag = magslab_tag_get(cache);
	if (cache->tag)
		ret = cache_init_objects(cache);
	if (!ret) {
		magslab_sizing_init(&cache->sizing, cache->layout.stride);
		ret = cache_alloc_nodes(cache);
	}
	if (ret) {
		cache_free(cache);
		return ERR_PTR(ret);
	}
	magslab_rcu_init(cache);
	magslab_reserve_init(&cache->reserve);
	magslab_settle_init(&cache->settle);
	mutex_init(&cache->survey);
	return cache;
}

static struct magslab_cache *caches_find(const char *name)
{
	struct magslab_cache *cache;

	list_for_each_entry(cache, &caches, link)
		if (!strcmp(cache->name, name))
			return cache;
	return NULL;
}

/* Make a cache known. Return: 0, -EEXIST if its name is taken, -ENOMEM. */
static int cache_publish(struct magslab_cache *cache)
{
	int ret = magslab_drain_watch(cache);

	if (ret)
		return ret;
	down_write(&caches_rwsem);
	if (caches_find(cache->name)) {
		ret = -EEXIST;
	} else {
		list_add_tail(&cache->link, &caches);
		caches_notify(cache, MAGSLAB_CACHE_CREATED);
	}
	up_write(&caches_rwsem);
	if (ret)
		magslab_drain_unwatch(cache);
	return ret;
}

struct magslab_cache *magslab_cache_create(const char *name, size_t size,
					   size_t align, unsigned long flags,
					   void (*ctor)(void *object))
{
	struct magslab_cache *cache;
	int ret;

	if (!args_are_valid(name, size, align, flags))
		return ERR_PTR(-EINVAL);
	cache = cache_new(name, size, align, flags, ctor);
	if (IS_ERR(cache))
		return cache;
	ret = cache_publish(cache);
	if (ret) {
		cache_free(cache);
		return ERR_PTR(ret);
	}
	trace_cache_create(cache);
	return cache;
}
EXPORT_SYMBOL_GPL(magslab_cache_create);

/*
 * === Use as a whole ===
 */

unsigned long magslab_cache_shrink(struct magslab_cache *cache)
{
	magslab_drain(cache);
	magslab_settle_now(cache);
	return magslab_reclaim_all(cache);
}
EXPORT_SYMBOL_GPL(magslab_cache_shrink);

void magslab_cache_set_limit(struct magslab_cache *cache, unsigned long pages)
{
	WRITE_ONCE(cache->limit, pages);
}
EXPORT_SYMBOL_GPL(magslab_cache_set_limit);

size_t magslab_cache_size(const struct magslab_cache *cache)
{
	return cache->size;
}
EXPORT_SYMBOL_GPL(magslab_cache_size);

unsigned long magslab_cache_pages(const struct magslab_cache *cache)
{
	return magslab_census_slabs(cache) << cache->layout.order;
}
EXPORT_SYMBOL_GPL(magslab_cache_pages);

static struct page *head_page_of(const void *address)
{
	/*
	 * Of a slab that waits for a grace period, struct page has an rcu_head
	 * where it would name the head of a compound page. Whatever is read while
	 * that is being written, no pointer has the bit that would make it one.
	 */
	return data_race(virt_to_head_page(address));
}

struct magslab_cache *magslab_cache_of(const void *address)
{
	if (!virt_addr_valid(address))
		return magslab_watch_find(address, NULL);
	return magslab_tag_cache(head_page_of(address));
}
EXPORT_SYMBOL_GPL(magslab_cache_of);

/*
 * === Destruction ===
 */

static void cache_unpublish(struct magslab_cache *cache)
{
	down_write(&caches_rwsem);
	caches_notify(cache, MAGSLAB_CACHE_DESTROYED);
	list_del(&cache->link);
	up_write(&caches_rwsem);
}

/*
 * Whoever still has an object may write to it or free it. So the slabs stay,
 * and the cache as well, where it cannot be found any more.
 */
static void cache_leak(struct magslab_cache *cache)
{
	struct magslab_census census;
	long long live;

	/* What it would wait for may never come, and it must not outlive us. */
	magslab_settle_stop(cache);
	magslab_census_take(cache, &census);
	live = census.live_objects + census.apart_objects;
	pr_err("cache '%s' destroyed with %lld objects live: leaking %lu pages\n",
	       cache->name, live, census.pages);
	if (live && cache->watch)
		cache->watch->left_behind(cache);
}

void magslab_cache_destroy(struct magslab_cache *cache)
{
	if (IS_ERR_OR_NULL(cache))
		return;
	cache_unpublish(cache);
	/* A CPU that dies before the drain is drained by it all the same. */
	magslab_drain_unwatch(cache);
	magslab_rcu_fini(cache);
	magslab_reserve_fini(cache);
	magslab_watch_flush(cache);
	magslab_cache_shrink(cache);
	magslab_rcu_wait_for_slabs(cache);
	trace_cache_destroy(cache, magslab_cache_pages(cache));
	if (magslab_census_slabs(cache) || magslab_watch_apart(cache))
		cache_leak(cache);
	else
		cache_free(cache);
}
EXPORT_SYMBOL_GPL(magslab_cache_destroy);

/*
 * === The room ===
 */

int magslab_alloc_init(void)
{
	int ret = magslab_drain_init();

	if (ret)
		return ret;
	ret = magslab_shrinker_init();
	if (ret)
		goto err_drain;
	ret = magslab_rcu_store_init();
	if (ret)
		goto err_shrinker;
	magslab_reaper_init();
	return 0;

err_shrinker:
	magslab_shrinker_exit();
err_drain:
	magslab_drain_exit();
	return ret;
}

/*
 * A cache that is left was forgotten by a module that is gone, since one that
 * is loaded pins us.
 */
static void destroy_forgotten(void)
{
	struct magslab_cache *cache, *next;

	list_for_each_entry_safe(cache, next, &caches, link) {
		if (magslab_rcu_is_store(cache))
			continue;
		pr_err("cache '%s' was never destroyed\n", cache->name);
		magslab_cache_destroy(cache);
	}
}

void magslab_alloc_exit(void)
{
	magslab_reaper_exit();
	magslab_shrinker_exit();
	destroy_forgotten();
	magslab_rcu_store_exit();
	magslab_drain_exit();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frees of memory that may be of either allocator. The page it lies in tells.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/magslab_kmalloc.h>
#include <linux/magslab_kmem_calls.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "kmem/kmem.h"

/* Of a cache, or large. What is large is in the linear mapping. */
bool magslab_kmem_is_ours(const void *p)
{
	return magslab_cache_of(p) || (!is_vmalloc_addr(p) && magslab_owns(p));
}

/*
 * === Objects ===
 */

static noinline void free_elsewhere(void *object, unsigned long caller)
{
	pr_err_ratelimited("%pS freed an object to another cache than its\n",
			   (void *)caller);
	magslab_kmem_kfree(object);
}

void magslab_kmem_free(struct magslab_cache *cache, void *object)
{
	if (likely(magslab_cache_of(object) == cache))
		magslab_free(cache, object);
	else if (object)
		free_elsewhere(object, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_kmem_free);

static bool all_are_of(struct magslab_cache *cache, size_t nr, void **objects)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (magslab_cache_of(objects[i]) != cache)
			return false;
	return true;
}

static void free_each(struct magslab_cache *cache, size_t nr, void **objects)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (cache)
			magslab_kmem_free(cache, objects[i]);
		else
			magslab_kmem_kfree(objects[i]);
	}
}

void magslab_kmem_free_bulk(struct magslab_cache *cache, size_t nr,
			    void **objects)
{
	if (cache && all_are_of(cache, nr, objects))
		magslab_free_bulk(cache, nr, objects);
	else
		free_each(cache, nr, objects);
}
EXPORT_SYMBOL_GPL(magslab_kmem_free_bulk);

/*
 * === Memory ===
 */

/* Return: false if it is not ours, and nothing was done. */
static bool free_ours(const void *p)
{
	struct magslab_cache *cache = magslab_cache_of(p);

	if (likely(cache))
		magslab_free(cache, (void *)p);
	else if (magslab_kmem_is_ours(p))
		magslab_kfree(p);
	else
		return false;
	return true;
}

void magslab_kmem_kfree(const void *p)
{
	if (!free_ours(p))
		kfree(p);
}
EXPORT_SYMBOL_GPL(magslab_kmem_kfree);

void magslab_kmem_kfree_sensitive(const void *p)
{
	if (magslab_kmem_is_ours(p))
		magslab_kfree_sensitive(p);
	else
		kfree_sensitive(p);
}
EXPORT_SYMBOL_GPL(magslab_kmem_kfree_sensitive);

void magslab_kmem_kfree_const(const void *p)
{
	if (!free_ours(p))
		kfree_const(p);
}
EXPORT_SYMBOL_GPL(magslab_kmem_kfree_const);

/* A function of its own because its type is. */
void magslab_kmem_kfree_link(void *p)
{
	magslab_kmem_kfree(p);
}
EXPORT_SYMBOL_GPL(magslab_kmem_kfree_link);

void magslab_kmem_kvfree(const void *p)
{
	if (!free_ours(p))
		kvfree(p);
}
EXPORT_SYMBOL_GPL(magslab_kmem_kvfree);

void magslab_kmem_kvfree_sensitive(const void *p, size_t len)
{
	if (magslab_kmem_is_ours(p)) {
		memzero_explicit((void *)p, len);
		magslab_kfree(p);
	} else {
		kvfree_sensitive(p, len);
	}
}
EXPORT_SYMBOL_GPL(magslab_kmem_kvfree_sensitive);

size_t magslab_kmem_ksize(const void *p)
{
	return magslab_kmem_is_ours(p) ? magslab_ksize(p) : ksize(p);
}
EXPORT_SYMBOL_GPL(magslab_kmem_ksize);

void *magslab_kmem_krealloc(const void *p, size_t size, gfp_t gfp)
{
	if (ZERO_OR_NULL_PTR(p) || magslab_kmem_is_ours(p))
		return magslab_krealloc(p, size, gfp);
	return krealloc(p, size, gfp);
}
EXPORT_SYMBOL_GPL(magslab_kmem_krealloc);

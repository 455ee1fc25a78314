// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of any size: a cache for each class of sizes, and blocks of pages for
 * what is larger, see large.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/magslab_kmalloc.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>

#include "alloc/alloc.h"
#include "alloc/cache.h"
#include "alloc/large.h"

struct magslab_cache
	*magslab_kmalloc_caches[MAGSLAB_KMALLOC_CLASSES] __ro_after_init;
EXPORT_SYMBOL_GPL(magslab_kmalloc_caches);

/* The largest size of a class: the inverse of magslab_kmalloc_class(). */
static size_t class_size(unsigned int index)
{
	if (index < 8)
		return (index + 1) * 8;
	return (size_t)(index % 4 + 5) << (index / 4 + 2);
}

/*
 * === Allocation ===
 */

/*
 * A slab of more than two pages is not promised by the page allocator. One of
 * the next larger classes has smaller slabs, and leaves them less full.
 */
static void *alloc_nofail(size_t size, gfp_t gfp)
{
	unsigned int index = magslab_kmalloc_class(size);
	void *p = NULL;

	for (; index < MAGSLAB_KMALLOC_CLASSES && !p; index++)
		p = __magslab_alloc(magslab_kmalloc_caches[index],
				    gfp | __GFP_NOWARN);
	return p;
}

/* Nothing, too much for a cache, or what must not fail. */
static noinline void *alloc_uncommon(size_t size, gfp_t gfp)
{
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > MAGSLAB_KMALLOC_MAX_CACHED)
		return magslab_large_alloc(size, gfp, NUMA_NO_NODE);
	return alloc_nofail(size, gfp);
}

void *__magslab_kmalloc(size_t size, gfp_t gfp)
{
	unsigned int index;

	if (unlikely(size - 1 >= MAGSLAB_KMALLOC_MAX_CACHED ||
		     gfp & __GFP_NOFAIL))
		return alloc_uncommon(size, gfp);
	index = magslab_kmalloc_class(size);
	return magslab_alloc(magslab_kmalloc_caches[index], gfp);
}
EXPORT_SYMBOL_GPL(__magslab_kmalloc);

void *magslab_kmalloc_node(size_t size, gfp_t gfp, int nid)
{
	struct magslab_cache *cache;
	void *p;

	if (unlikely(!size))
		return ZERO_SIZE_PTR;
	if (unlikely(size > MAGSLAB_KMALLOC_MAX_CACHED))
		return magslab_large_alloc(size, gfp, nid);
	cache = magslab_kmalloc_caches[magslab_kmalloc_class(size)];
	p = magslab_alloc_node(cache, gfp, nid);
	if (unlikely(!p && gfp & __GFP_NOFAIL && !(gfp & __GFP_THISNODE)))
		return __magslab_kmalloc(size, gfp);
	return p;
}
EXPORT_SYMBOL_GPL(magslab_kmalloc_node);

/*
 * === What an address is ===
 */

/*
 * magslab_cache_of() without its search for memory where the kernel maps none:
 * that takes longer than a free. In a hole of the map a wild pointer faults, as
 * it would if it were used.
 */
static __always_inline struct magslab_cache *cache_of(const void *p)
{
	if (unlikely(!may_be_mapped(p)))
		return magslab_watch_find(p, NULL);
	return magslab_tag_cache(virt_to_head_page(p));
}

static void report_foreign(const char *what, unsigned long caller)
{
	pr_err_ratelimited("bad %s by %pS: not memory of magslab\n", what,
			   (void *)caller);
}

/* Bytes at @p. Return: 0 if no object and no large block begins there. */
static size_t memory_size(const void *p)
{
	const struct magslab_cache *cache;
	const void *object;
	unsigned int slot;

	if (!may_be_mapped(p)) {
		cache = magslab_watch_find(p, &object);
		return cache && object == p ? cache->size : 0;
	}
	cache = magslab_cache_of(p);
	if (!cache)
		return magslab_large_size(p);
	/* In front of what its user sees, an object may have more. */
	if (layout_offset(&cache->layout, p) < cache->layout.left)
		return 0;
	p -= cache->layout.left;
	slot = layout_slot(&cache->layout, p);
	return layout_is_object(&cache->layout, slot, p) ? cache->size : 0;
}

size_t magslab_ksize(const void *p)
{
	size_t size;

	if (unlikely(ZERO_OR_NULL_PTR(p)))
		return 0;
	size = memory_size(p);
	if (unlikely(!size))
		report_foreign("ksize", _RET_IP_);
	return size;
}
EXPORT_SYMBOL_GPL(magslab_ksize);

size_t magslab_kmalloc_size_roundup(size_t size)
{
	if (!size)
		return 0;
	if (size <= MAGSLAB_KMALLOC_MAX_CACHED)
		return class_size(magslab_kmalloc_class(size));
	if (size <= KMALLOC_MAX_SIZE)
		return PAGE_SIZE << get_order(size);
	return size;
}
EXPORT_SYMBOL_GPL(magslab_kmalloc_size_roundup);

bool magslab_owns(const void *p)
{
	if (ZERO_OR_NULL_PTR(p))
		return false;
	return magslab_cache_of(p) || magslab_large_owns(p);
}
EXPORT_SYMBOL_GPL(magslab_owns);

/*
 * === Free ===
 */

static noinline void free_uncached(const void *p, unsigned long caller)
{
	if (unlikely(!magslab_large_free(p)))
		report_foreign("free", caller);
}

static __always_inline void free_from(const void *p, unsigned long caller)
{
	struct magslab_cache *cache;

	if (unlikely(ZERO_OR_NULL_PTR(p)))
		return;
	cache = cache_of(p);
	if (likely(cache))
		magslab_free(cache, (void *)p);
	else
		free_uncached(p, caller);
}

void magslab_kfree(const void *p)
{
	free_from(p, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_kfree);

void magslab_kfree_sensitive(const void *p)
{
	/* What is not ours has no size, so none of it is zeroed. */
	if (!ZERO_OR_NULL_PTR(p))
		memzero_explicit((void *)p, memory_size(p));
	free_from(p, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_kfree_sensitive);

/*
 * === Another size ===
 */

static void *realloc_move(const void *p, size_t had, size_t size, gfp_t gfp)
{
	void *new = __magslab_kmalloc(size, gfp);

	if (!new)
		return NULL;
	/* The object is copied whole: how much of it is in use is not known. */
	memcpy(new, p, had);
	magslab_kfree(p);
	return new;
}

static void *realloc_stay(void *p, size_t had, size_t size, gfp_t gfp)
{
	if (want_init_on_alloc(gfp))
		memset(p + size, 0, had - size);
	return p;
}

void *magslab_krealloc(const void *p, size_t size, gfp_t gfp)
{
	size_t had;

	if (ZERO_OR_NULL_PTR(p))
		return __magslab_kmalloc(size, gfp);
	if (!size) {
		free_from(p, _RET_IP_);
		return ZERO_SIZE_PTR;
	}
	had = memory_size(p);
	if (unlikely(!had)) {
		report_foreign("krealloc", _RET_IP_);
		return NULL;
	}
	if (size <= had)
		return realloc_stay((void *)p, had, size, gfp);
	return realloc_move(p, had, size, gfp);
}
EXPORT_SYMBOL_GPL(magslab_krealloc);

/*
 * === The caches ===
 */

/* Objects of a multiple of a power of two bytes lie at multiples of it. */
static size_t class_align(size_t size)
{
	return min_t(size_t, size & -size, PAGE_SIZE);
}

static struct magslab_cache *class_create(size_t size)
{
	char name[sizeof("magslab-") + 20];

	snprintf(name, sizeof(name), "magslab-%zu", size);
	return magslab_cache_create(name, size, class_align(size), 0, NULL);
}

/* Context: Task. May sleep. Return: 0 or -ENOMEM. */
int magslab_kmalloc_init(void)
{
	struct magslab_cache *cache;
	unsigned int index;

	BUILD_BUG_ON(magslab_kmalloc_class(MAGSLAB_KMALLOC_MAX_CACHED) !=
		     MAGSLAB_KMALLOC_CLASSES - 1);
	for (index = 0; index < MAGSLAB_KMALLOC_CLASSES; index++) {
		cache = class_create(class_size(index));
		if (IS_ERR(cache)) {
			magslab_kmalloc_exit();
			return PTR_ERR(cache);
		}
		magslab_kmalloc_caches[index] = cache;
	}
	return 0;
}

/*
 * The pointers stay: when the module is being unloaded they cannot be written
 * any more, and nobody is left to read them.
 */
void magslab_kmalloc_exit(void)
{
	unsigned int index;

	magslab_large_exit();
	for (index = 0; index < MAGSLAB_KMALLOC_CLASSES; index++)
		magslab_cache_destroy(magslab_kmalloc_caches[index]);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints magslab:*, on what happens once for many objects. None is in the
 * common case, and none for each object of a batch. What a name or a field means
 * is in Documentation/statistics.rst.
 *
 * They are passed in any context, NMI included, and not while a leaf lock is
 * held. Without CONFIG_TRACEPOINTS they are empty functions.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM magslab

#if !defined(MAGSLAB_ALLOC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MAGSLAB_ALLOC_TRACE_H

#include <linux/mm.h>
#include <linux/tracepoint.h>
#include <trace/events/mmflags.h>

#include "alloc/cache.h"
#include "compat.h"

/* These are tables, and clang-format takes them for calls. */
/* clang-format off */

/*
 * === Caches ===
 */

TRACE_EVENT(cache_create,
	TP_PROTO(const struct magslab_cache *cache),
	TP_ARGS(cache),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(unsigned int, size)
		__field(unsigned int, objects_per_slab)
		__field(unsigned int, pages_per_slab)
		__field(unsigned int, capacity)
		__field(unsigned long, flags)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->size = cache->size;
		__entry->objects_per_slab = cache->layout.nr;
		__entry->pages_per_slab = 1U << cache->layout.order;
		__entry->capacity = cache->sizing.capacity;
		__entry->flags = cache->flags;
	),
	TP_printk("cache=%s size=%u objects_per_slab=%u pages_per_slab=%u capacity=%u flags=0x%lx",
		  __get_str(cache), __entry->size, __entry->objects_per_slab,
		  __entry->pages_per_slab, __entry->capacity, __entry->flags)
);

DECLARE_EVENT_CLASS(cache_pages,
	TP_PROTO(const struct magslab_cache *cache, unsigned long pages),
	TP_ARGS(cache, pages),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(unsigned long, pages)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->pages = pages;
	),
	TP_printk("cache=%s pages=%lu", __get_str(cache), __entry->pages)
);

/* @pages: leaked */
DEFINE_EVENT(cache_pages, cache_destroy,
	TP_PROTO(const struct magslab_cache *cache, unsigned long pages),
	TP_ARGS(cache, pages)
);

/* @pages: given back */
DEFINE_EVENT(cache_pages, shrink,
	TP_PROTO(const struct magslab_cache *cache, unsigned long pages),
	TP_ARGS(cache, pages)
);

/*
 * === Magazines ===
 */

TRACE_EVENT(refill,
	TP_PROTO(const struct magslab_cache *cache, int node,
		 unsigned int objects, unsigned int capacity),
	TP_ARGS(cache, node, objects, capacity),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, node)
		__field(unsigned int, objects)
		__field(unsigned int, capacity)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->node = node;
		__entry->objects = objects;
		__entry->capacity = capacity;
	),
	TP_printk("cache=%s node=%d objects=%u capacity=%u", __get_str(cache),
		  __entry->node, __entry->objects, __entry->capacity)
);

TRACE_EVENT(drain,
	TP_PROTO(const struct magslab_cache *cache, unsigned int objects,
		 unsigned int capacity),
	TP_ARGS(cache, objects, capacity),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(unsigned int, objects)
		__field(unsigned int, capacity)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->objects = objects;
		__entry->capacity = capacity;
	),
	TP_printk("cache=%s objects=%u capacity=%u", __get_str(cache),
		  __entry->objects, __entry->capacity)
);

TRACE_EVENT(magazine_size,
	TP_PROTO(const struct magslab_cache *cache, unsigned int old,
		 unsigned int capacity),
	TP_ARGS(cache, old, capacity),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(unsigned int, old)
		__field(unsigned int, capacity)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->old = old;
		__entry->capacity = capacity;
	),
	TP_printk("cache=%s old=%u capacity=%u", __get_str(cache),
		  __entry->old, __entry->capacity)
);

DECLARE_EVENT_CLASS(depot_exchange,
	TP_PROTO(const struct magslab_cache *cache, int node,
		 unsigned int objects),
	TP_ARGS(cache, node, objects),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, node)
		__field(unsigned int, objects)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->node = node;
		__entry->objects = objects;
	),
	TP_printk("cache=%s node=%d objects=%u", __get_str(cache),
		  __entry->node, __entry->objects)
);

/* @objects: in the magazine that a CPU got */
DEFINE_EVENT(depot_exchange, depot_get_full,
	TP_PROTO(const struct magslab_cache *cache, int node,
		 unsigned int objects),
	TP_ARGS(cache, node, objects)
);

/* @objects: in the magazine that a CPU gave, 0 if it gave none */
DEFINE_EVENT(depot_exchange, depot_get_empty,
	TP_PROTO(const struct magslab_cache *cache, int node,
		 unsigned int objects),
	TP_ARGS(cache, node, objects)
);

/*
 * === Slabs ===
 */

TRACE_EVENT(grow,
	TP_PROTO(const struct magslab_cache *cache, int node, int home,
		 unsigned int objects, gfp_t gfp),
	TP_ARGS(cache, node, home, objects, gfp),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, node)
		__field(int, home)
		__field(unsigned int, objects)
		__field(unsigned long, gfp)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->node = node;
		__entry->home = home;
		__entry->objects = objects;
		__entry->gfp = (__force unsigned long)gfp;
	),
	TP_printk("cache=%s node=%d home=%d objects=%u gfp=%s",
		  __get_str(cache), __entry->node, __entry->home,
		  __entry->objects, show_gfp_flags(__entry->gfp))
);

TRACE_DEFINE_ENUM(MAGSLAB_REFUSED_CONTEXT);
TRACE_DEFINE_ENUM(MAGSLAB_REFUSED_LIMIT);
TRACE_DEFINE_ENUM(MAGSLAB_REFUSED_PAGES);

TRACE_EVENT(grow_refused,
	TP_PROTO(const struct magslab_cache *cache, int node, gfp_t gfp,
		 enum magslab_refusal reason),
	TP_ARGS(cache, node, gfp, reason),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, node)
		__field(unsigned long, gfp)
		__field(unsigned int, reason)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->node = node;
		__entry->gfp = (__force unsigned long)gfp;
		__entry->reason = reason;
	),
	TP_printk("cache=%s node=%d gfp=%s reason=%s", __get_str(cache),
		  __entry->node, show_gfp_flags(__entry->gfp),
		  __print_symbolic(__entry->reason,
				   { MAGSLAB_REFUSED_CONTEXT, "context" },
				   { MAGSLAB_REFUSED_LIMIT, "limit" },
				   { MAGSLAB_REFUSED_PAGES, "pages" }))
);

DECLARE_EVENT_CLASS(slab,
	TP_PROTO(const struct magslab_cache *cache, const struct page *slab),
	TP_ARGS(cache, slab),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, node)
		__field(unsigned long, pfn)
		__field(unsigned int, pages)
		__field(unsigned int, objects)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->node = page_to_nid(slab);
		__entry->pfn = page_to_pfn(slab);
		__entry->pages = 1U << cache->layout.order;
		__entry->objects = cache->layout.nr;
	),
	TP_printk("cache=%s node=%d pfn=0x%lx pages=%u objects=%u",
		  __get_str(cache), __entry->node, __entry->pfn,
		  __entry->pages, __entry->objects)
);

DEFINE_EVENT(slab, slab_create,
	TP_PROTO(const struct magslab_cache *cache, const struct page *slab),
	TP_ARGS(cache, slab)
);

DEFINE_EVENT(slab, slab_destroy,
	TP_PROTO(const struct magslab_cache *cache, const struct page *slab),
	TP_ARGS(cache, slab)
);

/*
 * === Giving memory back ===
 */

TRACE_EVENT(reclaim,
	TP_PROTO(const struct magslab_cache *cache, unsigned long budget,
		 unsigned long work, unsigned long slabs),
	TP_ARGS(cache, budget, work, slabs),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(unsigned long, budget)
		__field(unsigned long, work)
		__field(unsigned long, slabs)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->budget = budget;
		__entry->work = work;
		__entry->slabs = slabs;
	),
	TP_printk("cache=%s budget=%lu work=%lu slabs=%lu", __get_str(cache),
		  __entry->budget, __entry->work, __entry->slabs)
);

TRACE_EVENT(reap,
	TP_PROTO(const struct magslab_cache *cache, int node,
		 unsigned long work, unsigned long slabs),
	TP_ARGS(cache, node, work, slabs),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, node)
		__field(unsigned long, work)
		__field(unsigned long, slabs)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->node = node;
		__entry->work = work;
		__entry->slabs = slabs;
	),
	TP_printk("cache=%s node=%d work=%lu slabs=%lu", __get_str(cache),
		  __entry->node, __entry->work, __entry->slabs)
);

/*
 * === Reserves ===
 */

DECLARE_EVENT_CLASS(reserve,
	TP_PROTO(const struct magslab_cache *cache, unsigned int objects,
		 int level),
	TP_ARGS(cache, objects, level),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(unsigned int, objects)
		__field(int, level)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->objects = objects;
		__entry->level = level;
	),
	TP_printk("cache=%s objects=%u level=%d", __get_str(cache),
		  __entry->objects, __entry->level)
);

DEFINE_EVENT(reserve, reserve_take,
	TP_PROTO(const struct magslab_cache *cache, unsigned int objects,
		 int level),
	TP_ARGS(cache, objects, level)
);

DEFINE_EVENT(reserve, reserve_put,
	TP_PROTO(const struct magslab_cache *cache, unsigned int objects,
		 int level),
	TP_ARGS(cache, objects, level)
);

DEFINE_EVENT(reserve, reserve_refill,
	TP_PROTO(const struct magslab_cache *cache, unsigned int objects,
		 int level),
	TP_ARGS(cache, objects, level)
);

TRACE_EVENT(reserve_wait,
	TP_PROTO(const struct magslab_cache *cache, int waiters, gfp_t gfp),
	TP_ARGS(cache, waiters, gfp),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__field(int, waiters)
		__field(unsigned long, gfp)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		__entry->waiters = waiters;
		__entry->gfp = (__force unsigned long)gfp;
	),
	TP_printk("cache=%s waiters=%d gfp=%s", __get_str(cache),
		  __entry->waiters, show_gfp_flags(__entry->gfp))
);

/*
 * === What is wrong ===
 */

TRACE_EVENT(corruption,
	TP_PROTO(const struct magslab_cache *cache, const char *what,
		 const void *object, unsigned long caller),
	TP_ARGS(cache, what, object, caller),
	TP_STRUCT__entry(
		__string(cache, cache->name)
		__string(what, what)
		__field(const void *, object)
		__field(unsigned long, caller)
	),
	TP_fast_assign(
		magslab_assign_str(cache, cache->name);
		magslab_assign_str(what, what);
		__entry->object = object;
		__entry->caller = caller;
	),
	TP_printk("cache=%s what=\"%s\" object=%p caller=%pS",
		  __get_str(cache), __get_str(what), __entry->object,
		  (void *)__entry->caller)
);

/* clang-format on */

#endif /* MAGSLAB_ALLOC_TRACE_H */

/* Read again from here, by a path that begins where module/ is looked in. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH alloc
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slab that a CPU had to do with last, of a cache whose objects are
 * watched: where it begins, and where its use map does. An object of the same slab comes
 * next more often than not, and then its bit is found without struct page, and
 * without a look at the tag: a slab is remembered only while it has it.
 *
 * All within the guard, but for recent_forget(). That and recent_turn_to() each
 * write first and read then, so one of the two sees the other: the slab has its
 * tag no more, or the slab is remembered.
 */
#ifndef MAGSLAB_ALLOC_RECENT_H
#define MAGSLAB_ALLOC_RECENT_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>

#include "alloc/cache.h"
#include "alloc/usemap.h"

/* Which object of the slab begins at an address; none if it is nr or more. */
static __always_inline unsigned long
recent_slot(struct magslab_recent __percpu *recent,
	    const struct magslab_layout *layout, const void *address)
{
	unsigned long start = raw_cpu_read(recent->start);

	return layout_divide(layout, (unsigned long)address - start);
}

/*
 * As usemap_enter(), of whatever address.
 * Return: whether it is an object of the slab, and nobody had it.
 */
static __always_inline bool recent_enter(struct magslab_recent __percpu *recent,
					 const struct magslab_layout *layout,
					 const void *object)
{
	unsigned long slot = recent_slot(recent, layout, object);

	return likely(slot < raw_cpu_read(recent->nr)) &&
	       likely(!arch_test_and_set_bit(slot, raw_cpu_read(recent->map)));
}

/*
 * As usemap_leave(), of whatever address.
 * Return: whether it is an object of the slab, and somebody had it.
 */
static __always_inline bool recent_leave(struct magslab_recent __percpu *recent,
					 const struct magslab_layout *layout,
					 const void *object)
{
	unsigned long slot = recent_slot(recent, layout, object);

	return likely(slot < raw_cpu_read(recent->nr)) &&
	       likely(arch_test_and_clear_bit(slot, raw_cpu_read(recent->map)));
}

/* Remember what is a slab of the cache, unless it is none any more. */
static inline void recent_turn_to(struct magslab_cache *cache,
				  struct page *slab)
{
	struct magslab_recent *recent =
		this_cpu_ptr(&watched_cpu(cache)->recent);

	WRITE_ONCE(recent->nr, 0);
	WRITE_ONCE(recent->start, (unsigned long)page_address(slab));
	recent->map = usemap_begin(&cache->layout, slab);
	WRITE_ONCE(recent->nr, cache->layout.nr);
	/* Pairs with that of recent_forget(), see above. */
	smp_mb();
	if (unlikely(!tag_is(slab, cache->tag)))
		WRITE_ONCE(recent->nr, 0);
}

/* Let no CPU remember a slab, which has lost its tag. Context: Any. */
static inline void recent_forget(struct magslab_cache *cache,
				 const struct page *slab)
{
	unsigned long start = (unsigned long)page_address(slab);
	struct magslab_recent *recent;
	unsigned int cpu;

	/* Pairs with that of recent_turn_to(), see above. */
	smp_mb();
	for_each_possible_cpu(cpu) {
		recent = per_cpu_ptr(&watched_cpu(cache)->recent, cpu);
		if (READ_ONCE(recent->start) == start)
			WRITE_ONCE(recent->nr, 0);
	}
}

#endif /* MAGSLAB_ALLOC_RECENT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The size of magazines: larger ones where CPUs fight for the depot's lock, so
 * that they go there less often, and smaller ones again when they stop to.
 * Growing is Bonwick and Adams', "Magazines and Vmem" (USENIX 2001), section
 * 3.7; that it is undone is ours.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sizes.h>

#include "alloc/cache.h"
#include "alloc/sizing.h"
#include "alloc/trace.h"
#include "compat.h"

/* What one CPU may keep in its two magazines, in bytes: usually, and at most. */
#define SIZING_USUAL_BYTES SZ_32K
#define SIZING_MOST_BYTES SZ_128K

/*
 * Usually no more rounds than this. With 126, a pipeline from one CPU to another
 * takes a depot's lock 0.8 times per 100 calls at each end; it was 1.6 with 62.
 */
#define SIZING_USUAL_CAPACITY 126

/* So many intervals without contention, and magazines shrink again. */
#define SIZING_CALM 4

/* Protects all that decides on a size, in every cache. */
static DEFINE_MUTEX(sizing_mutex);
/* So often per interval somebody has to wait for a depot, and magazines grow. */
static unsigned int sizing_threshold = 8;

static unsigned int larger(unsigned int capacity)
{
	return min(2 * capacity + 2, MAGSLAB_MAX_CAPACITY);
}

static unsigned int smaller(unsigned int capacity)
{
	return max((capacity - 2) / 2, MAGSLAB_MIN_CAPACITY);
}

/* The largest capacity by which two magazines of objects keep to @bytes. */
static unsigned int largest(unsigned int stride, unsigned int bytes)
{
	unsigned int capacity = MAGSLAB_MAX_CAPACITY;

	while (capacity > MAGSLAB_MIN_CAPACITY && 2 * capacity * stride > bytes)
		capacity = smaller(capacity);
	return capacity;
}

void magslab_sizing_init(struct magslab_sizing *sizing, unsigned int stride)
{
	sizing->usual =
		min(largest(stride, SIZING_USUAL_BYTES), SIZING_USUAL_CAPACITY);
	sizing->capacity = sizing->usual;
	sizing->most = largest(stride, SIZING_MOST_BYTES);
}

static void sizing_change(struct magslab_cache *cache, unsigned int capacity)
{
	int nid;

	cache->sizing.calm = 0;
	if (capacity == cache->sizing.capacity)
		return;
	trace_magazine_size(cache, cache->sizing.capacity, capacity);
	WRITE_ONCE(cache->sizing.capacity, capacity);
	for_each_node(nid)
		magslab_depot_resize(&cache->node[nid]->depot, capacity);
}

static void sizing_decide(struct magslab_cache *cache, unsigned long contended)
{
	struct magslab_sizing *sizing = &cache->sizing;

	if (contended >= sizing_threshold)
		sizing_change(cache,
			      min(larger(sizing->capacity), sizing->most));
	else if (contended)
		sizing->calm = 0;
	else if (++sizing->calm >= SIZING_CALM)
		sizing_change(cache,
			      max(smaller(sizing->capacity), sizing->usual));
}

/**
 * magslab_sizing_adapt - let magazines grow or shrink after an interval
 * @cache: the cache
 * @contended: times in it that somebody had to wait for a depot
 *
 * Context: Task. May sleep.
 */
void magslab_sizing_adapt(struct magslab_cache *cache, unsigned long contended)
{
	mutex_lock(&sizing_mutex);
	if (!cache->sizing.pinned)
		sizing_decide(cache, contended);
	mutex_unlock(&sizing_mutex);
}
EXPORT_SYMBOL_FOR_TEST(magslab_sizing_adapt);

/**
 * magslab_sizing_pin - set the size of magazines by hand
 * @cache: the cache
 * @capacity: rounds, or 0 to let it be adapted again
 *
 * Magazines in use stay as they are until they are exchanged.
 *
 * Context: Task. May sleep.
 * Return: 0 or -ERANGE.
 */
int magslab_sizing_pin(struct magslab_cache *cache, unsigned int capacity)
{
	if (capacity > MAGSLAB_MAX_CAPACITY)
		return -ERANGE;
	mutex_lock(&sizing_mutex);
	cache->sizing.pinned = capacity;
	sizing_change(cache, capacity ?: cache->sizing.usual);
	mutex_unlock(&sizing_mutex);
	return 0;
}
EXPORT_SYMBOL_FOR_TEST(magslab_sizing_pin);

unsigned int magslab_sizing_threshold(void)
{
	return READ_ONCE(sizing_threshold);
}

/* @contended: at least 1. */
void magslab_sizing_set_threshold(unsigned int contended)
{
	WRITE_ONCE(sizing_threshold, contended);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the kernel's caches were seen, and what they were called then. A cache
 * that is destroyed and another one made in its place count as one.
 */
#include <linux/hash.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <asm/barrier.h>
#include <asm/processor.h>

#include "caches.h"
#include "observe/cache_name.h"

/* Full enough that a search stays short. */
#define MOST_USED (RECORD_MAX_CACHES * 3 / 4)

static void fill(struct record_cache *slot, const struct kmem_cache *cache)
{
	/* It only reads the size; kmem_cache_size() takes no pointer to const. */
	slot->bytes = kmem_cache_size((struct kmem_cache *)cache);
	cache_name_read(cache, slot->name, sizeof(slot->name));
	/* Pairs with the acquires in found() and record_caches_at(). */
	smp_store_release(&slot->ready, true);
}

/* Whoever fills it has interrupts off, so this is short. */
static const struct record_cache *found(struct record_cache *slot)
{
	/* Pairs with the release in fill(). */
	while (!smp_load_acquire(&slot->ready))
		cpu_relax();
	return slot;
}

/* An empty slot becomes the cache's, if there are not too many by now. */
static bool claim(struct record_caches *caches, struct record_cache *slot,
		  const struct kmem_cache *cache)
{
	if (atomic_read(&caches->used) >= MOST_USED ||
	    cmpxchg(&slot->cache, NULL, cache))
		return false;
	atomic_inc(&caches->used);
	fill(slot, cache);
	return true;
}

/**
 * record_caches_get - find a cache, or take it in
 * @caches: the table
 * @cache: a cache that is not being destroyed
 *
 * Context: Any but NMI, with interrupts off.
 * Return: it, or NULL if the table is full.
 */
const struct record_cache *record_caches_get(struct record_caches *caches,
					     const struct kmem_cache *cache)
{
	u32 at = hash_ptr(cache, RECORD_CACHE_BITS);
	u32 i;

	for (i = 0; i < RECORD_MAX_CACHES; i++) {
		struct record_cache *slot =
			&caches->slots[(at + i) % RECORD_MAX_CACHES];

		if (!READ_ONCE(slot->cache) && claim(caches, slot, cache))
			return slot;
		if (READ_ONCE(slot->cache) == cache)
			return found(slot);
		if (!READ_ONCE(slot->cache))
			return NULL;
	}
	return NULL;
}

/* What events name a cache by; 0 is left to those of none. */
u16 record_caches_index(const struct record_caches *caches,
			const struct record_cache *cache)
{
	return cache - caches->slots + 1;
}

/* Of an index that a user has given: NULL unless a cache has it. */
const struct record_cache *record_caches_at(struct record_caches *caches,
					    u32 index)
{
	struct record_cache *slot;

	if (!index || index > RECORD_MAX_CACHES)
		return NULL;
	slot = &caches->slots[array_index_nospec(index - 1, RECORD_MAX_CACHES)];
	/* Pairs with the release in fill(). */
	return smp_load_acquire(&slot->ready) ? slot : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_RECORD_CACHES_H
#define MAGSLAB_RECORD_CACHES_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

struct kmem_cache;

#define RECORD_CACHE_BITS 10
#define RECORD_MAX_CACHES BIT(RECORD_CACHE_BITS)

/**
 * struct record_cache - a cache of the kernel that was seen
 * @cache: which, or NULL; changes once
 * @bytes: of one of its objects
 * @name: as the kernel has it
 * @ready: the two above are set
 */
struct record_cache {
	const struct kmem_cache *cache;
	u32 bytes;
	char name[MAGSLAB_NAME_SIZE];
	bool ready;
};

/**
 * struct record_caches - those of one recording, a hash table without removal
 * @slots: probed one after another
 * @used: slots taken
 */
struct record_caches {
	struct record_cache slots[RECORD_MAX_CACHES];
	atomic_t used;
};

const struct record_cache *record_caches_get(struct record_caches *caches,
					     const struct kmem_cache *cache);
const struct record_cache *record_caches_at(struct record_caches *caches,
					    u32 index);
u16 record_caches_index(const struct record_caches *caches,
			const struct record_cache *cache);

#endif /* MAGSLAB_RECORD_CACHES_H */

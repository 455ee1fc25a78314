/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instruments: what can be known of each single operation of a cache, for a
 * price. Each is a file of the cache, off at first:
 *
 *	echo 1 >caches/NAME/latency	it starts, from nothing
 *	cat caches/NAME/latency
 *	echo 0 >caches/NAME/latency	it stops, and what it knew is gone
 *
 * All that are on share the cache's tap.
 */
#ifndef MAGSLAB_STATS_INSTRUMENT_H
#define MAGSLAB_STATS_INSTRUMENT_H

#include <linux/types.h>

#include "alloc/tap.h"

struct dentry;
struct magslab_cache;
struct seq_file;

/**
 * struct magslab_instrument - one kind of instrument
 * @name: of its file
 * @most: what may be written to the file at most; 1 if it is just on or off
 * @create: returns what it keeps of a cache, or NULL for want of memory; in task
 *	context, with the number written to the file
 * @destroy: nobody uses it any more
 * @allocated: as in struct magslab_tap, with what @create returned and the time; or
 *	NULL
 * @freeing: the same, before a free
 * @freed: the same, after it
 * @show: prints what it knows, in task context
 */
struct magslab_instrument {
	const char *name;
	unsigned int most;
	void *(*create)(struct magslab_cache *cache, unsigned int setting);
	void (*destroy)(void *data);
	void (*allocated)(void *data, struct magslab_cache *cache,
			  void **objects, size_t nr,
			  const struct magslab_tapped *op, u64 now);
	void (*freeing)(void *data, struct magslab_cache *cache, void **objects,
			size_t nr, struct magslab_tapped *op, u64 now);
	void (*freed)(void *data, struct magslab_cache *cache, size_t nr,
		      const struct magslab_tapped *op, u64 now);
	void (*show)(struct seq_file *m, struct magslab_cache *cache,
		     void *data);
};

/* Nanoseconds, in any context. Never 0. */
u64 magslab_instrument_clock(void);

void magslab_instruments_create(struct magslab_cache *cache,
				struct dentry *dir);
void magslab_instruments_stop(struct magslab_cache *cache);

#endif /* MAGSLAB_STATS_INSTRUMENT_H */

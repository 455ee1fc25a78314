/* SPDX-License-Identifier: GPL-2.0-only */
/* An instrument on a cache, without the file that usually switches it on. */
#ifndef MAGSLAB_TESTS_LISTEN_H
#define MAGSLAB_TESTS_LISTEN_H

#include <linux/container_of.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "alloc/cache.h"
#include "alloc/tap.h"
#include "stats/instrument.h"

struct listener {
	struct magslab_tap tap;
	const struct magslab_instrument *instrument;
	void *data;
};

static inline u64 listen_clock(void)
{
	return ktime_get_mono_fast_ns() | 1;
}

static inline void listen_allocated(const struct magslab_tap *tap,
				    struct magslab_cache *cache, void **objects,
				    size_t nr, struct magslab_tapped *op)
{
	const struct listener *l = container_of(tap, struct listener, tap);

	l->instrument->allocated(l->data, cache, objects, nr, op,
				 listen_clock());
}

static inline void listen_freeing(const struct magslab_tap *tap,
				  struct magslab_cache *cache, void **objects,
				  size_t nr, struct magslab_tapped *op)
{
	const struct listener *l = container_of(tap, struct listener, tap);

	if (l->instrument->freeing)
		l->instrument->freeing(l->data, cache, objects, nr, op,
				       listen_clock());
}

static inline void listen_freed(const struct magslab_tap *tap,
				struct magslab_cache *cache, size_t nr,
				struct magslab_tapped *op)
{
	const struct listener *l = container_of(tap, struct listener, tap);

	if (l->instrument->freed)
		l->instrument->freed(l->data, cache, nr, op, listen_clock());
}

static inline bool listen_begin(struct listener *l, struct magslab_cache *cache,
				const struct magslab_instrument *instrument)
{
	l->tap = (struct magslab_tap){ .clock = listen_clock,
				       .allocated = listen_allocated,
				       .freeing = listen_freeing,
				       .freed = listen_freed };
	l->instrument = instrument;
	l->data = instrument->create(cache, 1);
	if (!l->data)
		return false;
	magslab_tap_set(cache, &l->tap);
	return true;
}

/* What it keeps stays until listen_end(). */
static inline void listen_end(struct listener *l, struct magslab_cache *cache)
{
	magslab_tap_set(cache, NULL);
	if (l->data)
		l->instrument->destroy(l->data);
	l->data = NULL;
}

#endif /* MAGSLAB_TESTS_LISTEN_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ALLOC_RECLAIM_H
#define MAGSLAB_ALLOC_RECLAIM_H

struct magslab_cache;

unsigned long magslab_reclaimable(const struct magslab_cache *cache);
unsigned long magslab_reclaim(struct magslab_cache *cache, unsigned long budget,
			      unsigned long *pages);
unsigned long magslab_reclaim_all(struct magslab_cache *cache);

unsigned long magslab_reclaim_close_interval(struct magslab_cache *cache,
					     int nid);
unsigned long magslab_reclaim_surplus(struct magslab_cache *cache,
				      unsigned long budget);

#endif /* MAGSLAB_ALLOC_RECLAIM_H */

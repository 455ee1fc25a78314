/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ALLOC_OBJECT_H
#define MAGSLAB_ALLOC_OBJECT_H

#include <linux/gfp.h>
#include <linux/types.h>

#include "alloc/cache.h"

/* Bytes to zero of an object that is handed out, if any are wanted. */
static inline unsigned int object_zero_size(const struct magslab_cache *cache,
					    gfp_t gfp)
{
	return gfp & __GFP_ZERO ? cache->zero_size : cache->face.zero_size;
}

void *magslab_take_any(struct magslab_cache *cache, gfp_t gfp,
		       enum magslab_layer *layer);
void *magslab_alloc_elsewhere(struct magslab_cache *cache,
			      enum magslab_layer *layer);
bool magslab_refuse_zeroing(const struct magslab_cache *cache);
void *magslab_alloc_particular(struct magslab_cache *cache, gfp_t gfp, int nid,
			       enum magslab_layer *layer);
enum magslab_layer magslab_put_direct(struct magslab_cache *cache,
				      void **objects, size_t nr);
size_t magslab_take_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			 void **objects, unsigned long caller);

/* The whole of an operation, for taps: whoever watches is asked. */
void *magslab_alloc_untapped(struct magslab_cache *cache, gfp_t gfp, int nid,
			     unsigned long caller, enum magslab_layer *layer);
enum magslab_layer magslab_free_untapped(struct magslab_cache *cache,
					 void *address, unsigned long caller);
size_t magslab_take_bulk_untapped(struct magslab_cache *cache, gfp_t gfp,
				  size_t nr, void **objects,
				  unsigned long caller,
				  enum magslab_layer *layer);
enum magslab_layer magslab_free_bulk_untapped(struct magslab_cache *cache,
					      size_t nr, void **objects,
					      unsigned long caller);

#endif /* MAGSLAB_ALLOC_OBJECT_H */

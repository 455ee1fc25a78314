/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ALLOC_OBJECT_H
#define MAGSLAB_ALLOC_OBJECT_H

#include <linux/gfp.h>

struct magslab_cache;

/*
 * What a magazine's objects cannot promise: whoever asks for a zone or a node
 * gets an object looked up in the slabs.
 */
#define GFP_PARTICULAR (__GFP_DMA | __GFP_DMA32 | __GFP_THISNODE)

bool magslab_refuse_zeroing(const struct magslab_cache *cache);
void *magslab_alloc_particular(struct magslab_cache *cache, gfp_t gfp);

#endif /* MAGSLAB_ALLOC_OBJECT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which front a cache shows to code that is compiled into callers. */
#ifndef MAGSLAB_ALLOC_FRONT_H
#define MAGSLAB_ALLOC_FRONT_H

#include "alloc/cache.h"

void magslab_front_init(struct magslab_cache *cache);
void magslab_front_show(struct magslab_cache *cache);

/* Whether it is that of its magazines. If not, somebody attends to each operation. */
static __always_inline bool front_is_own(const struct magslab_cache *cache)
{
	return READ_ONCE(cache->face.front) == &cache->cpu->front;
}

#endif /* MAGSLAB_ALLOC_FRONT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's caches are called. */
#ifndef MAGSLAB_OBSERVE_CACHE_NAME_H
#define MAGSLAB_OBSERVE_CACHE_NAME_H

#include <linux/types.h>

struct kmem_cache;

void cache_name_find(void);
bool cache_name_known(void);
void cache_name_read(const struct kmem_cache *cache, char *to, size_t size);

#endif /* MAGSLAB_OBSERVE_CACHE_NAME_H */

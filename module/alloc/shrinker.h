/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving memory back: when the kernel runs short, or when asked to. */
#ifndef MAGSLAB_ALLOC_SHRINKER_H
#define MAGSLAB_ALLOC_SHRINKER_H

struct magslab_cache;

int magslab_shrinker_init(void);
void magslab_shrinker_exit(void);

unsigned long magslab_reclaim_all(struct magslab_cache *cache);

#endif /* MAGSLAB_ALLOC_SHRINKER_H */

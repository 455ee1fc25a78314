/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ALLOC_SHRINKER_H
#define MAGSLAB_ALLOC_SHRINKER_H

int magslab_shrinker_init(void);
void magslab_shrinker_exit(void);

#endif /* MAGSLAB_ALLOC_SHRINKER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Emptying the magazines of CPUs from outside. */
#ifndef MAGSLAB_ALLOC_DRAIN_H
#define MAGSLAB_ALLOC_DRAIN_H

struct magslab_cache;
struct work_struct;

int magslab_drain_init(void);
void magslab_drain_exit(void);

int magslab_drain_watch(struct magslab_cache *cache);
void magslab_drain_unwatch(struct magslab_cache *cache);
void magslab_drain_queue_on(unsigned int cpu, struct work_struct *work);
void magslab_drain(struct magslab_cache *cache);

#endif /* MAGSLAB_ALLOC_DRAIN_H */

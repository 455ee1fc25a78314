/* SPDX-License-Identifier: GPL-2.0-only */
/* How many rounds the magazines of a cache have. */
#ifndef MAGSLAB_ALLOC_SIZING_H
#define MAGSLAB_ALLOC_SIZING_H

#include <linux/types.h>

struct magslab_cache;

/*
 * Capacities there are: with its header, each makes a magazine fill whole cache
 * lines and a size that kmalloc() has.
 */
#define MAGSLAB_MIN_CAPACITY 6
#define MAGSLAB_MAX_CAPACITY 254

/**
 * struct magslab_sizing - how many rounds the magazines of a cache have
 * @capacity: rounds of a new magazine
 * @usual: what it is for objects of this size when nobody fights for the depot
 * @most: what it can grow to
 * @pinned: set by hand, and left alone
 * @calm: intervals without contention since it last changed
 */
struct magslab_sizing {
	unsigned int capacity;
	unsigned int usual;
	unsigned int most;
	bool pinned;
	unsigned int calm;
};

void magslab_sizing_init(struct magslab_sizing *sizing, unsigned int stride);
void magslab_sizing_adapt(struct magslab_cache *cache, unsigned long contended);
int magslab_sizing_pin(struct magslab_cache *cache, unsigned int capacity);

unsigned int magslab_sizing_threshold(void);
void magslab_sizing_set_threshold(unsigned int contended);

#endif /* MAGSLAB_ALLOC_SIZING_H */

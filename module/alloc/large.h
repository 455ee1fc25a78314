/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory too large for a cache: a block of pages of its own. Its head page
 * tells that it is one, and how many pages it has.
 */
#ifndef MAGSLAB_ALLOC_LARGE_H
#define MAGSLAB_ALLOC_LARGE_H

#include <linux/gfp.h>
#include <linux/types.h>

/**
 * struct magslab_large_census - what large memory there is
 * @blocks: allocated and not freed
 * @pages: of all of them
 */
struct magslab_large_census {
	long blocks;
	long pages;
};

void *magslab_large_alloc(size_t size, gfp_t gfp, int nid);
bool magslab_large_free(const void *p);
bool magslab_large_owns(const void *p);
size_t magslab_large_size(const void *p);
void magslab_large_census_take(struct magslab_large_census *census);
void magslab_large_exit(void);

#endif /* MAGSLAB_ALLOC_LARGE_H */

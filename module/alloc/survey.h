/* SPDX-License-Identifier: GPL-2.0-only */
/* Looking at the slabs themselves, a few at a time, while they are in use. */
#ifndef MAGSLAB_ALLOC_SURVEY_H
#define MAGSLAB_ALLOC_SURVEY_H

#include <linux/types.h>

struct magslab_cache;
struct page;

/**
 * struct magslab_slab_look - what is seen of a slab
 * @slab: its head page
 * @nid: its node
 * @list: the list it is on, an enum magslab_slab_list
 * @free: objects free in it, by its free map
 */
struct magslab_slab_look {
	const struct page *slab;
	int nid;
	int list;
	unsigned int free;
};

typedef void (*magslab_looker)(const struct magslab_slab_look *look, void *arg);

void magslab_survey(struct magslab_cache *cache, magslab_looker looker,
		    void *arg);
unsigned int magslab_survey_longest(void);

#endif /* MAGSLAB_ALLOC_SURVEY_H */

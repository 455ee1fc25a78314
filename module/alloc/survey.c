// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walking lists of slabs that others change meanwhile. A slab that was looked at
 * goes to the end of its list, so that the head is always where to go on: there is
 * no place to be remembered that could go away. After a round each slab was looked at
 * once and the list is as before, if nobody changed it.
 */
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/sched.h>

#include "alloc/cache.h"
#include "alloc/freemap.h"
#include "alloc/survey.h"
#include "compat.h"

/* The most slabs that were ever looked at under a lock. */
static atomic_t survey_longest;

static void survey_held(int nr)
{
	int longest = atomic_read(&survey_longest);

	while (nr > longest &&
	       !atomic_try_cmpxchg(&survey_longest, &longest, nr))
		;
}

/**
 * magslab_survey_longest - tell for how long locks were held
 *
 * Context: Any.
 * Return: how many slabs somebody looked at under a lock, at the most, since the
 * module was loaded.
 */
unsigned int magslab_survey_longest(void)
{
	return atomic_read(&survey_longest);
}
EXPORT_SYMBOL_FOR_TEST(magslab_survey_longest);

static void survey_look(const struct magslab_cache *cache, struct page *slab,
			struct magslab_slab_look *look)
{
	look->slab = slab;
	look->free = bitmap_weight(freemap_words(&cache->layout, slab),
				   cache->layout.nr);
}

/* Look at the next slabs of a list, @max of them at most. Return: at how many. */
static unsigned int survey_batch(struct magslab_cache *cache,
				 struct magslab_slab_look *looks, int nid,
				 int which, unsigned int max)
{
	struct magslab_slabs *slabs = &cache->node[nid]->slabs;
	struct list_head *list = &slabs->lists[which];
	unsigned long flags;
	unsigned int nr = 0;

	if (!leaf_lock(&slabs->leaf, &flags))
		return 0;
	/* Nothing changes: who counts locks to learn of changes is not to know. */
	WRITE_ONCE(slabs->leaf.taken, slabs->leaf.taken - 1);
	for (; nr < max && !list_empty(list); nr++) {
		looks[nr].nid = nid;
		looks[nr].list = which;
		survey_look(cache, list_first_entry(list, struct page, lru),
			    &looks[nr]);
		list_rotate_left(list);
	}
	leaf_unlock(&slabs->leaf, flags);
	survey_held(nr);
	return nr;
}

static void survey_list(struct magslab_cache *cache, int nid, int which,
			magslab_looker looker, void *arg)
{
	unsigned long left = READ_ONCE(cache->node[nid]->slabs.nr[which]);
	struct magslab_slab_look looks[SLAB_BATCH];
	unsigned int nr, i;

	while (left) {
		nr = survey_batch(cache, looks, nid, which,
				  min_t(unsigned long, left, SLAB_BATCH));
		if (!nr)
			break;
		for (i = 0; i < nr; i++)
			looker(&looks[i], arg);
		left -= nr;
		cond_resched();
	}
}

/**
 * magslab_survey - look at each slab of a cache
 * @cache: the cache
 * @looker: called for each, with no lock of a node held: what it is told was so
 *	a moment ago, and the slab may be gone
 * @arg: passed to @looker
 *
 * A slab is seen once when the cache is at rest. One that changes its list during
 * the survey may be seen twice, or not at all. A lock of a node is held for at most
 * SLAB_BATCH slabs.
 *
 * Context: Task. May sleep: one survey of a cache goes on at a time.
 */
void magslab_survey(struct magslab_cache *cache, magslab_looker looker,
		    void *arg)
{
	int nid, list;

	mutex_lock(&cache->survey);
	for_each_node(nid)
		for (list = 0; list < MAGSLAB_NR_SLAB_LISTS; list++)
			survey_list(cache, nid, list, looker, arg);
	mutex_unlock(&cache->survey);
}
EXPORT_SYMBOL_FOR_TEST(magslab_survey);

// SPDX-License-Identifier: GPL-2.0-only
/* The shrinker: by which the kernel asks for memory back when it runs short. */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/shrinker.h>

#include "alloc/cache.h"
#include "alloc/reclaim.h"
#include "alloc/shrinker.h"
#include "compat.h"

/* Work done per call at the least, so that a call is worth its cost. */
#define RECLAIM_BATCH 128UL

static struct shrinker *shrinker;

static unsigned long shrinker_count(struct shrinker *s,
				    struct shrink_control *sc)
{
	struct magslab_cache *cache;
	unsigned long nr = 0;

	if (!magslab_caches_trylock())
		return 0;
	list_for_each_entry(cache, magslab_caches(), link)
		nr += magslab_reclaimable(cache);
	magslab_caches_unlock();
	return nr ?: SHRINK_EMPTY;
}

static unsigned long shrinker_scan(struct shrinker *s,
				   struct shrink_control *sc)
{
	unsigned long budget = max(sc->nr_to_scan, RECLAIM_BATCH);
	unsigned long done = 0, pages = 0;
	struct magslab_cache *cache;

	if (!magslab_caches_trylock())
		return SHRINK_STOP;
	list_for_each_entry(cache, magslab_caches(), link) {
		if (done >= budget)
			break;
		done += magslab_reclaim(cache, budget - done, &pages);
	}
	magslab_caches_unlock();
	mm_account_reclaimed_pages(pages);
	/* Where others got it all, do not be asked again for each single one. */
	sc->nr_scanned = max(done, RECLAIM_BATCH);
	return done;
}

int magslab_shrinker_init(void)
{
	int ret;

	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = shrinker_count;
	shrinker->scan_objects = shrinker_scan;
	/*
	 * Nothing needs to be read to make it anew: half of it is asked for at
	 * the first sign of need. By the sixteenth part or less, as of caches of
	 * files, whoever finds little else to reclaim would have somebody killed
	 * while there is still memory here.
	 */
	shrinker->seeks = 0;
	/* Asked in the smallest portions, so that no rest is too small to ask for. */
	shrinker->batch = 1;
	ret = magslab_shrinker_register(shrinker);
	if (ret)
		shrinker_free(shrinker);
	return ret;
}

void magslab_shrinker_exit(void)
{
	shrinker_free(shrinker);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A cache for the cases of a module, and a handful of its objects. */
#ifndef MAGSLAB_TEST_SUPPLY_H
#define MAGSLAB_TEST_SUPPLY_H

#include <linux/magslab.h>
#include <linux/string.h>

/* More than the magazines of a CPU hold, so that all layers take part. */
#define SUPPLY 400

static struct magslab_cache *cache;
static void *objects[SUPPLY];

/* Take the first @nr objects, or none. */
static bool supply_take(unsigned int nr, gfp_t gfp)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		objects[i] = magslab_alloc(cache, gfp);
		if (!objects[i])
			break;
	}
	if (i == nr)
		return true;
	while (i)
		magslab_free(cache, objects[--i]);
	return false;
}

static void supply_put(unsigned int nr)
{
	while (nr)
		magslab_free(cache, objects[--nr]);
}

static void supply_scribble(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		memset(objects[i], 0xa5, magslab_cache_size(cache));
}

/* Leave free objects full of rubbish, most of them with this CPU. */
static bool supply_dirty(unsigned int nr)
{
	if (!supply_take(nr, GFP_KERNEL))
		return false;
	supply_scribble(nr);
	supply_put(nr);
	return true;
}

#endif /* MAGSLAB_TEST_SUPPLY_H */

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/idr.h>
#include <linux/slab.h>

#include "alloc/tag.h"

static struct magslab_tag tags[MAGSLAB_MAX_CACHES];
static DEFINE_IDA(tags_ida);

/**
 * magslab_tag_get - get a tag for a cache
 * @cache: the cache
 *
 * Context: Task. May sleep.
 * Return: the tag, or NULL if there are as many caches as can be, or no memory.
 */
struct magslab_tag *magslab_tag_get(struct magslab_cache *cache)
{
	int id = ida_alloc_max(&tags_ida, MAGSLAB_MAX_CACHES - 1, GFP_KERNEL);

	if (id < 0)
		return NULL;
	WRITE_ONCE(tags[id].cache, cache);
	return &tags[id];
}

/* No page has it any more. Does nothing with NULL. */
void magslab_tag_put(struct magslab_tag *tag)
{
	if (!tag)
		return;
	WRITE_ONCE(tag->cache, NULL);
	ida_free(&tags_ida, tag - tags);
}

/**
 * magslab_tag_cache - the cache that a page is a slab of
 * @page: any page, the head one if it is a compound one
 *
 * Context: Any. The answer lasts as long as the caller knows of a live object
 * there; of pages that are not slabs it is NULL at any time.
 * Return: the cache or NULL.
 */
struct magslab_cache *magslab_tag_cache(const struct page *page)
{
	unsigned long mapping = (unsigned long)READ_ONCE(page->mapping);
	const struct magslab_tag *tag = (void *)(mapping & ~TAG_QUARANTINED);

	if (tag < tags || tag >= tags + MAGSLAB_MAX_CACHES)
		return NULL;
	return READ_ONCE(tag->cache);
}

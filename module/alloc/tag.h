/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tags: how a slab is known from other pages, and whose it is. In the head page
 * of a slab, page->mapping points into the table of tags. Nobody else's pointer
 * does, and nobody follows it: pages of slabs are on no LRU list, mapped by no
 * process and not movable.
 *
 * A slab that something wrong was found in is quarantined: it keeps its tag with
 * one bit more, so that it is still known but for no ordinary slab.
 */
#ifndef MAGSLAB_ALLOC_TAG_H
#define MAGSLAB_ALLOC_TAG_H

#include <linux/mm.h>

struct magslab_cache;

/* In page->mapping: not one of those bits in which the kernel has its own. */
#define TAG_QUARANTINED 4UL

/* Caches there can be at a time. */
#define MAGSLAB_MAX_CACHES 16384

struct magslab_tag {
	struct magslab_cache *cache;
} __aligned(sizeof(void *));

struct magslab_tag *magslab_tag_get(struct magslab_cache *cache);
void magslab_tag_put(struct magslab_tag *tag);
struct magslab_cache *magslab_tag_cache(const struct page *page);

/* Bound to @tag, or to nobody with NULL, as a page must be when it is freed. */
static inline void tag_set(struct page *page, struct magslab_tag *tag)
{
	WRITE_ONCE(page->mapping, (struct address_space *)tag);
}

/* What page->mapping of a slab in quarantine is. */
static inline struct address_space *
tag_quarantined(const struct magslab_tag *tag)
{
	return (struct address_space *)((unsigned long)tag | TAG_QUARANTINED);
}

static inline void tag_quarantine(struct page *page,
				  const struct magslab_tag *tag)
{
	WRITE_ONCE(page->mapping, tag_quarantined(tag));
}

static inline bool tag_is_quarantined(const struct page *page,
				      const struct magslab_tag *tag)
{
	return READ_ONCE(page->mapping) == tag_quarantined(tag);
}

static inline bool tag_is(const struct page *page,
			  const struct magslab_tag *tag)
{
	return READ_ONCE(page->mapping) == (struct address_space *)tag;
}

/* Whether it is in memory that is mapped one to one, or in a hole of that. */
static __always_inline bool may_be_mapped(const void *address)
{
	return (unsigned long)address - PAGE_OFFSET <
	       (unsigned long)high_memory - PAGE_OFFSET;
}

#endif /* MAGSLAB_ALLOC_TAG_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages for slabs. What a cache holds is shown where an administrator looks:
 * pages with objects in use are counted with SUnreclaim, pages of empty slabs
 * with KReclaimable, so that MemAvailable counts just those that the shrinker
 * would give back.
 */
#include <linux/mm.h>
#include <linux/vmstat.h>

#include "alloc/fault.h"
#include "alloc/pages.h"
#include "alloc/tag.h"

/* Slabs must be mapped and stay put, and objects are zeroed one by one. */
#define PAGES_GFP_NEVER \
	(__GFP_HIGHMEM | __GFP_MOVABLE | __GFP_RECLAIMABLE | __GFP_ZERO)

static void pages_account(struct page *page, enum node_stat_item item, long nr)
{
	/* This one counter is kept in bytes, as slabs may be charged by it. */
	if (item == NR_SLAB_UNRECLAIMABLE_B)
		nr *= PAGE_SIZE;
	mod_node_page_state(page_pgdat(page), item, nr);
}

static gfp_t pages_gfp(gfp_t gfp, unsigned int order)
{
	gfp &= ~PAGES_GFP_NEVER;
	if (order)
		gfp |= __GFP_COMP;
	/* The page allocator promises this for small orders only. */
	if (order > 1)
		gfp &= ~__GFP_NOFAIL;
	return gfp;
}

/**
 * magslab_pages_alloc - get the pages of a slab
 * @gfp: as the cache's user gave it, with %__GFP_ACCOUNT added if wanted
 * @nid: preferred node, or the only one with %__GFP_THISNODE
 * @order: 2^@order pages
 *
 * Context: where pages_may_alloc() says so. No lock held.
 * Return: the head page, or NULL.
 */
struct page *magslab_pages_alloc(gfp_t gfp, int nid, unsigned int order)
{
	struct page *page;

	gfp = pages_gfp(gfp, order);
	if (!(gfp & __GFP_NOFAIL) && magslab_fault_hit(MAGSLAB_FAULT_PAGES))
		return NULL;
	page = alloc_pages_node(nid, gfp, order);
	if (page)
		pages_account(page, NR_SLAB_UNRECLAIMABLE_B, 1L << order);
	return page;
}

/**
 * magslab_pages_set_idle - tell the kernel whether pages could be had back
 * @page: head page of a slab
 * @order: 2^@order pages
 * @idle: true when its last object came back, false when one is taken again
 *
 * Context: Any. In an NMI that comes in the middle of the kernel's own counting,
 * one of the two changes may be lost to /proc/meminfo.
 */
void magslab_pages_set_idle(struct page *page, unsigned int order, bool idle)
{
	long nr = idle ? 1L << order : -(1L << order);

	pages_account(page, NR_SLAB_UNRECLAIMABLE_B, -nr);
	pages_account(page, NR_KERNEL_MISC_RECLAIMABLE, nr);
}

/**
 * magslab_pages_free - give the pages of an idle slab back
 * @page: head page, last passed to magslab_pages_set_idle() as idle
 * @order: 2^@order pages
 *
 * Context: As magslab_pages_alloc().
 */
void magslab_pages_free(struct page *page, unsigned int order)
{
	pages_account(page, NR_KERNEL_MISC_RECLAIMABLE, -(1L << order));
	/* No page of ours is to be taken for one once it is somebody else's. */
	tag_set(page, NULL);
	page->index = 0;
	set_page_private(page, 0);
	__free_pages(page, order);
}

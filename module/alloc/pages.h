/* SPDX-License-Identifier: GPL-2.0-only */
/* Where slabs get their pages, and where those are accounted. */
#ifndef MAGSLAB_ALLOC_PAGES_H
#define MAGSLAB_ALLOC_PAGES_H

#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/preempt.h>

#include "compat.h"

struct page *magslab_pages_alloc(gfp_t gfp, int nid, unsigned int order);
void magslab_pages_free(struct page *page, unsigned int order);
void magslab_pages_set_idle(struct page *page, unsigned int order, bool idle);

/*
 * Whether the page allocator, and kmalloc(), may be called right here.
 * Hardirq context never does, so that its cost is bounded on every flavour.
 * On PREEMPT_RT both take sleeping locks, whatever gfp says. A request without
 * any reclaim bit comes from where even a wakeup is too much.
 */
static inline bool pages_may_alloc(gfp_t gfp)
{
	if (in_hardirq() || in_nmi() || !(gfp & __GFP_RECLAIM))
		return false;
	return !MAGSLAB_RT_RULES || preemptible();
}

#endif /* MAGSLAB_ALLOC_PAGES_H */

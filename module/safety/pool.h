/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that are mapped for one object each, see pool.c. The states of a page:
 *
 *	NONE	it has no memory
 *	READY	mapped, filled with ZONE_BYTE, waiting for somebody to take it
 *	LIVE	a user has the object on it
 *	FREED	the object was freed; all of the page is poisoned
 *	GONE	unmapped, its memory given back. Whose it was is known until the
 *		page is mapped again, somewhere else.
 *
 * Whoever takes a page off the pool makes it LIVE, and whoever changes LIVE to
 * FREED by cmpxchg() has freed it. All else is up to the pool's work item.
 */
#ifndef MAGSLAB_SAFETY_POOL_H
#define MAGSLAB_SAFETY_POOL_H

#include <asm/barrier.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm_types.h>
#include <linux/types.h>

#include "safety/safety.h"

enum safety_page_state {
	SAFETY_PAGE_NONE,
	SAFETY_PAGE_READY,
	SAFETY_PAGE_LIVE,
	SAFETY_PAGE_FREED,
	SAFETY_PAGE_GONE,
};

/* What is at the address of a page without memory, if it is the pool's. */
enum safety_page_hold {
	SAFETY_PAGE_LOOSE,
	SAFETY_PAGE_RESERVED,
	SAFETY_PAGE_MISTAKEN,
};

/**
 * struct safety_page - a page for one object
 * @state: enum safety_page_state
 * @address: where it is or was mapped, or NULL
 * @memory: what is mapped there, or NULL
 * @cache: whose object it has or had, or NULL
 * @object: where that begins
 * @told: whether an access that faulted has been told of
 * @hold: enum safety_page_hold
 * @place: in the queue of pages to be unmapped
 * @link: in the list of pages without memory
 * @track: owners of the object
 */
struct safety_page {
	int state;
	void *address;
	struct page *memory;
	struct magslab_cache *cache;
	void *object;
	int told;
	int hold;
	struct llist_node place;
	struct list_head link;
	u8 track[SAFETY_TRACK_BYTES] __aligned(sizeof(long));
};

static inline int safety_page_state(const struct safety_page *page)
{
	/* Pairs with safety_page_set_state(). */
	return smp_load_acquire(&page->state);
}

static inline void safety_page_set_state(struct safety_page *page, int state)
{
	/* Pairs with safety_page_state(): who sees it sees what the page was made. */
	smp_store_release(&page->state, state);
}

struct safety_page *safety_pool_take(void);
struct safety_page *safety_pool_find(const void *address);
void safety_pool_put(struct safety_page *page);
void safety_pool_walk(void (*look)(struct safety_page *page, void *arg),
		      void *arg);
void safety_pool_flush(void);
int safety_pool_enter(void);
void safety_pool_leave(void);

#endif /* MAGSLAB_SAFETY_POOL_H */

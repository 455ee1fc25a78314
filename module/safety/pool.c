// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool of pages, each mapped by itself where nothing else is mapped near it,
 * so that an access beyond it faults, and after it has been unmapped any access.
 *
 * Mapping takes memory and time, so a work item does it beforehand, and unmaps
 * what was freed later, many at a time for one flush of the TLBs. In between
 * any context takes pages and puts them.
 *
 * The kernel gives an address that was unmapped to whoever asks next, and then
 * an access to it is no fault. So there are more descriptions than pages with
 * memory, and the work item asks first: what it is given of the addresses that
 * it remembers is reserved, by mapping something there that nobody may access.
 * It maps no page at any of them. What others were given it cannot help.
 *
 * There is one pool for all caches, or its size would be no bound.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "alloc/leaf.h"
#include "compat.h"
#include "safety/param.h"
#include "safety/poison.h"
#include "safety/pool.h"
#include "safety/safety.h"

/* Pages there may be: 64 MiB. */
#define POOL_MAX 16384

/* So many are remembered for each that has memory. */
#define POOL_MEMORY 3

/* Addresses of others that it is ready to be given on the way to its own. */
#define POOL_PATIENCE 8

/* How long what was freed may wait for more to be unmapped with it. */
#define POOL_DELAY (HZ / 50 + 1)

static unsigned int guard_objects __read_mostly = 64;

safety_param_uint(guard_objects, guard_objects, 1, POOL_MAX, 0444);
MODULE_PARM_DESC(guard_objects,
		 "pages for all caches in guard mode, 1 to 16384 (64)");

/**
 * struct pool - all of it
 * @mutex: of caches that come and go
 * @users: caches that use it
 * @pages: the descriptions, or NULL before anybody used it
 * @nr_pages: how many
 * @used: how many have memory; written by the work item
 * @idle: those without, in the order they were unmapped; the work item's
 * @freed: those to be unmapped
 * @by_address: by number of the page of addresses
 * @leaf: protects what follows
 * @ready: pages to take
 * @nr_ready: how many
 */
static struct pool {
	struct mutex mutex; /* @users, and @pages while they are made */
	unsigned int users;
	struct safety_page *pages;
	unsigned int nr_pages;
	unsigned int used;
	struct list_head idle;
	struct llist_head freed;
	struct xarray by_address;
	struct leaf_lock leaf;
	struct safety_page **ready;
	unsigned int nr_ready;
} pool = {
	.mutex = __MUTEX_INITIALIZER(pool.mutex),
	.idle = LIST_HEAD_INIT(pool.idle),
	.freed = LLIST_HEAD_INIT(pool.freed),
	.by_address = XARRAY_INIT(pool.by_address, 0),
	.leaf.lock = __RAW_SPIN_LOCK_UNLOCKED(pool.leaf.lock),
};

static unsigned long number_of(const void *address)
{
	return (unsigned long)address >> PAGE_SHIFT;
}

/* The page that is or was at @address, or NULL. Context: Any. */
struct safety_page *safety_pool_find(const void *address)
{
	return xa_load(&pool.by_address, number_of(address));
}

/* Look at every page. Context: Any, but what becomes of them is not locked. */
void safety_pool_walk(void (*look)(struct safety_page *page, void *arg),
		      void *arg)
{
	unsigned int i;

	for (i = 0; i < pool.nr_pages; i++)
		look(&pool.pages[i], arg);
}

/*
 * === Addresses ===
 */

/*
 * Map @memory where no page is remembered. What it is given of addresses where
 * one is stays mapped as well, or it would be given the same again.
 */
static void *pool_map(struct page *memory, pgprot_t prot,
		      enum safety_page_hold hold)
{
	struct safety_page *other;
	void *address;

	while ((address = vmap(&memory, 1, VM_MAP, prot))) {
		other = safety_pool_find(address);
		if (!other)
			return address;
		WRITE_ONCE(other->hold, hold);
		cond_resched();
	}
	return NULL;
}

/* Have addresses back before others do, until it is given too many new ones. */
static void pool_reserve(void)
{
	void *new[POOL_PATIENCE];
	unsigned int i;

	for (i = 0; i < POOL_PATIENCE; i++)
		new[i] =
			pool_map(ZERO_PAGE(0), PAGE_NONE, SAFETY_PAGE_RESERVED);
	while (i)
		vunmap(new[--i]);
}

static void page_let_go(struct safety_page *page)
{
	if (page->hold)
		vunmap(page->address);
	WRITE_ONCE(page->hold, SAFETY_PAGE_LOOSE);
}

/* What other pages of the pool were mapped at by mistake. */
static void pool_unmap_mistakes(void)
{
	struct safety_page *page;
	bool any = false;

	list_for_each_entry(page, &pool.idle, link) {
		if (page->hold != SAFETY_PAGE_MISTAKEN)
			continue;
		page_let_go(page);
		any = true;
	}
	if (any)
		vm_unmap_aliases();
}

static void page_forget(struct safety_page *page)
{
	safety_page_set_state(page, SAFETY_PAGE_NONE);
	if (page->address)
		xa_erase(&pool.by_address, number_of(page->address));
	page_let_go(page);
	page->address = NULL;
	WRITE_ONCE(page->cache, NULL);
}

/*
 * === Unmapping ===
 */

static void page_free(struct safety_page *page)
{
	__free_page(page->memory);
	page->memory = NULL;
	WRITE_ONCE(pool.used, pool.used - 1);
	list_add_tail(&page->link, &pool.idle);
}

/*
 * What was written up to now can be seen in memory, and nothing more is written:
 * only after the flush of the TLBs is that so.
 */
static void pool_bury(void)
{
	struct llist_node *batch = llist_del_all(&pool.freed);
	struct safety_page *page, *next;

	if (!batch)
		return;
	batch = llist_reverse_order(batch);
	llist_for_each_entry(page, batch, place) {
		vunmap(page->address);
		safety_page_set_state(page, SAFETY_PAGE_GONE);
		cond_resched();
	}
	vm_unmap_aliases();
	llist_for_each_entry_safe(page, next, batch, place) {
		safety_guard_unmapped(page);
		page_free(page);
		cond_resched();
	}
}

/*
 * === Mapping ===
 */

static bool page_map(struct safety_page *page)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
	void *address;

	address = pool_map(page->memory, PAGE_KERNEL, SAFETY_PAGE_MISTAKEN);
	if (!address)
		return false;
	if (xa_err(xa_store(&pool.by_address, number_of(address), page, gfp))) {
		vunmap(address);
		return false;
	}
	page->address = address;
	return true;
}

/* Return: whether the page was given memory, and mapped. */
static bool page_equip(struct safety_page *page)
{
	page_forget(page);
	page->memory = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	if (!page->memory)
		return false;
	if (page_map(page)) {
		WRITE_ONCE(pool.used, pool.used + 1);
		return true;
	}
	__free_page(page->memory);
	page->memory = NULL;
	return false;
}

/* When it is mapped nowhere else any more. */
static void page_ready(struct safety_page *page)
{
	unsigned long flags;

	memset(page->address, ZONE_BYTE, PAGE_SIZE);
	safety_page_set_state(page, SAFETY_PAGE_READY);
	/* It is had, as this is no NMI. */
	if (!leaf_lock(&pool.leaf, &flags))
		return;
	pool.ready[pool.nr_ready] = page;
	WRITE_ONCE(pool.nr_ready, pool.nr_ready + 1);
	leaf_unlock(&pool.leaf, flags);
}

/* Without memory for all of them, some will do. */
static void pool_fill(void)
{
	struct safety_page *page, *next;
	LIST_HEAD(equipped);

	while (pool.used < guard_objects) {
		page = list_first_entry(&pool.idle, struct safety_page, link);
		if (!page_equip(page))
			break;
		list_move_tail(&page->link, &equipped);
		cond_resched();
	}
	pool_unmap_mistakes();
	list_for_each_entry_safe(page, next, &equipped, link) {
		list_del(&page->link);
		page_ready(page);
	}
}

/*
 * === In and out ===
 */

/* Return: NULL if there is none, or an NMI finds the lock taken. */
static struct safety_page *pool_pop(void)
{
	struct safety_page *page = NULL;
	unsigned long flags;

	if (!leaf_lock(&pool.leaf, &flags))
		return NULL;
	if (pool.nr_ready) {
		page = pool.ready[pool.nr_ready - 1];
		WRITE_ONCE(pool.nr_ready, pool.nr_ready - 1);
	}
	leaf_unlock(&pool.leaf, flags);
	return page;
}

/* For when nobody uses it. */
static void pool_empty(void)
{
	struct safety_page *page;

	while ((page = pool_pop())) {
		vunmap(page->address);
		page_free(page);
	}
	list_for_each_entry(page, &pool.idle, link)
		page_forget(page);
	vm_unmap_aliases();
}

static void pool_run(struct work_struct *work)
{
	if (!pool.pages)
		return;
	pool_bury();
	if (READ_ONCE(pool.users)) {
		pool_fill();
		pool_reserve();
	} else {
		pool_empty();
	}
}

static DECLARE_DELAYED_WORK(pool_work, pool_run);

static void pool_irq(struct irq_work *irq_work)
{
	queue_delayed_work(system_unbound_wq, &pool_work, POOL_DELAY);
}

static struct irq_work pool_irq_work = IRQ_WORK_INIT(pool_irq);

/* Context: Any; that is why it is not queued right here. */
static void pool_run_soon(void)
{
	if (!delayed_work_pending(&pool_work))
		irq_work_queue(&pool_irq_work);
}

/**
 * safety_pool_take - take a page for an object
 *
 * Context: Any. Takes a raw spinlock, which an NMI only tries.
 * Return: a page that is READY, to be made LIVE; NULL if there is none.
 */
struct safety_page *safety_pool_take(void)
{
	struct safety_page *page = NULL;

	if (READ_ONCE(pool.nr_ready))
		page = pool_pop();
	if (!page && READ_ONCE(pool.used) < guard_objects)
		pool_run_soon();
	return page;
}

/**
 * safety_pool_put - have a page unmapped
 * @page: is FREED
 *
 * Context: Any.
 */
void safety_pool_put(struct safety_page *page)
{
	llist_add(&page->place, &pool.freed);
	pool_run_soon();
}

/* All that was put is unmapped when it returns. Context: Task. May sleep. */
void safety_pool_flush(void)
{
	irq_work_sync(&pool_irq_work);
	mod_delayed_work(system_unbound_wq, &pool_work, 0);
	flush_delayed_work(&pool_work);
}
EXPORT_SYMBOL_FOR_TEST(safety_pool_flush);

/*
 * === Beginning and end ===
 */

/* The descriptions come last: the work item looks for them. */
static int pool_create(void)
{
	unsigned int nr = guard_objects * (1 + POOL_MEMORY), i;
	struct safety_page *pages, **ready;

	pages = kvcalloc(nr, sizeof(*pages), GFP_KERNEL);
	ready = kvmalloc_array(guard_objects, sizeof(*ready), GFP_KERNEL);
	if (!pages || !ready) {
		kvfree(pages);
		kvfree(ready);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++)
		list_add_tail(&pages[i].link, &pool.idle);
	pool.ready = ready;
	pool.nr_pages = nr;
	pool.pages = pages;
	return 0;
}

/* For one more cache. Context: Task. May sleep. Return: 0 or -ENOMEM. */
int safety_pool_enter(void)
{
	int ret = 0;

	mutex_lock(&pool.mutex);
	if (!pool.pages)
		ret = pool_create();
	if (!ret)
		WRITE_ONCE(pool.users, pool.users + 1);
	mutex_unlock(&pool.mutex);
	if (!ret)
		safety_pool_flush();
	return ret;
}

/* For one less, all of whose objects are freed. Context: Task. May sleep. */
void safety_pool_leave(void)
{
	mutex_lock(&pool.mutex);
	WRITE_ONCE(pool.users, pool.users - 1);
	mutex_unlock(&pool.mutex);
	safety_pool_flush();
}

/* Pages that are live stay mapped, as nobody can tell who still uses them. */
void safety_pool_exit(void)
{
	WRITE_ONCE(pool.users, 0);
	safety_pool_flush();
	xa_destroy(&pool.by_address);
	kvfree(pool.ready);
	kvfree(pool.pages);
	pool.pages = NULL;
	pool.nr_pages = 0;
}

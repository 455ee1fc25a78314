// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large memory, straight from the page allocator. The fields of the head page
 * that are used:
 *
 *	private		the mark, from allocation to free
 *	lru		place in the queue of those whose free has to wait
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/kmemleak.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "alloc/large.h"
#include "alloc/pages.h"
#include "compat.h"

/* Its address is the mark: nobody else has it in a struct page. */
static const char large_mark;

static atomic_long_t large_blocks;
static atomic_long_t large_pages;

static size_t large_bytes(const struct page *head)
{
	return PAGE_SIZE << compound_order((struct page *)head);
}

static bool large_is_marked(const struct page *head)
{
	return READ_ONCE(head->private) == (unsigned long)&large_mark;
}

/* Of several who free a block, one takes the mark off. */
static bool large_unmark(struct page *head)
{
	unsigned long mark = (unsigned long)&large_mark;

	return cmpxchg(&head->private, mark, 0) == mark;
}

/* The head page of the block that an address is in, or NULL. */
static struct page *large_of(const void *p)
{
	struct page *head;

	if (!virt_addr_valid(p))
		return NULL;
	head = virt_to_head_page(p);
	return large_is_marked(head) ? head : NULL;
}

/* The head page of the block that begins at an address, or NULL. */
static struct page *large_at(const void *p)
{
	struct page *head = large_of(p);

	return head && page_address(head) == p ? head : NULL;
}

static void large_count(long blocks, unsigned int order)
{
	atomic_long_add(blocks, &large_blocks);
	atomic_long_add(blocks << order, &large_pages);
}

static bool large_node_is_valid(int nid)
{
	return nid >= 0 && nid < nr_node_ids && node_possible(nid);
}

/**
 * magslab_large_alloc - allocate a block of pages
 * @size: bytes, at least 1
 * @gfp: as for magslab_kmalloc()
 * @nid: preferred node, the only one with %__GFP_THISNODE, or %NUMA_NO_NODE
 *
 * Context: Any; successful where pages_may_alloc() says so. No lock held. May
 * sleep if @gfp allows.
 * Return: the block, or NULL.
 */
void *magslab_large_alloc(size_t size, gfp_t gfp, int nid)
{
	unsigned int order = get_order(size);
	struct page *head;
	void *block;

	if (WARN_ON_ONCE(nid != NUMA_NO_NODE && !large_node_is_valid(nid)))
		return NULL;
	if (!pages_may_alloc(gfp))
		return NULL;
	head = magslab_pages_alloc(gfp, nid, order);
	if (!head)
		return NULL;
	set_page_private(head, (unsigned long)&large_mark);
	large_count(1, order);
	block = page_address(head);
	/* The page allocator was not told, and did it only by default. */
	if (gfp & __GFP_ZERO && !want_init_on_alloc(0))
		memset(block, 0, PAGE_SIZE << order);
	kmemleak_alloc(block, size, 1, gfp);
	return block;
}

static void large_free_now(struct page *head)
{
	unsigned int order = compound_order(head);

	/* Here, since it is not for NMI; nobody else can have the block before. */
	kmemleak_free(page_address(head));
	large_count(-1, order);
	magslab_pages_set_idle(head, order, true);
	magslab_pages_free(head, order);
}

/*
 * === Frees that have to wait ===
 */

static LLIST_HEAD(large_waiting);

static void large_free_waiting(struct irq_work *work)
{
	struct llist_node *node, *next;
	struct list_head *lru;

	llist_for_each_safe(node, next, llist_del_all(&large_waiting)) {
		lru = (struct list_head *)node;
		large_free_now(list_entry(lru, struct page, lru));
	}
}

/* Runs in hardirq context, and in a thread on PREEMPT_RT. */
static struct irq_work large_work = IRQ_WORK_INIT(large_free_waiting);

static void large_free_later(struct page *head)
{
	BUILD_BUG_ON(sizeof(struct llist_node) > sizeof(head->lru));
	llist_add((struct llist_node *)&head->lru, &large_waiting);
	irq_work_queue(&large_work);
}

/*
 * Whether pages may be freed right here: under the page allocator's locks,
 * which sleep on PREEMPT_RT.
 */
static bool large_may_free(void)
{
	if (MAGSLAB_RT_RULES)
		return preemptible();
	return !in_nmi();
}

/**
 * magslab_large_free - free a block of pages
 * @p: any address that is not in a slab
 *
 * Context: Any.
 * Return: false if no block begins there; then nothing is done.
 */
bool magslab_large_free(const void *p)
{
	struct page *head = large_at(p);

	if (!head || !large_unmark(head))
		return false;
	if (likely(large_may_free()))
		large_free_now(head);
	else
		large_free_later(head);
	return true;
}

/*
 * === What there is ===
 *
 * In a slab the mark could stand for free objects, so addresses in slabs are
 * not to be asked about.
 */

/* Whether a block has @p in it. */
bool magslab_large_owns(const void *p)
{
	return large_of(p);
}

/* Bytes of the block that begins at @p. Return: 0 if none does. */
size_t magslab_large_size(const void *p)
{
	const struct page *head = large_at(p);

	return head ? large_bytes(head) : 0;
}

void magslab_large_census_take(struct magslab_large_census *census)
{
	census->blocks = atomic_long_read(&large_blocks);
	census->pages = atomic_long_read(&large_pages);
}
EXPORT_SYMBOL_FOR_TEST(magslab_large_census_take);

/* What is left was forgotten by a module that is gone. It is not ours to free. */
void magslab_large_exit(void)
{
	struct magslab_large_census census;

	irq_work_sync(&large_work);
	magslab_large_census_take(&census);
	if (census.blocks)
		pr_err("%ld blocks of large memory were never freed: leaking %ld pages\n",
		       census.blocks, census.pages);
}

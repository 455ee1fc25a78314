// SPDX-License-Identifier: GPL-2.0-only
/*
 * kfree_rcu() for memory of magslab. What is to be freed waits on a list, linked
 * through the heads that its users put in it, and a work item frees all that
 * was there before a grace period that it waits for.
 */
#include <linux/export.h>
#include <linux/llist.h>
#include <linux/magslab_kmalloc.h>
#include <linux/magslab_kmem_calls.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "kmem/kmem.h"

/**
 * struct waiting - what a head is used for while its memory waits
 * @link: in the list
 * @p: the memory
 */
struct waiting {
	struct llist_node link;
	void *p;
};

static LLIST_HEAD(waiting_list);

static void free_all(struct llist_node *batch)
{
	struct waiting *waiting, *next;

	llist_for_each_entry_safe(waiting, next, batch, link) {
		magslab_kfree(waiting->p);
		cond_resched();
	}
}

/* What comes while it runs finds the list empty and queues it again. */
static void free_batch(struct work_struct *work)
{
	struct llist_node *batch = llist_del_all(&waiting_list);

	synchronize_rcu();
	free_all(batch);
}

static DECLARE_WORK(free_work, free_batch);

static void free_later(struct rcu_head *head, void *p)
{
	struct waiting *waiting = (struct waiting *)head;

	BUILD_BUG_ON(sizeof(*waiting) > sizeof(*head));
	waiting->p = p;
	if (llist_add(&waiting->link, &waiting_list))
		queue_work(system_unbound_wq, &free_work);
}

/* No address is as small as the distance of a head may be. */
static void *memory_of(struct rcu_head *head, unsigned long arg)
{
	return head && arg < PAGE_SIZE ? (void *)head - arg : (void *)arg;
}

bool magslab_kmem_free_rcu(struct rcu_head *head, unsigned long arg)
{
	void *p = memory_of(head, arg);

	if (!magslab_kmem_is_ours(p))
		return false;
	if (head) {
		free_later(head, p);
	} else {
		synchronize_rcu();
		magslab_kfree(p);
	}
	return true;
}
EXPORT_SYMBOL_GPL(magslab_kmem_free_rcu);

/* Until all that waited is free. Context: Task. Sleeps. */
void magslab_kmem_rcu_drain(void)
{
	/* Whoever found the list empty may not have come to queue it yet. */
	if (!llist_empty(&waiting_list))
		queue_work(system_unbound_wq, &free_work);
	flush_work(&free_work);
}

void magslab_kmem_destroy(struct magslab_cache *cache)
{
	if (!IS_ERR_OR_NULL(cache))
		magslab_kmem_rcu_drain();
	magslab_cache_destroy(cache);
}
EXPORT_SYMBOL_GPL(magslab_kmem_destroy);

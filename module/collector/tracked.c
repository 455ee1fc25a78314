// SPDX-License-Identifier: GPL-2.0-only
/* Tracked caches and their objects. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "alloc/pages.h"
#include "collector/collector.h"
#include "compat.h"

/* Frames of a stack worth keeping, and those of ours before them. */
#define STACK_FRAMES 16
#define STACK_SKIP 1

/* All tracked caches, by the address of the cache; read under RCU. */
static DEFINE_HASHTABLE(tracked_table, 6);
static DEFINE_SPINLOCK(tracked_lock);

/*
 * === From an address to an object ===
 */

static struct magslab_tracked *tracked_of(const struct magslab_cache *cache)
{
	struct magslab_tracked *tracked;

	hash_for_each_possible_rcu(tracked_table, tracked, node,
				   (unsigned long)cache)
		if (tracked->cache == cache)
			return tracked;
	return NULL;
}

/**
 * tracked_find - the object that an address is in
 * @address: any value
 * @tracked: receives its cache
 *
 * Takes as long whatever @address is and however many objects there are: a slab is
 * known by its page, and its cache by a table with few entries.
 *
 * Context: Any, in an RCU reader's section, which the memory stays for.
 * Return: the head of what may be an object in use, or NULL.
 */
struct tracked_head *tracked_find(const void *address,
				  struct magslab_tracked **tracked)
{
	const struct magslab_layout *layout;
	const struct magslab_cache *cache;
	unsigned int slot;
	void *head;

	if (!may_be_mapped(address))
		return NULL;
	cache = magslab_cache_of(address);
	if (!cache)
		return NULL;
	*tracked = tracked_of(cache);
	if (!*tracked)
		return NULL;
	layout = &cache->layout;
	slot = layout_slot(layout, address);
	if (slot >= layout->nr)
		return NULL;
	head = (void *)((unsigned long)address & layout->slab_mask) +
	       slot * layout->stride + layout->left;
	/* Before the beginning is beyond the end. */
	if ((size_t)(address - head - (*tracked)->offset) >= (*tracked)->size)
		return NULL;
	return head;
}

/*
 * Whether what was read at @address is of an object: to be asked after it was read and
 * before it is written to. The pages of a slab keep its tag until they go,
 * which may be right after tracked_find() saw it. If they still have it now, the state
 * was an object's own; and if that was in use, its slab cannot begin to
 * wait for a grace period before that object is free, so it will not be over before
 * our section is.
 */
bool tracked_is_ours(const void *address, const struct magslab_tracked *tracked)
{
	/* The state before the tag. Pairs with the grace period of the slab. */
	smp_rmb();
	return magslab_cache_of(address) == tracked->cache;
}

/*
 * === Handing out ===
 */

static void tracked_construct(void *object)
{
	memset(object, 0, sizeof(struct tracked_head));
}

static void head_set_owner(struct tracked_head *head, unsigned long caller)
{
	unsigned long entries[STACK_FRAMES];
	unsigned int nr;

	head->caller = caller;
	head->stack = 0;
	if (!(head->tracked->flags & MAGSLAB_TRACKED_STACKS))
		return;
	nr = stack_trace_save(entries, ARRAY_SIZE(entries), STACK_SKIP);
	head->stack =
		magslab_stack_keep(entries, nr, pages_may_alloc(GFP_NOWAIT));
}

static struct tracked_head *tracked_new(struct magslab_tracked *tracked,
					gfp_t gfp, unsigned long caller)
{
	struct tracked_head *head;

	head = magslab_alloc(tracked->cache, gfp & ~__GFP_ZERO);
	if (!head)
		return NULL;
	head->tracked = tracked;
	head_set_owner(head, caller);
	/* What was there before would keep alive what it points to. */
	memset(head_object(head), 0, tracked->size);
	return head;
}

void *magslab_tracked_alloc(struct magslab_scope *scope, unsigned int handle,
			    struct magslab_tracked *tracked, gfp_t gfp)
{
	struct magslab_collector *collector = tracked->collector;
	struct tracked_head *head;
	u32 now;

	if (!scope_fits(scope, handle) ||
	    WARN_ON_ONCE(scope->collector != collector))
		return NULL;
	head = tracked_new(tracked, gfp, _RET_IP_);
	if (!head)
		return NULL;
	rcu_read_lock();
	now = collector_now(collector);
	mark_born(collector, head, now);
	roster_enter(&collector->objects, &head->link);
	scope_set(scope, handle, head_object(head), now);
	rcu_read_unlock();
	return head_object(head);
}
EXPORT_SYMBOL_GPL(magslab_tracked_alloc);

/*
 * === Taking back ===
 */

/* An object in nobody's hands and on no list. */
void tracked_give_back(struct tracked_head *head)
{
	magslab_free(head->tracked->cache, head);
}

/* One that is neither LIVE nor GREY any more. */
void tracked_retire(struct tracked_head *head)
{
	roster_leave(&head->tracked->collector->objects, &head->link,
		     ROSTER_FREED);
	tracked_give_back(head);
}

/* Whether an object in use begins at @object, which tracked_find() found @head for. */
static bool begins_live(struct tracked_head *head, const void *object,
			const struct magslab_tracked *tracked)
{
	return head && (void *)head + tracked->offset == object &&
	       atomic_read(&head->state) & HEAD_LIVE &&
	       tracked_is_ours(object, tracked);
}

static bool refuse(const struct magslab_tracked *tracked, unsigned long caller)
{
	if (tracked)
		atomic_long_inc(&tracked->collector->refused);
	pr_err_ratelimited("no tracked object in use is freed: %s, by %pS\n",
			   tracked ? tracked->name : "?", (void *)caller);
	return false;
}

/* Return: whether it was in use; @retire tells whether it is the caller's now. */
static bool head_end(struct tracked_head *head, bool *retire)
{
	int state = atomic_read(&head->state), next;

	do {
		if (!(state & HEAD_LIVE))
			return false;
		next = state & HEAD_GREY ? state & ~HEAD_LIVE : 0;
	} while (!atomic_try_cmpxchg(&head->state, &state, next));
	*retire = !next;
	return true;
}

bool magslab_tracked_free(void *object)
{
	struct magslab_tracked *tracked = NULL;
	struct tracked_head *head;
	bool ended = false, retire = false;

	if (!object)
		return true;
	rcu_read_lock();
	head = tracked_find(object, &tracked);
	if (begins_live(head, object, tracked))
		ended = head_end(head, &retire);
	rcu_read_unlock();
	if (!ended)
		return refuse(tracked, _RET_IP_);
	if (retire)
		tracked_retire(head);
	return true;
}
EXPORT_SYMBOL_GPL(magslab_tracked_free);

bool magslab_tracked_live(const void *object)
{
	struct magslab_tracked *tracked;
	struct tracked_head *head;
	bool live;

	rcu_read_lock();
	head = tracked_find(object, &tracked);
	live = begins_live(head, object, tracked);
	rcu_read_unlock();
	return live;
}
EXPORT_SYMBOL_GPL(magslab_tracked_live);

/*
 * === Caches ===
 */

/* Room for the head, so that what users see is aligned. */
static size_t offset_for(size_t align)
{
	return ALIGN(sizeof(struct tracked_head), align);
}

static bool tracked_is_valid(size_t size, size_t align, unsigned long flags)
{
	return size >= sizeof(void *) && size <= MAGSLAB_MAX_SIZE &&
	       is_power_of_2(align) && align <= PAGE_SIZE &&
	       offset_for(align) + size <= MAGSLAB_MAX_SIZE &&
	       !(flags & ~MAGSLAB_TRACKED_FLAGS_ALL);
}

static void tracked_publish(struct magslab_tracked *tracked)
{
	spin_lock(&tracked_lock);
	hash_add_rcu(tracked_table, &tracked->node,
		     (unsigned long)tracked->cache);
	list_add_tail(&tracked->link, &tracked->collector->caches);
	spin_unlock(&tracked_lock);
}

/* No address is found to be in one of its objects any more, after a grace period. */
void tracked_forget(struct magslab_tracked *tracked)
{
	spin_lock(&tracked_lock);
	hash_del_rcu(&tracked->node);
	spin_unlock(&tracked_lock);
}

struct magslab_tracked *
magslab_tracked_create(struct magslab_collector *collector, const char *name,
		       size_t size, size_t align, unsigned long flags)
{
	struct magslab_tracked *tracked;
	struct magslab_cache *cache;

	align = align ?: sizeof(void *);
	if (!tracked_is_valid(size, align, flags))
		return ERR_PTR(-EINVAL);
	align = max(align, sizeof(void *));
	tracked = kzalloc(sizeof(*tracked), GFP_KERNEL);
	if (!tracked)
		return ERR_PTR(-ENOMEM);
	tracked->offset = offset_for(align);
	cache = magslab_cache_create(name, tracked->offset + size, align,
				     MAGSLAB_TYPESAFE_BY_RCU,
				     tracked_construct);
	if (IS_ERR(cache)) {
		kfree(tracked);
		return ERR_CAST(cache);
	}
	tracked->cache = cache;
	tracked->collector = collector;
	tracked->size = size;
	tracked->words = size / sizeof(long);
	tracked->flags = flags;
	strscpy(tracked->name, name, sizeof(tracked->name));
	tracked_publish(tracked);
	return tracked;
}
EXPORT_SYMBOL_GPL(magslab_tracked_create);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Roots: ranges of memory from which everything starts. They are looked at piece by
 * piece, so a store to one that has its turn later must go through the barrier as one
 * to an object: what it overwrites was there at the snapshot.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "collector/collector.h"

/**
 * struct root - a range
 * @link: in the list
 * @start: its first word
 * @nr: words
 * @pos: those that were looked at in @cycle
 * @cycle: the last one in which any was
 */
struct root {
	struct list_head link;
	unsigned long *start;
	size_t nr;
	size_t pos;
	u32 cycle;
};

void roots_init(struct roots *roots)
{
	mutex_init(&roots->mutex);
	INIT_LIST_HEAD(&roots->list);
}

void roots_fini(struct roots *roots)
{
	struct root *root, *next;

	list_for_each_entry_safe(root, next, &roots->list, link)
		kfree(root);
}

/*
 * === Looking at them ===
 */

/* In a section: look at the next @most words. Return: how many there were. */
static size_t root_scan(struct magslab_collector *collector, struct root *root,
			u32 cycle, size_t most)
{
	size_t nr;

	if (root->cycle != cycle) {
		root->cycle = cycle;
		root->pos = 0;
	}
	nr = min(root->nr - root->pos, most);
	mark_words(collector, root->start + root->pos, nr);
	root->pos += nr;
	return nr;
}

static bool root_is_scanned(const struct root *root, u32 cycle)
{
	return root->cycle == cycle && root->pos == root->nr;
}

/* With the mutex. Return: one that was not looked at in this cycle, or NULL. */
static struct root *roots_next(struct roots *roots, u32 cycle)
{
	struct root *root;

	root = list_first_entry_or_null(&roots->list, struct root, link);
	return root && !root_is_scanned(root, cycle) ? root : NULL;
}

/**
 * roots_scan - look at a piece of the roots
 * @collector: the collector
 *
 * Does not wait for who registers or unregisters one.
 *
 * Return: whether there is more, or it cannot be known now.
 */
enum roots_left roots_scan(struct magslab_collector *collector)
{
	struct roots *roots = &collector->roots;
	u32 cycle = cycle_of(collector->now);
	struct root *root;

	if (!mutex_trylock(&roots->mutex))
		return ROOTS_BUSY;
	root = roots_next(roots, cycle);
	if (root) {
		rcu_read_lock();
		figure_add(&collector->mark.words,
			   root_scan(collector, root, cycle, MARK_BATCH));
		rcu_read_unlock();
		if (root_is_scanned(root, cycle))
			list_move_tail(&root->link, &roots->list);
	}
	mutex_unlock(&roots->mutex);
	return root ? ROOTS_SOME : ROOTS_NONE;
}

/* May wait for who registers or unregisters one. */
bool roots_are_scanned(struct magslab_collector *collector)
{
	struct roots *roots = &collector->roots;
	bool scanned;

	mutex_lock(&roots->mutex);
	scanned = !roots_next(roots, cycle_of(collector->now));
	mutex_unlock(&roots->mutex);
	return scanned;
}

/*
 * === Registering ===
 */

static bool range_is_valid(const void *start, size_t size)
{
	unsigned long end;

	return start && size &&
	       IS_ALIGNED((unsigned long)start, sizeof(long)) &&
	       IS_ALIGNED(size, sizeof(long)) &&
	       !check_add_overflow((unsigned long)start, size, &end);
}

static struct root *root_find(struct roots *roots, const void *start,
			      size_t size)
{
	struct root *root;

	list_for_each_entry(root, &roots->list, link)
		if (root->start == start && root->nr == size / sizeof(long))
			return root;
	return NULL;
}

static int root_add(struct roots *roots, struct root *root)
{
	int ret = 0;

	mutex_lock(&roots->mutex);
	if (root_find(roots, root->start, root->nr * sizeof(long))) {
		ret = -EEXIST;
	} else {
		/* Those not looked at come first. */
		list_add(&root->link, &roots->list);
		WRITE_ONCE(roots->nr, roots->nr + 1);
	}
	mutex_unlock(&roots->mutex);
	return ret;
}

int magslab_root_register(struct magslab_collector *collector, void *start,
			  size_t size)
{
	struct root *root;
	int ret;

	if (!range_is_valid(start, size))
		return -EINVAL;
	root = kzalloc(sizeof(*root), GFP_KERNEL);
	if (!root)
		return -ENOMEM;
	root->start = start;
	root->nr = size / sizeof(long);
	ret = root_add(&collector->roots, root);
	if (ret)
		kfree(root);
	return ret;
}
EXPORT_SYMBOL_GPL(magslab_root_register);

/* Return: whether there may be more to look at for who marks. */
static bool root_scan_batch(struct magslab_collector *collector,
			    struct root *root)
{
	size_t nr = 0;
	u32 now;

	/* Nothing is made grey by who did not see in this section that it marks. */
	rcu_read_lock();
	now = collector_now(collector);
	if (phase_of(now) != PHASE_REST)
		nr = root_scan(collector, root, cycle_of(now), MARK_BATCH);
	rcu_read_unlock();
	return nr;
}

/* Of one that goes: what was in it at the snapshot is in it now, or was made grey. */
static void root_scan_rest(struct magslab_collector *collector,
			   struct root *root)
{
	while (root_scan_batch(collector, root))
		cond_resched();
}

int magslab_root_unregister(struct magslab_collector *collector, void *start,
			    size_t size)
{
	struct roots *roots = &collector->roots;
	struct root *root;

	mutex_lock(&roots->mutex);
	root = root_find(roots, start, size);
	if (root) {
		root_scan_rest(collector, root);
		list_del(&root->link);
		WRITE_ONCE(roots->nr, roots->nr - 1);
	}
	mutex_unlock(&roots->mutex);
	kfree(root);
	return root ? 0 : -ENOENT;
}
EXPORT_SYMBOL_GPL(magslab_root_unregister);

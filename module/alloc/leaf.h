/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaf locks: those of a node's depot, of its slabs, and of watchers. Raw, so
 * that hardirq context may take them on PREEMPT_RT too; interrupts are off while
 * one is held.
 */
#ifndef MAGSLAB_ALLOC_LEAF_H
#define MAGSLAB_ALLOC_LEAF_H

#include <linux/preempt.h>
#include <linux/spinlock.h>

/* What is known of a leaf lock, written by whoever holds it. */
struct leaf_lock {
	raw_spinlock_t lock;
	unsigned long taken;
	unsigned long contended;
};

static inline void leaf_lock_init(struct leaf_lock *leaf)
{
	raw_spin_lock_init(&leaf->lock);
}

/*
 * Lock a leaf. An NMI may have come in while it was locked right here, and must
 * not wait. Return: false then, if the lock was not free.
 */
static inline bool leaf_lock(struct leaf_lock *leaf, unsigned long *flags)
{
	if (raw_spin_trylock_irqsave(&leaf->lock, *flags))
		goto taken;
	if (in_nmi())
		return false;
	raw_spin_lock_irqsave(&leaf->lock, *flags);
	WRITE_ONCE(leaf->contended, leaf->contended + 1);
taken:
	WRITE_ONCE(leaf->taken, leaf->taken + 1);
	return true;
}

static inline void leaf_unlock(struct leaf_lock *leaf, unsigned long flags)
	__releases(&leaf->lock)
{
	raw_spin_unlock_irqrestore(&leaf->lock, flags);
}

#endif /* MAGSLAB_ALLOC_LEAF_H */

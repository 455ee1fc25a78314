// SPDX-License-Identifier: GPL-2.0-only
/* Scopes: what functions have in their variables. */
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/string.h>

#include "collector/collector.h"
#include "compat.h"

/* Scopes looked at with their list locked. */
#define SCOPE_BATCH 4

bool scope_fits(const struct magslab_scope *scope, unsigned int handle)
{
	return !WARN_ON_ONCE(handle >= MAGSLAB_SCOPE_HANDLES);
}

/* Whether what a handle has is not known to the cycle yet. */
static bool scope_is_unseen(const struct magslab_scope *scope, u32 now)
{
	if (phase_of(now) == PHASE_REST)
		return false;
	/* Pairs with smp_store_release() in scope_scan(): its handles were read. */
	return smp_load_acquire(&scope->seen) != cycle_of(now);
}

/**
 * scope_set - let a handle hold something
 * @scope: the scope
 * @handle: a handle of it
 * @object: what
 * @now: the phase as it was before @object was loaded
 *
 * Context: Any, in the RCU reader's section in which @now was read.
 */
void scope_set(struct magslab_scope *scope, unsigned int handle, void *object,
	       u32 now)
{
	void *old = scope->held[handle];
	bool unseen = scope_is_unseen(scope, now);

	WRITE_ONCE(scope->held[handle], object);
	if (unseen)
		mark_shade(old);
	if (phase_of(now) == PHASE_ARM)
		mark_shade(object);
}
EXPORT_SYMBOL_FOR_TEST(scope_set);

void magslab_scope_hold(struct magslab_scope *scope, unsigned int handle,
			void *object)
{
	if (!scope_fits(scope, handle))
		return;
	rcu_read_lock();
	scope_set(scope, handle, object, collector_now(scope->collector));
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(magslab_scope_hold);

struct magslab_scope *magslab_scope_enter(struct magslab_scope *scope,
					  struct magslab_collector *collector)
{
	u32 now;

	memset(scope, 0, sizeof(*scope));
	scope->collector = collector;
	rcu_read_lock();
	now = collector_now(collector);
	if (phase_of(now) == PHASE_MARK)
		scope->seen = cycle_of(now);
	roster_enter(&collector->scopes, &scope->link);
	rcu_read_unlock();
	return scope;
}
EXPORT_SYMBOL_GPL(magslab_scope_enter);

void magslab_scope_leave(struct magslab_scope *scope)
{
	struct magslab_collector *collector = scope->collector;
	unsigned int i;

	rcu_read_lock();
	if (scope_is_unseen(scope, collector_now(collector)))
		for (i = 0; i < MAGSLAB_SCOPE_HANDLES; i++)
			mark_shade(scope->held[i]);
	roster_leave(&collector->scopes, &scope->link, ROSTER_FREED);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(magslab_scope_leave);

static bool scope_scan(struct list_head *entry, void *arg)
{
	struct magslab_scope *scope =
		list_entry(entry, struct magslab_scope, link);
	struct magslab_collector *collector = arg;

	mark_words(collector, (const unsigned long *)scope->held,
		   MAGSLAB_SCOPE_HANDLES);
	/* Pairs with smp_load_acquire() in scope_is_unseen(). */
	smp_store_release(&scope->seen, cycle_of(collector->now));
	return false;
}

/* Look at what some scopes hold. Return: false if that was all. */
bool scopes_scan(struct magslab_collector *collector)
{
	struct roster *scopes = &collector->scopes;
	LIST_HEAD(none);

	rcu_read_lock();
	roster_walk(scopes, SCOPE_BATCH, scope_scan, collector, &none);
	rcu_read_unlock();
	return !roster_walk_over(scopes);
}

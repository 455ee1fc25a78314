/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab collector: finds objects that nobody can reach any more.
 *
 * A collector has tracked caches, whose objects it knows one by one, and roots:
 * ranges of memory from which everything starts. What cannot be reached from a
 * root or from a local through tracked objects is garbage. It is told of, with
 * whose call it came from, and is taken back if its cache asks for that. The work
 * is cut into slices and everybody else keeps running.
 *
 * When it fits: graphs with cycles or with many owners, whose last user is hard to
 * know; caches that leak, to find out whose objects they are.
 *
 * What its users must do
 *  1. A pointer to a tracked object that is overwritten, in a root or a tracked
 *     object, is overwritten by magslab_tracked_store() or
 *     magslab_tracked_exchange(). What holds NULL or no pointer may be written in
 *     any way.
 *  2. A pointer kept in a variable is read by magslab_tracked_load(), or comes
 *     from magslab_tracked_alloc() or magslab_tracked_exchange(); each puts it into
 *     a handle of a scope, which keeps the object while it is there.
 *  3. A range is registered as a root before it has the only pointer to anything.
 *
 * Limitations
 *  1. Only whole words, aligned to their size, are looked at. Any value that is
 *     an address within an object counts as a pointer to it; the address just
 *     after its end does not. A number that happens to be one keeps it.
 *  2. Pointers from objects of another collector do not count.
 *  3. Objects have 48 bytes before them, and are zeroed when they are handed out.
 *     They are up to MAGSLAB_MAX_SIZE less 48 bytes, and the alignment.
 */
#ifndef _LINUX_MAGSLAB_COLLECTOR_H
#define _LINUX_MAGSLAB_COLLECTOR_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct magslab_collector;
struct magslab_tracked;

/* Handles of a scope. */
#define MAGSLAB_SCOPE_HANDLES 8

/* Budgets in nanoseconds: the least there can be, and the longest period. */
#define MAGSLAB_COLLECTOR_MIN_BUDGET 50000UL
#define MAGSLAB_COLLECTOR_MAX_PERIOD 10000000000UL

/* Flags of magslab_tracked_create(). */

/* What cannot be reached is freed. Without, it is only told of. */
#define MAGSLAB_TRACKED_RECLAIM BIT(0)
/* Keep the stack of each allocation, not only its caller, where that can be. */
#define MAGSLAB_TRACKED_STACKS BIT(1)

#define MAGSLAB_TRACKED_FLAGS_ALL \
	(MAGSLAB_TRACKED_RECLAIM | MAGSLAB_TRACKED_STACKS)

/**
 * struct magslab_scope - what a function has in its variables
 * @link: in the collector's list
 * @collector: whose
 * @seen: the last cycle that knows all that is held, or 0
 * @held: what the handles hold
 *
 * Only for the functions below.
 */
struct magslab_scope {
	struct list_head link;
	struct magslab_collector *collector;
	u32 seen;
	void *held[MAGSLAB_SCOPE_HANDLES];
};

/**
 * struct magslab_collector_figures - what a collector has and did
 * @tracked: objects in use: @allocated - @freed - @reclaimed
 * @allocated: objects handed out
 * @freed: those that their users freed
 * @reclaimed: those that were found unreachable and freed
 * @found: those that were found unreachable, each counted once
 * @refused: frees of what was no object in use
 * @cycles: that came to their end
 * @scanned: objects whose contents were looked at
 * @words: words looked at, of objects and roots
 * @mark_ns: nanoseconds taken by finding what is reachable
 * @sweep_ns: nanoseconds taken by finding what is not
 * @swept: objects looked at for that
 * @slices: pieces that the work was cut into
 * @longest_ns: the longest one
 * @over_budget: slices that took longer than the budget
 * @p999_ns: what 999 of 1000 slices did not exceed, too high by an eighth at most
 * @busy_ns: nanoseconds taken by all slices
 * @elapsed_ns: nanoseconds from beginning to end of all cycles
 */
struct magslab_collector_figures {
	u64 tracked;
	u64 allocated;
	u64 freed;
	u64 reclaimed;
	u64 found;
	u64 refused;
	u64 cycles;
	u64 scanned;
	u64 words;
	u64 mark_ns;
	u64 sweep_ns;
	u64 swept;
	u64 slices;
	u64 longest_ns;
	u64 over_budget;
	u64 p999_ns;
	u64 busy_ns;
	u64 elapsed_ns;
};

/**
 * magslab_collector_create - make a collector
 * @name: shown in debugfs and in messages; as for magslab_cache_create(), and
 *	unique among collectors. Copied.
 *
 * Its budget and period are those of the module's parameters
 * collector_budget_ns and collector_period_ns. It does nothing until a cycle
 * is asked for.
 *
 * Context: Task. May sleep.
 * Return: the collector, or ERR_PTR: -EINVAL for a bad name, -EEXIST, -ENOMEM.
 */
struct magslab_collector *magslab_collector_create(const char *name);

/**
 * magslab_collector_destroy - end a collector
 * @collector: the collector, or NULL or an ERR_PTR, which do nothing
 *
 * A cycle that is under way is given up. Tracked caches go with it. Objects of
 * those that are reclaimed are freed; others still in use are reported by
 * their cache and stay in memory, but nobody tracks them any more.
 *
 * The caller guarantees that no other call on @collector, its caches and its
 * scopes is running or will come.
 *
 * Context: Task. May sleep.
 */
void magslab_collector_destroy(struct magslab_collector *collector);

/**
 * magslab_collector_set_budget - say how long it may work
 * @collector: the collector
 * @budget_ns: nanoseconds of a slice, at least %MAGSLAB_COLLECTOR_MIN_BUDGET
 * @period_ns: nanoseconds; no interval of this length has more work in it than
 *	@budget_ns. More than @budget_ns, up to %MAGSLAB_COLLECTOR_MAX_PERIOD.
 *
 * Context: Any. From the next slice on.
 * Return: 0, or -EINVAL for values out of the ranges above.
 */
int magslab_collector_set_budget(struct magslab_collector *collector,
				 u64 budget_ns, u64 period_ns);

/**
 * magslab_collector_set_interval - have cycles begin on their own
 * @collector: the collector
 * @ms: milliseconds from the end of a cycle to the next one, up to a day, or 0
 *	for cycles only when asked for
 *
 * Context: Any but NMI.
 * Return: 0, or -EINVAL.
 */
int magslab_collector_set_interval(struct magslab_collector *collector,
				   unsigned int ms);

/**
 * magslab_collector_start - ask for a cycle
 * @collector: the collector
 *
 * It begins now, or when the one under way has ended.
 *
 * Context: Any but NMI.
 */
void magslab_collector_start(struct magslab_collector *collector);

/**
 * magslab_collector_collect - ask for a cycle and wait for its end
 * @collector: the collector
 *
 * All that is unreachable at the time of the call is found.
 *
 * Context: Task, and not within an RCU reader's section. May sleep.
 * Return: 0, or -ERESTARTSYS when a fatal signal came; the cycle goes on.
 */
int magslab_collector_collect(struct magslab_collector *collector);

/**
 * magslab_collector_figures - tell what a collector has and did
 * @collector: the collector
 * @figures: receives the figures
 *
 * Those of objects balance: they are of one moment for each of the lists that
 * objects are on, and an object is on one all its life.
 *
 * Context: Any but NMI.
 */
void magslab_collector_figures(struct magslab_collector *collector,
			       struct magslab_collector_figures *figures);

/**
 * magslab_tracked_create - make a cache whose objects are tracked
 * @collector: who tracks them
 * @name: of the cache, as for magslab_cache_create()
 * @size: bytes of an object, at least that of a pointer
 * @align: its alignment, or 0 for that of a pointer
 * @flags: MAGSLAB_TRACKED_*, or 0
 *
 * It lives as long as its collector.
 *
 * Context: Task. May sleep.
 * Return: the cache, or ERR_PTR: -EINVAL for what is out of range, -EEXIST,
 * -ENOMEM.
 */
struct magslab_tracked *
magslab_tracked_create(struct magslab_collector *collector, const char *name,
		       size_t size, size_t align, unsigned long flags);

/**
 * magslab_tracked_alloc - allocate a tracked object
 * @scope: a scope of the same collector
 * @handle: which of its handles is to hold the object
 * @tracked: the cache
 * @gfp: as for magslab_alloc()
 *
 * An object that is allocated during a cycle is not looked at by it, and stays.
 *
 * Context: Any but NMI. Sleeps only if @gfp allows it.
 * Return: the object, zeroed, or NULL; then the handle is what it was.
 */
void *magslab_tracked_alloc(struct magslab_scope *scope, unsigned int handle,
			    struct magslab_tracked *tracked, gfp_t gfp);

/**
 * magslab_tracked_free - free a tracked object, which nobody else uses
 * @object: where it begins, or NULL, which does nothing
 *
 * What is not the beginning of a tracked object in use is refused, and reported.
 * That goes for objects of a collector that was destroyed too. During a cycle
 * the memory may be given back a little later.
 *
 * Context: Any but NMI.
 * Return: false if it was refused.
 */
bool magslab_tracked_free(void *object);

/**
 * magslab_tracked_live - whether an object is in use
 * @object: any address
 *
 * Context: Any.
 * Return: true if a tracked object in use begins there.
 */
bool magslab_tracked_live(const void *object);

/**
 * magslab_root_register - have a range of memory looked at for pointers
 * @collector: the collector
 * @start: where it begins, aligned to the size of a pointer
 * @size: bytes, a multiple of that
 *
 * It must be memory that can be read until it is unregistered. It may overlap
 * others. During a cycle it is looked at in this one already.
 *
 * Context: Task. May sleep.
 * Return: 0; -EINVAL for a range that is not aligned, empty or impossible;
 * -EEXIST if this very range is one; -ENOMEM.
 */
int magslab_root_register(struct magslab_collector *collector, void *start,
			  size_t size);

/**
 * magslab_root_unregister - have it looked at no more
 * @collector: the collector
 * @start: as it was registered
 * @size: as it was registered
 *
 * During a cycle what it has is taken for reachable by this one; that is looked up
 * here and takes a time that goes with its size.
 *
 * Context: Task. May sleep.
 * Return: 0, or -ENOENT if there is no such root.
 */
int magslab_root_unregister(struct magslab_collector *collector, void *start,
			    size_t size);

/**
 * magslab_scope_enter - begin to have tracked objects in variables
 * @scope: memory for it, on the stack as a rule
 * @collector: whose objects
 *
 * One task, or one interrupt handler, has it for itself. MAGSLAB_SCOPE() does both
 * this and the end.
 *
 * Context: Any but NMI.
 * Return: @scope.
 */
struct magslab_scope *magslab_scope_enter(struct magslab_scope *scope,
					  struct magslab_collector *collector);

/**
 * magslab_scope_leave - end that
 * @scope: what was entered
 *
 * Context: Any but NMI.
 */
void magslab_scope_leave(struct magslab_scope *scope);

static inline void __magslab_scope_cleanup(struct magslab_scope **scope)
{
	magslab_scope_leave(*scope);
}

/**
 * MAGSLAB_SCOPE - declare a scope that ends with its block
 * @name: a pointer to it
 * @collector: whose objects
 */
#define MAGSLAB_SCOPE(name, collector)                                   \
	struct magslab_scope name##_memory;                              \
	struct magslab_scope *(name)__cleanup(__magslab_scope_cleanup) = \
		magslab_scope_enter(&name##_memory, collector)

/**
 * magslab_scope_hold - let a handle hold an object that another one has
 * @scope: the scope
 * @handle: which one
 * @object: what a handle or an argument of the caller's has, or NULL
 *
 * Context: Any.
 */
void magslab_scope_hold(struct magslab_scope *scope, unsigned int handle,
			void *object);

/* Not 0 while any collector marks. Only for what follows. */
extern atomic_t __magslab_marking;

void __magslab_store_marking(void **slot, void *value);
void *__magslab_load(struct magslab_scope *scope, unsigned int handle,
		     void **slot);
void *__magslab_exchange(struct magslab_scope *scope, unsigned int handle,
			 void **slot, void *value);

/*
 * The section is what a beginning cycle waits for: those that have not seen that it
 * marks are over before it looks at anything.
 */
static inline void __magslab_store(void **slot, void *value)
{
	rcu_read_lock();
	if (unlikely(atomic_read(&__magslab_marking)))
		__magslab_store_marking(slot, value);
	else
		/* Pairs with the address dependency of who reads the pointer. */
		smp_store_release(slot, value);
	rcu_read_unlock();
}

/**
 * magslab_tracked_store - overwrite a pointer to a tracked object
 * @slot: where, in a root or a tracked object
 * @value: what; also NULL, or a pointer to something else
 *
 * What the object had written before is seen by who reads the pointer. Several may
 * write to a slot at a time.
 *
 * Context: Any. Where @slot or the old value is of no collector, it is a store.
 */
#define magslab_tracked_store(slot, value)                         \
	({                                                         \
		typeof(*(slot)) __value = (value);                 \
		__magslab_store((void **)(slot), (void *)__value); \
	})

/**
 * magslab_tracked_load - read a pointer to a tracked object, and hold the object
 * @scope: the scope
 * @handle: which of its handles, below %MAGSLAB_SCOPE_HANDLES
 * @slot: where the pointer is
 *
 * Context: Any where @scope may be used.
 * Return: the pointer.
 */
#define magslab_tracked_load(scope, handle, slot) \
	((typeof(*(slot)))__magslab_load(scope, handle, (void **)(slot)))

/**
 * magslab_tracked_exchange - overwrite a pointer and hold what it was
 * @scope: the scope
 * @handle: which of its handles
 * @slot: where the pointer is
 * @value: the new one, or NULL
 *
 * In one step, so that of two who take from a slot only one gets what is in it.
 *
 * Context: Any where @scope may be used.
 * Return: the old pointer.
 */
#define magslab_tracked_exchange(scope, handle, slot, value)              \
	({                                                                \
		typeof(*(slot)) __value = (value);                        \
		(typeof(*(slot)))__magslab_exchange(                      \
			scope, handle, (void **)(slot), (void *)__value); \
	})

#endif /* _LINUX_MAGSLAB_COLLECTOR_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The front of a cache as <linux/magslab_inline.h> has it, with its design elements
 * to be chosen: a rung of the ladder is magslab but for one of them. Everything here
 * is inlined where the rung is a constant, so that no rung pays for what others have.
 *
 * A rung's cache is one of magslab's: magazines, depot and slabs are those that any
 * cache has, and so are the books kept of them, draining and what CPUs leave behind
 * that die. Draining takes the guard of magslab itself, in task context. So each guard
 * here must keep other tasks off this CPU, which those that do not on PREEMPT_RT are
 * not built for. See Documentation/ladder.rst.
 */
#ifndef MAGSLAB_LADDER_RUNG_H
#define MAGSLAB_LADDER_RUNG_H

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/local_lock.h>
#include <linux/magslab.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "alloc/cache.h"
#include "alloc/depot.h"
#include "alloc/front.h"
#include "alloc/guard.h"
#include "alloc/magazine.h"
#include "alloc/object.h"

/**
 * enum ladder_guard - what keeps others off this CPU's magazines
 * @LADDER_PREEMPT: preemption is off, and a flag set: magslab's own
 * @LADDER_BH: softirqs are off; not on PREEMPT_RT, where that can be preempted
 * @LADDER_IRQ_SAVE: interrupts are off, and then as they were before
 * @LADDER_IRQ: interrupts are off, and then on
 * @LADDER_LOCAL_LOCK: a local lock; not on PREEMPT_RT, where it may sleep
 * @LADDER_SPINLOCK: preemption is off, and a lock of this CPU's taken
 *
 * The first and the last do in any context, the third in any but NMI. The others are
 * for tasks.
 */
enum ladder_guard {
	LADDER_PREEMPT,
	LADDER_BH,
	LADDER_IRQ_SAVE,
	LADDER_IRQ,
	LADDER_LOCAL_LOCK,
	LADDER_SPINLOCK,
};

/* For ladder_rung.most_full. */
#define LADDER_NO_DEPOT (-1L)

/**
 * struct ladder_rung - the elements of one front
 * @guard: as above
 * @most_full: full magazines that a node's depot has at most; where there are as
 *	many, the previous magazine is emptied into slabs. 0: as many as come.
 *	%LADDER_NO_DEPOT: none
 * @uncounted: do not count allocations and frees, so that the books do not balance
 * @counted_twice: count them by layer as well, while magslab_counting is on
 * @unzeroed: do not zero unasked
 * @sorts: look at each freed object's node, not at those of a magazine that goes to
 *	the depot
 *
 * All zero is magslab.
 */
struct ladder_rung {
	enum ladder_guard guard;
	long most_full;
	bool uncounted;
	bool counted_twice;
	bool unzeroed;
	bool sorts;
};

/* What is kept from entering the guard to leaving it. */
struct ladder_pass {
	unsigned long flags;
};

/* Those of this CPU, for all caches: nobody takes two at a time. */
struct ladder_locks {
	local_lock_t local;
	atomic_t spin;
};

DECLARE_PER_CPU(struct ladder_locks, ladder_locks);

/*
 * === The guard ===
 */

/* Whether the guard does where this is called. */
static __always_inline bool ladder_fits(const struct ladder_rung *rung)
{
	switch (rung->guard) {
	case LADDER_BH:
	case LADDER_IRQ:
	case LADDER_LOCAL_LOCK:
		return in_task() && !irqs_disabled();
	default:
		return true;
	}
}

/*
 * As a spinlock is taken that nobody has, and let go; but nobody waits. An interrupt
 * that finds it taken keeps off, as with the flag.
 */
static __always_inline bool ladder_spin_trylock(void)
{
	int open = 0;

	preempt_disable();
	if (likely(atomic_try_cmpxchg_acquire(raw_cpu_ptr(&ladder_locks.spin),
					      &open, 1)))
		return true;
	preempt_enable();
	return false;
}

static __always_inline void ladder_spin_unlock(void)
{
	/* Pairs with the acquire of whoever is next. */
	atomic_set_release(raw_cpu_ptr(&ladder_locks.spin), 0);
	preempt_enable();
}

/*
 * On PREEMPT_RT it may sleep, and nothing is built that would take it; saying so here
 * keeps sparse from looking for where it is let go.
 */
static __always_inline void ladder_local_lock(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		local_lock(&ladder_locks.local);
}

static __always_inline void ladder_local_unlock(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		local_unlock(&ladder_locks.local);
}

/* Return: false in an interrupt that came in the middle of somebody's operation. */
static __always_inline bool ladder_enter(const struct ladder_rung *rung,
					 struct magslab_front __percpu *fronts,
					 struct ladder_pass *pass)
{
	switch (rung->guard) {
	case LADDER_PREEMPT:
		return __magslab_enter(fronts);
	case LADDER_BH:
		local_bh_disable();
		break;
	case LADDER_IRQ_SAVE:
		local_irq_save(pass->flags);
		break;
	case LADDER_IRQ:
		local_irq_disable();
		break;
	case LADDER_LOCAL_LOCK:
		ladder_local_lock();
		break;
	case LADDER_SPINLOCK:
		return ladder_spin_trylock();
	}
	return true;
}

static __always_inline void ladder_leave(const struct ladder_rung *rung,
					 struct magslab_front __percpu *fronts,
					 struct ladder_pass pass)
{
	switch (rung->guard) {
	case LADDER_PREEMPT:
		__magslab_leave(fronts);
		break;
	case LADDER_BH:
		local_bh_enable();
		break;
	case LADDER_IRQ_SAVE:
		local_irq_restore(pass.flags);
		break;
	case LADDER_IRQ:
		local_irq_enable();
		break;
	case LADDER_LOCAL_LOCK:
		ladder_local_unlock();
		break;
	case LADDER_SPINLOCK:
		ladder_spin_unlock();
		break;
	}
}

/*
 * === Within the guard ===
 */

static __always_inline void *ladder_pop(const struct ladder_rung *rung,
					struct magslab_front __percpu *fronts)
{
	void **top;

	if (!rung->uncounted)
		return __magslab_pop(fronts);
	top = raw_cpu_read(fronts->top) - 1;
	raw_cpu_write(fronts->top, top);
	return *top;
}

static __always_inline void ladder_push(const struct ladder_rung *rung,
					struct magslab_front __percpu *fronts,
					void *object)
{
	void **top;

	if (!rung->uncounted) {
		__magslab_push(fronts, object);
		return;
	}
	top = raw_cpu_read(fronts->top);
	*top = object;
	raw_cpu_write(fronts->top, top + 1);
}

/*
 * The loaded magazine is full. If the previous one is too, and the depot is not to
 * have any more, leave it empty: then it is what is loaded next.
 */
static __always_inline void ladder_spill(const struct ladder_rung *rung,
					 struct magslab_cache *cache,
					 struct magslab_cpu *cpu)
{
	struct magslab_magazine *full = cpu->previous;
	struct magslab_depot *depot;

	if (!rung->most_full || !full || !full->rounds)
		return;
	/* A racing put is as if it came a little later. */
	depot = &cache->node[numa_mem_id()]->depot;
	if ((long)READ_ONCE(depot->full.nr) < rung->most_full)
		return;
	magslab_slabs_put(cache, full->round, full->rounds);
	full->rounds = 0;
	WRITE_ONCE(cpu->previous_rounds, 0);
}

/*
 * Whether an object is to go home at once, as one of another node. What comes here
 * was about to go into a magazine, so it lies in a slab.
 */
static __always_inline bool ladder_is_far(const struct ladder_rung *rung,
					  const void *object)
{
	return rung->sorts && IS_ENABLED(CONFIG_NUMA) &&
	       page_to_nid(virt_to_page(object)) != numa_mem_id();
}

/*
 * === Operations ===
 */

static __always_inline void ladder_zero(const struct ladder_rung *rung,
					struct magslab_cache *cache,
					void *object)
{
	if (!rung->unzeroed && want_init_on_alloc(0))
		__magslab_zero(object, __magslab_face(cache)->zero_size);
}

/* Within the guard, which it leaves: the loaded magazine is empty, or not shown. */
static __always_inline void *ladder_alloc_miss(const struct ladder_rung *rung,
					       struct magslab_cache *cache,
					       gfp_t gfp,
					       struct ladder_pass pass)
{
	enum magslab_layer layer = MAGSLAB_LAYER_NONE;
	struct magslab_cpu *cpu;
	void *object = NULL;

	if (likely(front_is_own(cache))) {
		cpu = this_cpu_ptr(cache->cpu);
		layer = magslab_magazine_make_object(cache, cpu);
	}
	if (layer) {
		object = ladder_pop(rung, &cache->cpu->front);
		guard_count(&cpu->alloc_misses, 1);
		layer_count(cache->cpu->allocs_by[layer], 1);
	}
	ladder_leave(rung, cache->guard, pass);
	if (unlikely(!object))
		return __magslab_alloc(cache, gfp);
	ladder_zero(rung, cache, object);
	return object;
}

/* Within the guard, which it leaves: the loaded magazine is full, or not shown. */
static __always_inline void ladder_free_miss(const struct ladder_rung *rung,
					     struct magslab_cache *cache,
					     void *object,
					     struct ladder_pass pass)
{
	enum magslab_layer layer = MAGSLAB_LAYER_NONE;
	struct magslab_cpu *cpu;

	if (likely(front_is_own(cache))) {
		cpu = this_cpu_ptr(cache->cpu);
		ladder_spill(rung, cache, cpu);
		layer = magslab_magazine_make_room(cache, cpu);
	}
	if (layer) {
		ladder_push(rung, &cache->cpu->front, object);
		guard_count(&cpu->free_misses, 1);
		layer_count(cache->cpu->frees_by[layer], 1);
	}
	ladder_leave(rung, cache->guard, pass);
	if (unlikely(!layer))
		__magslab_free(cache, object);
}

typedef void *(*ladder_alloc_miss_of)(struct magslab_cache *cache, gfp_t gfp,
				      struct ladder_pass pass);
typedef void (*ladder_free_miss_of)(struct magslab_cache *cache, void *object,
				    struct ladder_pass pass);

static __always_inline void *ladder_alloc(const struct ladder_rung *rung,
					  struct magslab_cache *cache,
					  gfp_t gfp, ladder_alloc_miss_of miss)
{
	struct magslab_front __percpu *fronts =
		READ_ONCE(__magslab_face(cache)->front);
	struct ladder_pass pass = {};
	void *object;

	if (unlikely(gfp & MAGSLAB_GFP_UNCOMMON))
		return __magslab_alloc(cache, gfp);
	if (!ladder_enter(rung, fronts, &pass))
		return __magslab_alloc_between(cache, gfp);
	if (unlikely(raw_cpu_read(fronts->top) == raw_cpu_read(fronts->base))) {
		object = miss(cache, gfp, pass);
	} else {
		object = ladder_pop(rung, fronts);
		if (rung->counted_twice)
			layer_count(cache->cpu->allocs_by[MAGSLAB_LAYER_LOADED],
				    1);
		ladder_leave(rung, fronts, pass);
		ladder_zero(rung, cache, object);
	}
	/* A caller that may sleep does so with the object in hand. */
	if (gfpflags_allow_blocking(gfp))
		might_alloc(gfp | __GFP_DIRECT_RECLAIM);
	return object;
}

static __always_inline void ladder_free(const struct ladder_rung *rung,
					struct magslab_cache *cache,
					void *object, ladder_free_miss_of miss)
{
	struct magslab_front __percpu *fronts =
		READ_ONCE(__magslab_face(cache)->front);
	struct ladder_pass pass = {};

	if (want_init_on_free())
		__magslab_zero(object, __magslab_face(cache)->zero_size);
	if (!ladder_enter(rung, fronts, &pass)) {
		__magslab_free_between(cache, object);
		return;
	}
	if (unlikely(raw_cpu_read(fronts->top) ==
		     raw_cpu_read(fronts->limit))) {
		miss(cache, object, pass);
		return;
	}
	if (unlikely(ladder_is_far(rung, object))) {
		ladder_leave(rung, fronts, pass);
		magslab_put_direct(cache, &object, 1);
		return;
	}
	ladder_push(rung, fronts, object);
	if (rung->counted_twice)
		layer_count(cache->cpu->frees_by[MAGSLAB_LAYER_LOADED], 1);
	ladder_leave(rung, fronts, pass);
}

#endif /* MAGSLAB_LADDER_RUNG_H */

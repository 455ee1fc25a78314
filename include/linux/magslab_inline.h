/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The common case of magslab_alloc() and magslab_free(), compiled into their
 * callers. Included by <linux/magslab.h>, which tells what they do.
 *
 * The front of a cache is the little that this code needs to know: per CPU, the
 * bounds of the loaded magazine. What else a magazine is made of, the depot,
 * slabs and pages stay behind the functions declared here, which take over
 * whenever the loaded magazine is of no help.
 *
 * The guard is what makes the front lockless. Within it, the front of this CPU
 * belongs to the caller: with preemption off no other task can run here, and an
 * interrupt or NMI that comes in finds the busy flag set and keeps off. It runs
 * to its end before the code it interrupted goes on, so a plain flag is enough:
 * it never changes between the test and the store, as seen by either of them.
 *
 * No barrier for other CPUs is needed, since none looks in here but to read
 * numbers, or when this one is dead. barrier() keeps the compiler from moving
 * accesses out.
 *
 * A cache that somebody attends to, a safety mode for instance, shows a
 * front that is closed: empty to who takes and full to who gives, or busy for
 * ever. So that costs other caches nothing. The front a cache shows may change at
 * any time, and is looked up once in an operation.
 */
#ifndef _LINUX_MAGSLAB_INLINE_H
#define _LINUX_MAGSLAB_INLINE_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched/mm.h>

struct magslab_cache;

/**
 * struct magslab_front - what one CPU has loaded
 * @top: one past the newest object of the loaded magazine
 * @base: its first place; @top == @base means empty, or that none is loaded
 * @limit: one past its last place; @top == @limit means full, or none loaded
 * @busy: an operation is under way
 * @allocs: objects allocated through the magazines, bulk included
 * @frees: objects freed through the magazines, bulk included
 */
struct magslab_front {
	void **top;
	void **base;
	void **limit;
	bool busy;
	unsigned long allocs;
	unsigned long frees;
};

/**
 * struct magslab_face - the beginning of every struct magslab_cache
 * @front: of each CPU, or closed ones
 * @zero_size: bytes to zero when zeroing is asked for, a multiple of a word
 */
struct magslab_face {
	struct magslab_front __percpu *front;
	unsigned int zero_size;
};

/*
 * What a magazine's objects cannot promise: whoever asks for a zone or a node
 * gets an object looked up in the slabs.
 */
#define MAGSLAB_GFP_PARTICULAR (__GFP_DMA | __GFP_DMA32 | __GFP_THISNODE)

/* One test for all that is not asked for in the common case. */
#define MAGSLAB_GFP_UNCOMMON (MAGSLAB_GFP_PARTICULAR | __GFP_ZERO)

/* The whole of both functions, for what is uncommon. */
void *__magslab_alloc(struct magslab_cache *cache, gfp_t gfp) __malloc;
void __magslab_free(struct magslab_cache *cache, void *object);

/* In an interrupt that came in the middle of an operation. */
void *__magslab_alloc_between(struct magslab_cache *cache, gfp_t gfp) __malloc;
void __magslab_free_between(struct magslab_cache *cache, void *object);

/*
 * Within the guard, which they leave: the front was of no help, or is closed.
 * might_alloc() is left to the caller.
 */
void *__magslab_alloc_miss(struct magslab_cache *cache, gfp_t gfp) __malloc;
void __magslab_free_miss(struct magslab_cache *cache, void *object);

void __magslab_zero(void *object, size_t size);

static __always_inline const struct magslab_face *
__magslab_face(const struct magslab_cache *cache)
{
	return (const struct magslab_face *)cache;
}

/*
 * Enter the guard. What follows is this CPU's own, so that raw_cpu_*() will do:
 * on x86 one instruction each, without an address to be worked out first.
 * Return: false in an interrupt that came in the middle of somebody's operation.
 */
static __always_inline bool
__magslab_enter(struct magslab_front __percpu *fronts)
{
	preempt_disable();
	if (unlikely(raw_cpu_read(fronts->busy))) {
		preempt_enable();
		return false;
	}
	raw_cpu_write(fronts->busy, true);
	barrier();
	return true;
}

static __always_inline void
__magslab_leave(struct magslab_front __percpu *fronts)
{
	barrier();
	raw_cpu_write(fronts->busy, false);
	preempt_enable();
}

/* Within the guard, if there is an object. */
static __always_inline void *
__magslab_pop(struct magslab_front __percpu *fronts)
{
	void **top = raw_cpu_read(fronts->top) - 1;

	raw_cpu_write(fronts->top, top);
	raw_cpu_inc(fronts->allocs);
	return *top;
}

/* Within the guard, if there is room. */
static __always_inline void
__magslab_push(struct magslab_front __percpu *fronts, void *object)
{
	void **top = raw_cpu_read(fronts->top);

	*top = object;
	raw_cpu_write(fronts->top, top + 1);
	raw_cpu_inc(fronts->frees);
}

static __always_inline void *__magslab_alloc_inline(struct magslab_cache *cache,
						    gfp_t gfp)
{
	const struct magslab_face *face = __magslab_face(cache);
	struct magslab_front __percpu *fronts = READ_ONCE(face->front);
	void *object;

	if (unlikely(gfp & MAGSLAB_GFP_UNCOMMON))
		return __magslab_alloc(cache, gfp);
	if (!__magslab_enter(fronts))
		return __magslab_alloc_between(cache, gfp);
	if (unlikely(raw_cpu_read(fronts->top) == raw_cpu_read(fronts->base))) {
		object = __magslab_alloc_miss(cache, gfp);
	} else {
		object = __magslab_pop(fronts);
		__magslab_leave(fronts);
		if (want_init_on_alloc(0))
			__magslab_zero(object, face->zero_size);
	}
	/* A caller that may sleep does so with the object in hand. */
	if (gfpflags_allow_blocking(gfp))
		might_alloc(gfp | __GFP_DIRECT_RECLAIM);
	return object;
}

static __always_inline void __magslab_free_inline(struct magslab_cache *cache,
						  void *object)
{
	struct magslab_front __percpu *fronts =
		READ_ONCE(__magslab_face(cache)->front);

	if (want_init_on_free()) {
		__magslab_free(cache, object);
		return;
	}
	if (!__magslab_enter(fronts)) {
		__magslab_free_between(cache, object);
		return;
	}
	if (unlikely(raw_cpu_read(fronts->top) ==
		     raw_cpu_read(fronts->limit))) {
		__magslab_free_miss(cache, object);
		return;
	}
	__magslab_push(fronts, object);
	__magslab_leave(fronts);
}

#endif /* _LINUX_MAGSLAB_INLINE_H */

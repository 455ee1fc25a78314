/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab: object caches with per-CPU magazines, for loadable experiments.
 *
 * A cache hands out objects of one size. The common case touches only memory
 * of the running CPU: a magazine, which is a small array of free objects. Two
 * magazines per CPU, a depot of spare magazines per node behind them, and
 * slabs of pages behind those, follow Bonwick and Adams, "Magazines and Vmem"
 * (USENIX 2001).
 *
 * When it fits: many objects of one size, allocated and freed often, from any
 * mix of task, softirq, hardirq and NMI context.
 *
 * Limitations
 *  1. Objects are 8 bytes to 64 KiB, and caches at most 16384.
 *  2. Hardirq and NMI context are served from what the cache already holds;
 *     they never ask the page allocator for more, so warm the cache or expect
 *     NULL. NMI does not wait for a lock either.
 *  3. Memory of freed objects stays with the cache as long as it is part of the
 *     working set; two magazines per CPU stay until magslab_cache_shrink().
 *  4. A zone (__GFP_DMA, __GFP_DMA32) or __GFP_THISNODE is honoured, and is
 *     slow: such requests go past the magazines, and in a cache with many
 *     partial slabs may take a new slab each.
 *  5. Objects lie in pages that are not marked as slab pages. A copy to or
 *     from user space is checked against the end of the slab, not of the
 *     object, and sendpage_ok() takes objects for pages that may be sent
 *     without a copy: do not hand them to the network that way. Nor map them
 *     into a process: their page->mapping is not what the kernel takes it for.
 */
#ifndef _LINUX_MAGSLAB_H
#define _LINUX_MAGSLAB_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/magslab_inline.h>
#include <linux/types.h>

struct magslab_cache;
struct magslab_prefill;

/* Object sizes a cache accepts, in bytes. */
#define MAGSLAB_MIN_SIZE 8
#define MAGSLAB_MAX_SIZE (64 * 1024)

/* Objects that a cache can have in reserve. */
#define MAGSLAB_RESERVE_MAX 4096

/* Longest cache name, without the terminating NUL. */
#define MAGSLAB_NAME_MAX 63

/*
 * Flags of magslab_cache_create(). Bits 0 to 15 of the value range are for
 * callers; an unknown bit is refused with -EINVAL.
 */

/* Align objects to cache lines, or to a fraction of one for small objects. */
#define MAGSLAB_HWCACHE_ALIGN BIT(0)
/* Charge pages to the memory cgroup of the task that made the cache grow. */
#define MAGSLAB_ACCOUNT BIT(1)
/*
 * Memory of a slab goes to nobody else before an RCU grace period is over, so
 * that readers may look at objects that were freed, or reused, meanwhile. Such
 * objects are not zeroed by init_on_alloc and init_on_free.
 */
#define MAGSLAB_TYPESAFE_BY_RCU BIT(2)
/* Objects are not looked for by kmemleak, nor are pointers looked for in them. */
#define MAGSLAB_NOLEAKTRACE BIT(3)

/*
 * Safety modes, see Documentation/safety.rst. Each includes what hardened does,
 * and makes objects of the cache slower to have, not those of others.
 */

/* Find out about frees of what is not in use, where they happen. */
#define MAGSLAB_HARDENED BIT(8)
/* Find out about writes where nothing may be written, and tell whose it was. */
#define MAGSLAB_DEBUG BIT(9)
/* Keep objects that were freed from being used again for long. */
#define MAGSLAB_QUARANTINE BIT(10)
/*
 * Put an object now and then on a page of its own, so that accesses beyond it,
 * and after it was freed, fault. Such an object is not in the linear mapping:
 * it must not be given to virt_to_page(), sg_set_buf() or DMA.
 */
#define MAGSLAB_GUARD BIT(11)

#define MAGSLAB_SAFETY_ALL \
	(MAGSLAB_HARDENED | MAGSLAB_DEBUG | MAGSLAB_QUARANTINE | MAGSLAB_GUARD)

#define MAGSLAB_FLAGS_ALL                                                    \
	(MAGSLAB_HWCACHE_ALIGN | MAGSLAB_ACCOUNT | MAGSLAB_TYPESAFE_BY_RCU | \
	 MAGSLAB_NOLEAKTRACE | MAGSLAB_SAFETY_ALL)

/**
 * enum magslab_corruption - what may be found wrong with a cache's objects
 * @MAGSLAB_DOUBLE_FREE: what was freed was an object, but free already
 * @MAGSLAB_FOREIGN_FREE: what was freed is in no slab of any cache
 * @MAGSLAB_INTERIOR_FREE: what was freed is where no object begins
 * @MAGSLAB_OTHER_FREE: what was freed is in a slab of another cache
 * @MAGSLAB_OVERFLOW: something was written after the end of an object
 * @MAGSLAB_UNDERFLOW: something was written before the beginning of an object
 * @MAGSLAB_WRITE_AFTER_FREE: something was written to an object while it was free
 * @MAGSLAB_FREE_MAP: the map of free objects had one that is in use
 * @MAGSLAB_LEAK: the cache was destroyed with objects in use
 * @MAGSLAB_USE_AFTER_FREE: an object was used while it was free, and that faulted
 * @MAGSLAB_OUT_OF_BOUNDS: what is outside of an object was accessed as if it were
 *	in it, and that faulted
 * @MAGSLAB_NR_CORRUPTIONS: how many there are
 */
enum magslab_corruption {
	MAGSLAB_DOUBLE_FREE,
	MAGSLAB_FOREIGN_FREE,
	MAGSLAB_INTERIOR_FREE,
	MAGSLAB_OTHER_FREE,
	MAGSLAB_OVERFLOW,
	MAGSLAB_UNDERFLOW,
	MAGSLAB_WRITE_AFTER_FREE,
	MAGSLAB_FREE_MAP,
	MAGSLAB_LEAK,
	MAGSLAB_USE_AFTER_FREE,
	MAGSLAB_OUT_OF_BOUNDS,
	MAGSLAB_NR_CORRUPTIONS,
};

/**
 * magslab_cache_create - make a cache of objects of one size
 * @name: shown in debugfs and in messages. 1 to %MAGSLAB_NAME_MAX printable
 *	ASCII characters, no space and no '/', not "." or "..", unique. Copied.
 * @size: object size in bytes, %MAGSLAB_MIN_SIZE to %MAGSLAB_MAX_SIZE
 * @align: object alignment in bytes, a power of two up to PAGE_SIZE, or 0 for
 *	the alignment of a pointer
 * @flags: MAGSLAB_* flags, or 0
 * @ctor: called once for each object when its slab is made, or NULL. Runs in
 *	the context of the allocation that grew the cache and must not sleep.
 *	Objects must be freed in their constructed state.
 *
 * Objects of a cache with a constructor are never zeroed.
 *
 * Context: Task. May sleep. Not within cpus_read_lock(), and so not from CPU
 * hotplug callbacks.
 * Return: the cache, or ERR_PTR: -EINVAL for an argument out of the ranges
 * above, -EEXIST when a cache of that name exists, -ENOMEM, also
 * if there are as many caches as can be.
 */
struct magslab_cache *magslab_cache_create(const char *name, size_t size,
					   size_t align, unsigned long flags,
					   void (*ctor)(void *object));

/**
 * magslab_cache_destroy - give back everything a cache holds
 * @cache: the cache, or NULL or an ERR_PTR, which do nothing
 *
 * The caller guarantees that no other call on @cache is running or will come.
 * When objects are still live their number is reported with the cache's name,
 * and their slabs are leaked on purpose: memory that somebody may still write
 * to is never handed to anybody else.
 *
 * Context: Task. May sleep. Not within cpus_read_lock().
 */
void magslab_cache_destroy(struct magslab_cache *cache);

/**
 * magslab_alloc - allocate one object
 * @cache: the cache
 * @gfp: as for kmem_cache_alloc(). %__GFP_ZERO zeroes the object (refused with
 *	NULL and a warning for a cache with a constructor). %__GFP_NOFAIL never
 *	returns NULL where the cache may grow, if its slabs are of at most two
 *	pages, which debugfs tells; all sizes up to 1024 bytes have such.
 *	%__GFP_ACCOUNT charges a slab that is made for this call, whole, to the
 *	memory cgroup of the caller. Without any reclaim bit nothing is made.
 *
 * The object is zeroed as well when the kernel was booted with init_on_alloc.
 *
 * Context: Any. Sleeps only if @gfp allows it. The cache does not grow in
 * hardirq and NMI context, nor on PREEMPT_RT where preemption or interrupts are
 * off. Takes no lock when the magazine has an object, else raw spinlocks with
 * interrupts off, which an NMI only tries, and what the page allocator and
 * kmalloc() take.
 * Return: the object, or NULL.
 */
static __always_inline __malloc void *magslab_alloc(struct magslab_cache *cache,
						    gfp_t gfp)
{
	return __magslab_alloc_inline(cache, gfp);
}

/**
 * magslab_zalloc - allocate one zeroed object
 * @cache: the cache, which must have no constructor
 * @gfp: as for magslab_alloc()
 *
 * Context: As magslab_alloc().
 * Return: the object, all of its bytes 0, or NULL.
 */
static inline void *magslab_zalloc(struct magslab_cache *cache, gfp_t gfp)
{
	return magslab_alloc(cache, gfp | __GFP_ZERO);
}

/**
 * magslab_alloc_node - allocate one object on a node
 * @cache: the cache
 * @gfp: as for magslab_alloc(); with %__GFP_THISNODE other nodes will not do
 * @nid: preferred node, or %NUMA_NO_NODE
 *
 * Costs a lock unless @nid is the node of this CPU.
 *
 * Context: As magslab_alloc().
 * Return: the object, or NULL.
 */
void *magslab_alloc_node(struct magslab_cache *cache, gfp_t gfp,
			 int nid) __malloc;

/**
 * magslab_free - free one object
 * @cache: the cache it came from
 * @object: the object, or NULL, which does nothing
 *
 * The object is zeroed first when the kernel was booted with init_on_free and
 * the cache has no constructor.
 *
 * Context: Any. Does not sleep. Takes no lock when the magazine has room, else
 * raw spinlocks with interrupts off, and what kmalloc() takes where that may be
 * called. Where an NMI finds one taken, the object is free all the same, and
 * counted as such soon after.
 */
static __always_inline void magslab_free(struct magslab_cache *cache,
					 void *object)
{
	if (likely(object))
		__magslab_free_inline(cache, object);
}

/**
 * magslab_free_rcu - free one object after a grace period
 * @cache: the cache it came from
 * @object: the object, or NULL, which does nothing
 *
 * It needs no struct rcu_head in the object, and writes nothing to it. Objects
 * are gathered, for at most 1/50 second, and freed together.
 *
 * The memory to gather them in is held in reserve, for 3840 objects of all caches
 * together; without, a few more are kept for a work item. When those are too many
 * as well, the call waits for a grace period where it may sleep and is in no
 * reader's section. Where it may not, the object stays live for ever, which is
 * reported, and counted in debugfs.
 *
 * Context: Any but NMI. Not while holding a lock of the workqueue, the timers
 * or the scheduler. Takes raw spinlocks with interrupts off. Does not sleep, but
 * for what is said above.
 */
void magslab_free_rcu(struct magslab_cache *cache, void *object);

/**
 * magslab_rcu_barrier - wait until what was freed by RCU is free
 * @cache: the cache
 *
 * That is what calls of magslab_free_rcu() were made for that have returned.
 * magslab_cache_destroy() does this as well.
 *
 * Context: Task. May sleep. Not within an RCU reader's section.
 */
void magslab_rcu_barrier(struct magslab_cache *cache);

/**
 * magslab_alloc_bulk - allocate several objects, or none
 * @cache: the cache
 * @gfp: as for magslab_alloc()
 * @nr: number of objects
 * @objects: receives @nr pointers; on failure its contents are undefined
 *
 * Context: As magslab_alloc().
 * Return: @nr, or 0 when not all of them could be had; then those that were
 * are free again.
 */
size_t magslab_alloc_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			  void **objects);

/**
 * magslab_free_bulk - free several objects
 * @cache: the cache they came from
 * @nr: number of objects
 * @objects: @nr pointers, none of them NULL
 *
 * Context: Any. Does not sleep.
 */
void magslab_free_bulk(struct magslab_cache *cache, size_t nr, void **objects);

/**
 * magslab_prefill - set objects aside for a section that must not fail
 * @cache: the cache
 * @gfp: as for magslab_alloc()
 * @nr: number of objects
 *
 * They count as allocated from now on. Whoever uses what is returned must be
 * alone with it: one task, or one interrupt or NMI handler, at a time.
 *
 * Context: Task or softirq, on PREEMPT_RT only where preemption and interrupts
 * are on. Sleeps only if @gfp allows it.
 * Return: @nr objects set aside, or NULL when not all of them could be had.
 */
struct magslab_prefill *magslab_prefill(struct magslab_cache *cache, gfp_t gfp,
					unsigned int nr);

/**
 * magslab_prefill_refill - set aside more objects
 * @prefill: what magslab_prefill() returned
 * @gfp: as for magslab_alloc()
 * @nr: how many it is to have, at most those it was made with; if it has as
 *	many, nothing is done
 *
 * Context: As magslab_alloc().
 * Return: 0; -EINVAL if @nr is too many; -ENOMEM when not all of them could be
 * had, and then it has what it had before.
 */
int magslab_prefill_refill(struct magslab_prefill *prefill, gfp_t gfp,
			   unsigned int nr);

/**
 * magslab_prefill_alloc - hand out an object that was set aside
 * @prefill: what magslab_prefill() returned
 * @gfp: only %__GFP_ZERO matters, refused with NULL and a warning for a cache
 *	with a constructor
 *
 * Free it with magslab_free(). It is zeroed as well when the kernel was booted
 * with init_on_alloc.
 *
 * Context: Any. Does not sleep, and takes no lock.
 * Return: the object, or NULL when there is none left.
 */
void *magslab_prefill_alloc(struct magslab_prefill *prefill,
			    gfp_t gfp) __malloc;

/**
 * magslab_prefill_size - how many objects are still set aside
 * @prefill: what magslab_prefill() returned
 *
 * Context: Any.
 * Return: how many calls of magslab_prefill_alloc() will not fail.
 */
unsigned int magslab_prefill_size(const struct magslab_prefill *prefill);

/**
 * magslab_prefill_return - give back what was set aside and not used
 * @prefill: what magslab_prefill() returned, or NULL, which does nothing
 *
 * Context: As magslab_prefill(). Does not sleep.
 */
void magslab_prefill_return(struct magslab_prefill *prefill);

/**
 * magslab_cache_set_limit - limit the pages of a cache
 * @cache: the cache
 * @pages: pages of PAGE_SIZE bytes it may have, or 0 for any number
 *
 * A slab that would be beyond the limit is not made, not even for a request with
 * %__GFP_NOFAIL. Pages that the cache has already are not given back.
 *
 * Context: Any.
 */
void magslab_cache_set_limit(struct magslab_cache *cache, unsigned long pages);

/**
 * magslab_cache_set_reserve - keep objects for when there is no memory
 * @cache: the cache
 * @nr: number of objects, up to %MAGSLAB_RESERVE_MAX; 0 for no reserve
 * @gfp: how to get them, now. Must allow direct reclaim, and ask for no zone, no
 *	node and not for %__GFP_NOFAIL.
 *
 * magslab_alloc() takes from the reserve what cannot be had from the cache or
 * from the page allocator, which in a cache with a reserve is asked once and not
 * pressed. When the reserve is empty as well, a call whose gfp allows direct
 * reclaim waits, uninterruptibly, until somebody frees an object, and never
 * returns NULL; any other returns NULL. An interrupt or NMI that comes in the
 * middle of an operation and finds nothing within its reach is served from the
 * reserve too. So at least @nr objects can be live at a time, whatever
 * the page allocator does, if those who have them free them without waiting for
 * more. This is what a mempool promises.
 *
 * The reserve fills up again by frees, and from the page allocator. Bulk calls
 * may use it, and do not wait. Requests for a node or zone do neither.
 * Objects that sit in the magazines of a CPU are had from there by a work item,
 * for which a task of higher priority may make everybody wait.
 *
 * Context: Task. May sleep.
 * Return: 0; -EINVAL for arguments out of the ranges above; -ENOMEM, and then
 * the reserve is what it was.
 */
int magslab_cache_set_reserve(struct magslab_cache *cache, unsigned int nr,
			      gfp_t gfp);

/**
 * magslab_cache_shrink - give every free page of a cache back
 * @cache: the cache
 *
 * Empties the magazines of all CPUs and the depots into the slabs, and frees
 * the slabs that are empty then.
 *
 * Context: Task. May sleep. Not within cpus_read_lock().
 * Return: number of pages given back.
 */
unsigned long magslab_cache_shrink(struct magslab_cache *cache);

/**
 * magslab_cache_size - object size of a cache
 * @cache: the cache
 *
 * Context: Any.
 * Return: the size the cache was created with, in bytes.
 */
size_t magslab_cache_size(const struct magslab_cache *cache);

/**
 * magslab_cache_pages - pages a cache holds at the moment
 * @cache: the cache
 *
 * Context: Any. Takes no lock; under concurrent growth
 * the figure is that of some moment during the call.
 * Return: number of pages of PAGE_SIZE bytes.
 */
unsigned long magslab_cache_pages(const struct magslab_cache *cache);

/**
 * magslab_cache_of - tell which cache an address belongs to
 * @address: any address
 *
 * Context: Any.
 * Return: the cache whose slab the address is in, for as long as there is a
 * live object in that slab; NULL if it is in none. Pages of guard mode are
 * known in the same way.
 */
struct magslab_cache *magslab_cache_of(const void *address);

/**
 * magslab_cache_corruptions - tell how often something was found wrong
 * @cache: the cache, or NULL for the sum of all, of those that are gone too
 * @class: what
 *
 * Context: Any.
 * Return: the number of reports; 0 for a cache in no safety mode.
 */
unsigned long magslab_cache_corruptions(const struct magslab_cache *cache,
					enum magslab_corruption class);

#endif /* _LINUX_MAGSLAB_H */

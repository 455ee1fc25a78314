/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a back-end of the magslab benchmark is.
 *
 * A back-end is an allocator as the benchmark sees it: loops that allocate and
 * free, compiled where the allocator's functions can be called directly. The
 * benchmark makes one indirect call for a loop of many operations, so that no
 * back-end pays for being behind a pointer and none is spared. The ones that
 * come with magslab register here like anybody's.
 *
 * A back-end in a module of its own takes a few lines:
 *
 *	static __always_inline void *my_alloc_one(void *ctx, gfp_t gfp)
 *	{
 *		return my_alloc(ctx, gfp);
 *	}
 *
 *	static __always_inline void my_free_one(void *ctx, void *object)
 *	{
 *		my_free(ctx, object);
 *	}
 *
 *	MAGSLAB_BENCH_DEFINE_LOOPS(my)
 *
 *	static struct magslab_bench_backend my_backend = {
 *		.name = "my",
 *		.owner = THIS_MODULE,
 *		.min_size = 1,
 *		.max_size = 4096,
 *		.create = my_create,
 *		.destroy = my_destroy,
 *		MAGSLAB_BENCH_LOOPS(my),
 *	};
 *
 * with magslab_bench_register(&my_backend) in the module's init function and
 * magslab_bench_unregister(&my_backend) in its exit function.
 */
#ifndef _LINUX_MAGSLAB_BENCH_H
#define _LINUX_MAGSLAB_BENCH_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

struct module;

/* Longest name of a back-end, without the terminating NUL. */
#define MAGSLAB_BENCH_NAME_MAX 31

/* Most ways of a call that a back-end can tell apart. */
#define MAGSLAB_BENCH_PATHS 8

/* Allocates nothing. Its figures are the cost of the loops themselves. */
#define MAGSLAB_BENCH_FLOOR BIT(0)
/* Its pages are counted as slab pages, so their growth shows what it holds. */
#define MAGSLAB_BENCH_SLAB_PAGES BIT(1)
/* Takes part only where it is asked for by its name. */
#define MAGSLAB_BENCH_BY_NAME BIT(2)

/*
 * Its objects are free when the last one of a CPU is freed, and not before. Only
 * workloads take part that free all that a CPU has before they allocate again.
 */
#define MAGSLAB_BENCH_SCOPED BIT(3)

/* Its objects are memory of the size that was asked for, which a run may write to. */
#define MAGSLAB_BENCH_MEMORY BIT(4)
/* Its objects are struct page, of such memory. */
#define MAGSLAB_BENCH_PAGES BIT(5)
/* Its objects are zeroed where gfp has %__GFP_ZERO. */
#define MAGSLAB_BENCH_ZEROES BIT(6)

#define MAGSLAB_BENCH_FLAGS_ALL                                                \
	(MAGSLAB_BENCH_FLOOR | MAGSLAB_BENCH_SLAB_PAGES |                      \
	 MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_SCOPED | MAGSLAB_BENCH_MEMORY | \
	 MAGSLAB_BENCH_PAGES | MAGSLAB_BENCH_ZEROES)

/* Contexts in which loops may be called, beyond that of a task. */
#define MAGSLAB_BENCH_IN_SOFTIRQ BIT(MAGSLAB_CONTEXT_SOFTIRQ)
#define MAGSLAB_BENCH_IN_HARDIRQ BIT(MAGSLAB_CONTEXT_HARDIRQ)

#define MAGSLAB_BENCH_CONTEXTS_ALL \
	(MAGSLAB_BENCH_IN_SOFTIRQ | MAGSLAB_BENCH_IN_HARDIRQ)

/**
 * struct magslab_bench_params - what a back-end is asked to prepare for
 * @size: object size in bytes, within the back-end's limits
 * @count: most objects that will be live at a time, over all CPUs
 * @cpus: number of CPUs that will allocate and free at the same time
 * @gfp: flags that the loops will be called with
 * @packed: no alignment is wanted beyond that of a pointer, so that objects lie
 *	as close as they can; otherwise that of cache lines
 */
struct magslab_bench_params {
	size_t size;
	size_t count;
	unsigned int cpus;
	gfp_t gfp;
	bool packed;
};

/* Cache lines of a call that are told apart; no more than all are counted of others. */
#define MAGSLAB_BENCH_LINES_MAX 64

/**
 * struct magslab_bench_lines - the cache lines that one call touched. Its members are
 * private.
 * @nr: how many
 * @line: which, the first of them
 */
struct magslab_bench_lines {
	size_t nr;
	unsigned long line[MAGSLAB_BENCH_LINES_MAX];
};

/**
 * struct magslab_bench_prefill - objects set aside for a section that must not fail
 * @open: set @nr objects aside, for one owner. Returns the set, or NULL
 * @refill: set objects aside until there are @nr, as many as at first. Returns whether
 *	there are
 * @alloc: hand out @nr objects one by one. Returns how many there were. They are
 *	freed like any others
 * @close: free what is left, and the set
 *
 * They run as the loops do.
 */
struct magslab_bench_prefill {
	void *(*open)(void *ctx, gfp_t gfp, size_t nr);
	bool (*refill)(void *set, gfp_t gfp, size_t nr);
	size_t (*alloc)(void *set, gfp_t gfp, void **objects, size_t nr);
	void (*close)(void *set);
};

/**
 * struct magslab_bench_backend - an allocator under test
 * @name: 1 to %MAGSLAB_BENCH_NAME_MAX printable ASCII characters without space
 *	and ',', unique
 * @owner: THIS_MODULE; kept from being unloaded while a run uses the back-end
 * @flags: MAGSLAB_BENCH_* bits
 * @min_size: smallest object size in bytes, at least 1
 * @max_size: largest object size in bytes
 * @max_count: most objects it can have live at a time; 0 if memory alone decides
 * @chunk: most operations that one call of a loop may be asked for, which cannot be
 *	ended before, where at most @count objects are live; some thousands if NULL, as
 *	is right where each takes no more than microseconds
 * @create: prepare for a run. Returns what the other calls get as @ctx, which
 *	may be anything but an ERR_PTR, or an ERR_PTR. May sleep
 * @destroy: undo @create; no object is live any more. May sleep
 * @footprint: memory that one object of @size bytes takes, in bytes, for the
 *	limit on what a run may use; the next power of two if NULL
 * @pair: @nr times: allocate an object and free it
 * @alloc: allocate @nr objects one by one
 * @free: free @nr objects one by one, in the order of the array
 * @alloc_bulk: allocate @nr objects by one call; all or none. NULL if the
 *	allocator has no such call, and then @free_bulk is NULL too
 * @free_bulk: free @nr objects by one call
 * @give_back: give all free memory back to the page allocator. May sleep.
 *	NULL if the allocator has no way to
 * @held: bytes the allocator holds for this context while @live objects are
 *	live. NULL if it cannot tell
 * @locks: times the allocator has taken locks for this context so far, on all
 *	CPUs. NULL if it cannot tell
 * @exchanges: times a CPU's own store was exchanged for what all CPUs share, as a
 *	magazine is with a depot, likewise
 * @contexts: MAGSLAB_BENCH_IN_* bits, where @pair, @alloc and @free may be called
 *	beside tasks, on every kernel that this one's configuration stands for
 * @bulk_contexts: the same for @alloc_bulk and @free_bulk
 * @prefill: for workloads that set objects aside. NULL if the allocator has no way to
 * @path_names: the ways that a call may take, the usual one first; NULL after the last
 * @paths: how many calls on this CPU have taken each way so far, for this context:
 *	frees, or else allocations. The first way need not be counted. NULL if it
 *	cannot tell, and then there are no @path_names
 * @touches: tell by magslab_bench_touch() what memory the allocation of @object with
 *	@gfp touched, or its free, that was the last call on this CPU: the allocator's
 *	own, and of the object what it wrote or read itself. NULL if it cannot tell
 * @list: private to the benchmark
 * @users: private to the benchmark
 * @id: private to the benchmark
 *
 * @held, @locks and @exchanges may be asked at any time by any task, also from elsewhere
 * than the loops; @held not of a back-end with %MAGSLAB_BENCH_SCOPED.
 *
 * The loops, @held, @paths and @touches run in task context on threads bound to
 * one CPU each, on several CPUs at once, and sleep only where @gfp allows it. The loops
 * and @touches run in interrupts too if @contexts or @bulk_contexts says that they may;
 * in a hard one all @count objects, if not more, have been allocated once before, by
 * tasks. @pair and
 * @alloc return the number of operations done, which is less than @nr only
 * when the allocator returned NULL. What they return as an object is written to
 * by some workloads, where the back-end has %MAGSLAB_BENCH_MEMORY.
 */
struct magslab_bench_backend {
	const char *name;
	struct module *owner;
	u32 flags;
	size_t min_size;
	size_t max_size;
	size_t max_count;
	size_t (*chunk)(size_t count);

	void *(*create)(const struct magslab_bench_params *params);
	void (*destroy)(void *ctx);
	size_t (*footprint)(size_t size);

	size_t (*pair)(void *ctx, gfp_t gfp, size_t nr);
	size_t (*alloc)(void *ctx, gfp_t gfp, void **objects, size_t nr);
	void (*free)(void *ctx, void **objects, size_t nr);
	size_t (*alloc_bulk)(void *ctx, gfp_t gfp, void **objects, size_t nr);
	void (*free_bulk)(void *ctx, void **objects, size_t nr);

	void (*give_back)(void *ctx);
	size_t (*held)(void *ctx, size_t live);
	u64 (*locks)(void *ctx);
	u64 (*exchanges)(void *ctx);
	u32 contexts;
	u32 bulk_contexts;
	const struct magslab_bench_prefill *prefill;

	const char *path_names[MAGSLAB_BENCH_PATHS];
	void (*paths)(void *ctx, bool frees, u64 counts[MAGSLAB_BENCH_PATHS]);
	void (*touches)(void *ctx, gfp_t gfp, const void *object, bool freed,
			struct magslab_bench_lines *lines);

	struct list_head list;
	atomic_t users;
	u32 id;
};

/*
 * Tells the compiler that somebody looks at the object, and at all of memory.
 * It costs no instruction; without it a pair of calls that the compiler can
 * see into might be left out altogether.
 */
static __always_inline void *magslab_bench_keep(void *object)
{
	asm volatile("" : "+r"(object) : : "memory");
	return object;
}

typedef void *(*magslab_bench_alloc_one)(void *ctx, gfp_t gfp);
typedef void (*magslab_bench_free_one)(void *ctx, void *object);

/*
 * The loops. As they are always inlined, and called with functions that are
 * known, there is no pointer left in them; calls are direct, or inline too.
 */
static __always_inline size_t magslab_bench_pairs(void *ctx, gfp_t gfp,
						  size_t nr,
						  magslab_bench_alloc_one alloc,
						  magslab_bench_free_one free)
{
	size_t left;
	void *object;

	for (left = nr; left; left--) {
		object = magslab_bench_keep(alloc(ctx, gfp));
		if (unlikely(!object))
			break;
		free(ctx, object);
	}
	return nr - left;
}

static __always_inline size_t magslab_bench_allocs(void *ctx, gfp_t gfp,
						   void **objects, size_t nr,
						   magslab_bench_alloc_one one)
{
	void *object;
	size_t i;

	for (i = 0; i < nr; i++) {
		object = magslab_bench_keep(one(ctx, gfp));
		if (unlikely(!object))
			break;
		objects[i] = object;
	}
	return i;
}

static __always_inline void magslab_bench_frees(void *ctx, void **objects,
						size_t nr,
						magslab_bench_free_one one)
{
	size_t i;

	for (i = 0; i < nr; i++)
		one(ctx, magslab_bench_keep(objects[i]));
}

/**
 * MAGSLAB_BENCH_DEFINE_LOOPS - compile the three loops for one allocator
 * @prefix: the functions are called prefix_pair, prefix_alloc, prefix_free
 *
 * Two functions have to be there, both __always_inline: prefix_alloc_one, of
 * (void *ctx, gfp_t gfp), which returns an object or NULL, and
 * prefix_free_one, of (void *ctx, void *object). Whatever they do beyond the
 * allocator's own call is measured as part of the allocator.
 */
#define MAGSLAB_BENCH_DEFINE_LOOPS(prefix)                                   \
	static size_t prefix##_pair(void *ctx, gfp_t gfp, size_t nr)         \
	{                                                                    \
		return magslab_bench_pairs(ctx, gfp, nr, prefix##_alloc_one, \
					   prefix##_free_one);               \
	}                                                                    \
	static size_t prefix##_alloc(void *ctx, gfp_t gfp, void **objects,   \
				     size_t nr)                              \
	{                                                                    \
		return magslab_bench_allocs(ctx, gfp, objects, nr,           \
					    prefix##_alloc_one);             \
	}                                                                    \
	static void prefix##_free(void *ctx, void **objects, size_t nr)      \
	{                                                                    \
		magslab_bench_frees(ctx, objects, nr, prefix##_free_one);    \
	}

/**
 * MAGSLAB_BENCH_LOOPS - name the three loops in a back-end's initialiser
 * @prefix: as given to MAGSLAB_BENCH_DEFINE_LOOPS()
 */
#define MAGSLAB_BENCH_LOOPS(prefix) \
	.pair = prefix##_pair, .alloc = prefix##_alloc, .free = prefix##_free

/**
 * magslab_bench_register - add a back-end to the benchmark
 * @backend: filled in by the caller; stays in use until unregistered
 *
 * Context: Task. May sleep.
 * Return: 0; -EINVAL for a bad name, flag or size range, or a missing
 * function; -EEXIST if there is a back-end of this name.
 */
int magslab_bench_register(struct magslab_bench_backend *backend);

/**
 * magslab_bench_unregister - take a back-end away
 * @backend: a registered back-end
 *
 * Waits until no run uses it. In a module's exit function that is so already.
 *
 * Context: Task. May sleep.
 */
void magslab_bench_unregister(struct magslab_bench_backend *backend);

/**
 * magslab_bench_touch - tell of memory that a call touched
 * @lines: what @touches of a back-end was called with
 * @address: where it begins
 * @bytes: of it
 *
 * Context: Within @touches.
 */
void magslab_bench_touch(struct magslab_bench_lines *lines, const void *address,
			 size_t bytes);

#endif /* _LINUX_MAGSLAB_BENCH_H */

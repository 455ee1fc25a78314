/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab_arena: a stack of memory. What is allocated while a request is worked on is
 * given back all at once when it is done, by setting the top back to where it was.
 *
 * Memory comes in chunks, which are objects of a magslab cache: most of them are had
 * from, and go back to, a magazine of this CPU. An allocation moves the top of the
 * newest chunk and does nothing else. No lock, no atomic, and preemption stays as it is:
 *
 *	struct magslab_arena *arena;
 *
 *	arena = magslab_arena_create("lookup", 0, SZ_1M, 0, GFP_KERNEL);
 *	...
 *	{
 *		magslab_arena_scope(arena);
 *
 *		key = magslab_arena_alloc(arena, sizeof(*key));
 *		path = magslab_arena_alloc(arena, len);
 *		...
 *	}
 *
 * When it fits: many objects, of any size, that are done with at the same time.
 *
 * Limitations
 *  1. An arena has one owner at a time: one task, or one interrupt handler that is not
 *     interrupted by itself. Nothing keeps others out but %MAGSLAB_ARENA_DEBUG.
 *  2. No object is freed by itself, and none can be handed to who keeps it longer.
 *  3. Where the kernel zeroes what is allocated (init_on_alloc), memory is zeroed when
 *     it is released, or when its chunk is got, and is zero while nobody has it. So who
 *     writes to an object after its release writes into the next one.
 *  4. Objects larger than a quarter of a chunk that do not fit are allocated apart, and
 *     cost what magslab_kmalloc() costs.
 */
#ifndef _LINUX_MAGSLAB_ARENA_H
#define _LINUX_MAGSLAB_ARENA_H

#include <linux/align.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

struct arena_chunk;
struct arena_cleanup;

/* Alignment that all objects have, in bytes. */
#define MAGSLAB_ARENA_ALIGN 8UL

/* Sizes of a chunk, in bytes. */
#define MAGSLAB_ARENA_MIN_CHUNK PAGE_SIZE
#define MAGSLAB_ARENA_MAX_CHUNK (64UL * 1024)
#define MAGSLAB_ARENA_DEFAULT_CHUNK (16UL * 1024)

/* The largest object, in bytes; what the kernel can give in one piece may be less. */
#define MAGSLAB_ARENA_MAX_SIZE ((size_t)SZ_1G)

/*
 * Find out what an arena's owner does wrong: about writes to what was released, and uses
 * by another task than the owner. Allocation costs a look at each byte then, and chunks
 * stay with the arena until it is destroyed.
 */
#define MAGSLAB_ARENA_DEBUG BIT(0)
#define MAGSLAB_ARENA_FLAGS_ALL MAGSLAB_ARENA_DEBUG

/**
 * struct magslab_arena - the beginning of every arena, for the code in this file
 * @top: where the next object goes
 * @end: the end of the newest chunk; %NULL, as is @top, if there is none, or if it is
 *	not for the code in this file to look at, as in debug mode
 * @zeroed: all memory is zero when it is handed out
 */
struct magslab_arena {
	void *top;
	void *end;
	bool zeroed;
};

/**
 * struct magslab_arena_mark - where an arena stood. Its members are private.
 * @arena: which
 * @top: the end of its newest object
 * @chunk: its newest chunk
 * @large: the newest object that is apart
 * @cleanups: the newest callback
 * @serial: tells this mark from all others of @arena
 * @outer: that of the mark which this one is nested in
 */
struct magslab_arena_mark {
	struct magslab_arena *arena;
	void *top;
	struct arena_chunk *chunk;
	struct arena_chunk *large;
	struct arena_cleanup *cleanups;
	unsigned long serial;
	unsigned long outer;
};

/**
 * enum magslab_arena_misuse - what an owner may do wrong
 * @MAGSLAB_ARENA_OUT_OF_ORDER: a mark was released that is not the newest one, or not
 *	valid any more; or the arena was reset or destroyed by a callback
 * @MAGSLAB_ARENA_WRONG_TASK: somebody else than the owner came (debug mode)
 * @MAGSLAB_ARENA_WRITE_AFTER_RELEASE: memory changed while nobody had it (debug mode)
 * @MAGSLAB_ARENA_BAD_REQUEST: a size or alignment that is none
 * @MAGSLAB_ARENA_OPEN_MARK: the arena was destroyed with a mark not released
 * @MAGSLAB_ARENA_NR_MISUSES: how many there are
 */
enum magslab_arena_misuse {
	MAGSLAB_ARENA_OUT_OF_ORDER,
	MAGSLAB_ARENA_WRONG_TASK,
	MAGSLAB_ARENA_WRITE_AFTER_RELEASE,
	MAGSLAB_ARENA_BAD_REQUEST,
	MAGSLAB_ARENA_OPEN_MARK,
	MAGSLAB_ARENA_NR_MISUSES,
};

void *__magslab_arena_alloc(struct magslab_arena *arena, size_t size,
			    size_t align) __malloc;

/**
 * magslab_arena_create - make an arena
 * @name: shown in debugfs and in messages, by the rules for a cache's. Copied.
 * @chunk: bytes of a chunk, a power of two from %MAGSLAB_ARENA_MIN_CHUNK to
 *	%MAGSLAB_ARENA_MAX_CHUNK, or 0 for %MAGSLAB_ARENA_DEFAULT_CHUNK
 * @limit: most bytes that it may hold, chunks counted whole; at least @chunk, or 0 for
 *	any number
 * @flags: %MAGSLAB_ARENA_DEBUG or 0
 * @gfp: how it gets memory, as for magslab_alloc(). With %__GFP_ZERO all objects are
 *	zeroed, as they are if the kernel was booted with init_on_alloc.
 *
 * The calling task is its owner.
 *
 * Context: Task. May sleep.
 * Return: the arena, or ERR_PTR: -EINVAL for an argument out of the ranges above,
 * -EEXIST if an arena of that name exists, -ENOMEM.
 */
struct magslab_arena *magslab_arena_create(const char *name, size_t chunk,
					   size_t limit, unsigned long flags,
					   gfp_t gfp);

/**
 * magslab_arena_destroy - run all callbacks, and give everything back
 * @arena: the arena, or NULL or an ERR_PTR, which do nothing
 *
 * A mark that was not released is reported.
 *
 * Context: Task. May sleep. Not from a callback of the arena, where it is refused.
 */
void magslab_arena_destroy(struct magslab_arena *arena);

/*
 * @at is aligned, so at most @arena->end. Bytes are compared before they are added, so
 * that no size can wrap around; one that is constant, and less than a page, cannot.
 */
static __always_inline void *__magslab_arena_take(struct magslab_arena *arena,
						  void *at, size_t bytes)
{
	bool fits = bytes - 1 < (size_t)(arena->end - at);

	if (__builtin_constant_p(bytes) && bytes && bytes < PAGE_SIZE)
		fits = at + bytes <= arena->end;
	if (unlikely(!fits))
		return NULL;
	/* Pairs with nothing: figures may be read at any time, one by one. */
	WRITE_ONCE(arena->top, at + bytes);
	return at;
}

/**
 * magslab_arena_alloc - allocate
 * @arena: an arena of the caller's
 * @size: bytes, from 1 to %MAGSLAB_ARENA_MAX_SIZE
 *
 * O(1), and a few instructions unless a chunk is full, which costs an allocation from a
 * cache.
 *
 * Context: Any where the arena's gfp will do for magslab_alloc(), or for
 * magslab_kmalloc() if objects may be large.
 * Return: memory aligned to %MAGSLAB_ARENA_ALIGN; or NULL if there is none, if the
 * arena's limit does not allow it, or for a size that is none.
 */
static __always_inline void *magslab_arena_alloc(struct magslab_arena *arena,
						 size_t size)
{
	void *object = __magslab_arena_take(arena, arena->top,
					    ALIGN(size, MAGSLAB_ARENA_ALIGN));

	if (likely(object))
		return object;
	return __magslab_arena_alloc(arena, size, MAGSLAB_ARENA_ALIGN);
}

/**
 * magslab_arena_alloc_aligned - allocate, with an alignment
 * @arena: an arena of the caller's
 * @size: bytes, as for magslab_arena_alloc()
 * @align: a power of two up to PAGE_SIZE; one that is not constant costs a call
 *
 * Context: As magslab_arena_alloc().
 * Return: memory aligned to @align; or NULL, as magslab_arena_alloc(), or for an
 * alignment that is none.
 */
static __always_inline void *
magslab_arena_alloc_aligned(struct magslab_arena *arena, size_t size,
			    size_t align)
{
	void *object = NULL;

	if (__builtin_constant_p(align) && is_power_of_2(align) &&
	    align >= MAGSLAB_ARENA_ALIGN && align <= PAGE_SIZE)
		object = __magslab_arena_take(arena,
					      PTR_ALIGN(arena->top, align),
					      ALIGN(size, MAGSLAB_ARENA_ALIGN));
	if (likely(object))
		return object;
	return __magslab_arena_alloc(arena, size, align);
}

/**
 * magslab_arena_zalloc - allocate zeroed memory
 * @arena: an arena of the caller's
 * @size: bytes, as for magslab_arena_alloc()
 *
 * Context: As magslab_arena_alloc().
 * Return: As magslab_arena_alloc().
 */
static __always_inline void *magslab_arena_zalloc(struct magslab_arena *arena,
						  size_t size)
{
	void *object = magslab_arena_alloc(arena, size);

	if (!arena->zeroed && object)
		memset(object, 0, size);
	return object;
}

/**
 * magslab_arena_mark - note where an arena stands
 * @arena: an arena of the caller's
 *
 * Context: As magslab_arena_alloc(); allocates nothing.
 * Return: the mark, which is the newest one then.
 */
struct magslab_arena_mark magslab_arena_mark(struct magslab_arena *arena);

/**
 * magslab_arena_release - give back all that was allocated since a mark
 * @arena: an arena of the caller's
 * @mark: its newest mark that was not released yet
 *
 * Callbacks that were registered since are run first, the newest one first. It costs
 * O(1) for each chunk, callback, and object that is apart, and where memory has to be
 * zero O(n) in its bytes.
 *
 * Context: As magslab_free(), and what callbacks need.
 * Return: 0; -EINVAL if @mark is not the newest mark, was released already, or is one of
 * another arena; -EPERM in debug mode if this is not the owner. Then nothing is done, and
 * it is reported.
 */
int magslab_arena_release(struct magslab_arena *arena,
			  const struct magslab_arena_mark *mark);

/**
 * magslab_arena_reset - give back all that was allocated
 * @arena: an arena of the caller's
 *
 * All marks become invalid. The first chunk stays.
 *
 * Context: As magslab_arena_release().
 * Return: 0; -EINVAL from a callback of the arena, -EPERM in debug mode if this is not
 * the owner, and then nothing is done, and it is reported.
 */
int magslab_arena_reset(struct magslab_arena *arena);

/**
 * magslab_arena_on_release - have a function called when memory is released
 * @arena: an arena of the caller's
 * @function: called with @argument before anything is released that was allocated until
 *	now; it may use the arena, but not reset or destroy it
 * @argument: for @function
 *
 * Context: As magslab_arena_alloc().
 * Return: 0 or -ENOMEM.
 */
int magslab_arena_on_release(struct magslab_arena *arena,
			     void (*function)(void *argument), void *argument);

static inline void __magslab_arena_leave(struct magslab_arena_mark *mark)
{
	magslab_arena_release(mark->arena, mark);
}

#define __magslab_arena_scope(_arena, name)                           \
	struct magslab_arena_mark name __maybe_unused                 \
		__attribute__((__cleanup__(__magslab_arena_leave))) = \
			magslab_arena_mark(_arena)

/**
 * magslab_arena_scope() - release when the block is left
 * @arena: an arena of the caller's
 *
 * A declaration: whatever is allocated from here to the end of the block is released
 * there, on whichever way the block is left.
 */
#define magslab_arena_scope(arena) \
	__magslab_arena_scope(arena, __UNIQUE_ID(magslab_scope))

/**
 * magslab_arena_adopt - become an arena's owner
 * @arena: an arena that nobody uses at the moment
 *
 * Only debug mode wants to know. Whoever hands an arena on has to see to it that
 * the new owner sees what the old one did, as by a lock or a completion.
 *
 * Context: Task.
 */
void magslab_arena_adopt(struct magslab_arena *arena);

/**
 * magslab_arena_verify - look for writes to what was released
 * @arena: an arena of the caller's
 *
 * Context: As magslab_arena_alloc(). Looks at all free memory of the arena.
 * Return: how many stretches were written to, each of which is reported; 0 unless in
 * debug mode.
 */
unsigned int magslab_arena_verify(struct magslab_arena *arena);

/**
 * magslab_arena_used - bytes allocated and not released, gaps of alignment included
 * @arena: an arena
 *
 * Context: Any.
 * Return: bytes, exact while its owner does nothing.
 */
size_t magslab_arena_used(const struct magslab_arena *arena);

/**
 * magslab_arena_held - bytes that an arena has got and not given back
 * @arena: an arena
 *
 * Context: Any.
 * Return: bytes, exact while its owner does nothing.
 */
size_t magslab_arena_held(const struct magslab_arena *arena);

/**
 * magslab_arena_misuses - tell how often something was done wrong
 * @arena: the arena, or NULL for the sum of all, of those that are gone too
 * @what: what
 *
 * Context: Any.
 * Return: the number of reports.
 */
unsigned long magslab_arena_misuses(const struct magslab_arena *arena,
				    enum magslab_arena_misuse what);

#endif /* _LINUX_MAGSLAB_ARENA_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the room: what an arena is made of, and which file does what.
 *
 *	arena.c		arenas come and go
 *	bump.c		objects, marks, release
 *	chunk.c		memory: chunks, and objects that are too large for one
 *	check.c		what the owner does wrong
 *	show.c		debugfs
 */
#ifndef MAGSLAB_ARENA_ARENA_H
#define MAGSLAB_ARENA_ARENA_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/magslab.h>
#include <linux/magslab_arena.h>
#include <linux/sched.h>

struct dentry;

/* So that the first object of a chunk is aligned to a cache line. */
#define ARENA_HEAD 64UL

/**
 * struct arena_chunk - the head of a chunk, or of an object that is apart
 * @prev: the one that was got before
 * @prev_top: where that one's objects end; not for objects that are apart
 * @bytes: all of it, the head included
 * @clean: while the chunk is free: all is zero but the head
 */
struct arena_chunk {
	struct arena_chunk *prev;
	void *prev_top;
	size_t bytes;
	bool clean;
};

static_assert(sizeof(struct arena_chunk) <= ARENA_HEAD);

/* A callback. It lies in the arena. */
struct arena_cleanup {
	struct arena_cleanup *prev;
	void (*function)(void *argument);
	void *argument;
};

/**
 * struct arena - an arena
 * @front: what code compiled into callers knows
 * @at: the end of the newest object, in debug mode, where @front does not tell
 * @base: the beginning of the newest chunk's first object
 * @chunk: the newest chunk
 * @large: the newest object that is apart
 * @spare: in debug mode, chunks that were released
 * @cleanups: the newest callback
 * @serial: of the last mark that was made; so, how many were
 * @newest: of the newest mark that was not released, or 0
 * @leaving: objects are being released
 * @scrub: what is released has to be zeroed
 * @flags: MAGSLAB_ARENA_*
 * @gfp: for chunks
 * @cache: where chunks come from
 * @limit: most bytes to hold; ULONG_MAX for any number
 * @owner: who may use it, in debug mode
 * @below: bytes of objects that are not in the newest chunk
 * @held: bytes of chunks, and of objects that are apart
 * @peak: most bytes of objects so far, as far as it was looked at
 * @chunks_got: chunks that it ever got
 * @chunks_put: those of them that it gave back
 * @large_got: objects that ever were too large for a chunk
 * @large_put: those of them that were released
 * @open: marks that can still be released
 * @releases: marks that were
 * @dropped: marks that a reset made invalid
 * @resets: how many
 * @refusals: requests refused because of @limit
 * @failures: requests for which there was no memory
 * @misuses: by enum magslab_arena_misuse
 * @link: in the list of arenas
 * @file: in debugfs
 * @name: unique
 *
 * All is the owner's. Others read figures, each of which is right at some moment.
 */
struct arena {
	struct magslab_arena front;
	void *at;
	void *base;
	struct arena_chunk *chunk;
	struct arena_chunk *large;
	struct arena_chunk *spare;
	struct arena_cleanup *cleanups;
	unsigned long serial;
	unsigned long newest;
	bool leaving;
	bool scrub;
	unsigned long flags;
	gfp_t gfp;
	struct magslab_cache *cache;
	size_t limit;
	const struct task_struct *owner;
	size_t below;
	size_t held;
	size_t peak;
	unsigned long chunks_got, chunks_put;
	unsigned long large_got, large_put;
	unsigned long open, releases, dropped;
	unsigned long resets;
	unsigned long refusals;
	unsigned long failures;
	atomic_long_t misuses[MAGSLAB_ARENA_NR_MISUSES];
	struct list_head link;
	struct dentry *file;
	char name[MAGSLAB_NAME_MAX + 1];
};

/* Code compiled into callers takes the one for the other. */
static_assert(!offsetof(struct arena, front));

static inline struct arena *arena_of(const struct magslab_arena *front)
{
	return container_of(front, struct arena, front);
}

static inline bool arena_is_debug(const struct arena *arena)
{
	return arena->flags & MAGSLAB_ARENA_DEBUG;
}

static inline void *arena_chunk_base(struct arena_chunk *chunk)
{
	return (void *)chunk + ARENA_HEAD;
}

static inline void *arena_chunk_end(struct arena_chunk *chunk)
{
	return (void *)chunk + chunk->bytes;
}

static inline void *arena_top(const struct arena *arena)
{
	return arena_is_debug(arena) ? arena->at : arena->front.top;
}

/* In debug mode the front stays closed. */
static inline void arena_set_top(struct arena *arena, void *top)
{
	if (arena_is_debug(arena))
		WRITE_ONCE(arena->at, top);
	else
		WRITE_ONCE(arena->front.top, top);
}

static inline void arena_set_chunk(struct arena *arena,
				   struct arena_chunk *chunk, void *top)
{
	WRITE_ONCE(arena->base, chunk ? arena_chunk_base(chunk) : NULL);
	arena->chunk = chunk;
	arena_set_top(arena, top);
	if (!arena_is_debug(arena))
		arena->front.end = chunk ? arena_chunk_end(chunk) : NULL;
}

/* chunk.c */
struct magslab_cache *arena_cache_get(size_t chunk);
void arena_caches_exit(void);
bool arena_push_chunk(struct arena *arena);
void arena_pop_chunk(struct arena *arena);
void *arena_push_large(struct arena *arena, size_t bytes, size_t align);
void arena_pop_large(struct arena *arena);
void arena_drop_spare(struct arena *arena);
void arena_scrub(struct arena *arena, void *from, void *to);

/* check.c */
#define ARENA_POISON 0x6a
void arena_misused(struct arena *arena, enum magslab_arena_misuse what,
		   unsigned long caller);
bool arena_is_owner(struct arena *arena, unsigned long caller);
unsigned int arena_check(struct arena *arena, void *from, void *to,
			 unsigned long caller);
unsigned int arena_check_all(struct arena *arena, unsigned long caller);

/* bump.c */
int arena_empty(struct arena *arena, unsigned long caller);

/* show.c */
void arena_show_init(struct dentry *root);
void arena_show_create(struct arena *arena);

#endif /* MAGSLAB_ARENA_ARENA_H */

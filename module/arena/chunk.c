// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of arenas. All arenas with chunks of one size share a cache: so a chunk that
 * one of them is done with serves the next from a magazine of this CPU, still warm.
 *
 * A free chunk stays as it was left, which is what a cache with a constructor promises.
 * Its head tells whether it is zero. An arena that hands out zeroed memory clears a chunk
 * that is not, once, when it gets it, and from then on only what was used, when that is
 * released. So nothing is zeroed twice, and nothing that nobody wrote to.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/magslab_kmalloc.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "arena/arena.h"

#define NR_CACHES 5

static_assert(SZ_4K << (NR_CACHES - 1) == MAGSLAB_ARENA_MAX_CHUNK);
static_assert(MAGSLAB_ARENA_MAX_CHUNK <= MAGSLAB_MAX_SIZE);

/* Protects the table. A cache stays until the module goes. */
static DEFINE_MUTEX(caches_mutex);
static struct magslab_cache *caches[NR_CACHES];

static void chunk_construct(void *object)
{
	struct arena_chunk *chunk = object;

	chunk->clean = false;
}

static struct magslab_cache *cache_make(size_t bytes)
{
	char name[MAGSLAB_NAME_MAX + 1];

	snprintf(name, sizeof(name), "magslab-arena-%zuk", bytes / SZ_1K);
	return magslab_cache_create(name, bytes, PAGE_SIZE, 0, chunk_construct);
}

/* Return: the cache of chunks of that many bytes, or ERR_PTR. */
struct magslab_cache *arena_cache_get(size_t bytes)
{
	struct magslab_cache **slot = &caches[ilog2(bytes / SZ_4K)];
	struct magslab_cache *cache;

	mutex_lock(&caches_mutex);
	cache = *slot;
	if (!cache) {
		cache = cache_make(bytes);
		if (!IS_ERR(cache))
			*slot = cache;
	}
	mutex_unlock(&caches_mutex);
	return cache;
}

void arena_caches_exit(void)
{
	unsigned int i;

	for (i = 0; i < NR_CACHES; i++)
		magslab_cache_destroy(caches[i]);
}

/*
 * Make memory what it has to be while nobody has it: zero, or in debug mode what a
 * write can be told by. Addresses are multiples of a word.
 */
void arena_scrub(struct arena *arena, void *from, void *to)
{
	if (arena_is_debug(arena))
		memset(from, ARENA_POISON, to - from);
	else if (arena->scrub)
		memset64(from, 0, (to - from) / sizeof(u64));
}

/* Within the limit? It is told apart from a kernel that has no memory. */
static bool may_hold(struct arena *arena, size_t bytes)
{
	if (bytes <= arena->limit - arena->held)
		return true;
	WRITE_ONCE(arena->refusals, arena->refusals + 1);
	return false;
}

static void hold(struct arena *arena, size_t bytes)
{
	WRITE_ONCE(arena->held, arena->held + bytes);
}

/*
 * === Chunks ===
 */

static void chunk_prepare(struct arena *arena, struct arena_chunk *chunk)
{
	void *base = arena_chunk_base(chunk), *end = arena_chunk_end(chunk);

	if (arena_is_debug(arena) || (arena->front.zeroed && !chunk->clean))
		arena_scrub(arena, base, end);
	chunk->clean = false;
}

static struct arena_chunk *chunk_get(struct arena *arena)
{
	size_t bytes = magslab_cache_size(arena->cache);
	struct arena_chunk *chunk;

	if (!may_hold(arena, bytes))
		return NULL;
	chunk = magslab_alloc(arena->cache, arena->gfp & ~__GFP_ZERO);
	if (!chunk) {
		WRITE_ONCE(arena->failures, arena->failures + 1);
		return NULL;
	}
	chunk->bytes = bytes;
	chunk_prepare(arena, chunk);
	hold(arena, bytes);
	WRITE_ONCE(arena->chunks_got, arena->chunks_got + 1);
	return chunk;
}

/* What was in use is scrubbed. Poison is of no use to others. */
static void chunk_put(struct arena *arena, struct arena_chunk *chunk)
{
	if (arena_is_debug(arena) && arena->scrub)
		memset(arena_chunk_base(chunk), 0, chunk->bytes - ARENA_HEAD);
	chunk->clean = arena->scrub &&
		       (arena_is_debug(arena) || arena->front.zeroed);
	hold(arena, -chunk->bytes);
	WRITE_ONCE(arena->chunks_put, arena->chunks_put + 1);
	magslab_free(arena->cache, chunk);
}

static struct arena_chunk *spare_take(struct arena *arena)
{
	struct arena_chunk *chunk = arena->spare;

	if (chunk)
		arena->spare = chunk->prev;
	return chunk;
}

/* Put a chunk on top of the others. Return: false if there is none to be had. */
bool arena_push_chunk(struct arena *arena)
{
	struct arena_chunk *chunk = spare_take(arena) ?: chunk_get(arena);
	void *top = arena_top(arena);

	if (!chunk)
		return false;
	chunk->prev = arena->chunk;
	chunk->prev_top = top;
	WRITE_ONCE(arena->below, arena->below + (top - arena->base));
	arena_set_chunk(arena, chunk, arena_chunk_base(chunk));
	return true;
}

/* Take off the newest chunk. In debug mode it is kept, for what may be written to it. */
void arena_pop_chunk(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunk, *prev = chunk->prev;

	arena_scrub(arena, arena->base, arena_top(arena));
	arena_set_chunk(arena, prev, chunk->prev_top);
	WRITE_ONCE(arena->below,
		   arena->below - (arena_top(arena) - arena->base));
	if (arena_is_debug(arena)) {
		chunk->prev = arena->spare;
		arena->spare = chunk;
		return;
	}
	chunk_put(arena, chunk);
}

void arena_drop_spare(struct arena *arena)
{
	struct arena_chunk *chunk;

	while ((chunk = spare_take(arena)))
		chunk_put(arena, chunk);
}

/*
 * === Objects that are apart ===
 */

static size_t large_bytes(struct arena_chunk *chunk)
{
	return chunk->bytes - ARENA_HEAD;
}

/* Return: an object that is a chunk of its own, or NULL. */
void *arena_push_large(struct arena *arena, size_t bytes, size_t align)
{
	size_t all = ARENA_HEAD + bytes + align;
	gfp_t gfp = arena->gfp | __GFP_NOWARN;
	struct arena_chunk *chunk;

	if (!may_hold(arena, all))
		return NULL;
	chunk = magslab_kmalloc(all,
				arena->front.zeroed ? gfp | __GFP_ZERO : gfp);
	if (!chunk) {
		WRITE_ONCE(arena->failures, arena->failures + 1);
		return NULL;
	}
	chunk->bytes = all;
	chunk->prev = arena->large;
	arena->large = chunk;
	hold(arena, all);
	WRITE_ONCE(arena->large_got, arena->large_got + 1);
	WRITE_ONCE(arena->below, arena->below + large_bytes(chunk));
	return PTR_ALIGN(arena_chunk_base(chunk), align);
}

void arena_pop_large(struct arena *arena)
{
	struct arena_chunk *chunk = arena->large;

	arena->large = chunk->prev;
	hold(arena, -chunk->bytes);
	WRITE_ONCE(arena->large_put, arena->large_put + 1);
	WRITE_ONCE(arena->below, arena->below - large_bytes(chunk));
	magslab_kfree(chunk);
}

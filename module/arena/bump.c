// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects and marks. Most allocations never come here: see linux/magslab_arena.h.
 *
 * A mark is its holder's. What keeps order is a number that each mark has to itself: the
 * arena knows that of the newest mark, and each mark that of the one it is nested in. So
 * the newest one is told from all others, and from those that are long released, without
 * a list of them, and what is not the newest one is refused before anything is done.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "arena/arena.h"

/*
 * === Allocation ===
 */

static bool request_is_valid(size_t size, size_t align)
{
	return size && size <= MAGSLAB_ARENA_MAX_SIZE && is_power_of_2(align) &&
	       align <= PAGE_SIZE;
}

/* From the newest chunk. Return: NULL if it has no room. */
static void *take(struct arena *arena, size_t bytes, size_t align,
		  unsigned long caller)
{
	void *from = arena_top(arena), *at = PTR_ALIGN(from, align), *end;

	if (!arena->chunk)
		return NULL;
	end = arena_chunk_end(arena->chunk);
	if (at > end || bytes > (size_t)(end - at))
		return NULL;
	if (arena_is_debug(arena)) {
		arena_check(arena, from, at + bytes, caller);
		if (arena->front.zeroed)
			memset(at, 0, bytes);
	}
	arena_set_top(arena, at + bytes);
	return at;
}

/* So that at most a quarter of a chunk is left unused when the next one is got. */
static bool is_large(const struct arena *arena, size_t bytes, size_t align)
{
	size_t room = magslab_cache_size(arena->cache) - ARENA_HEAD;

	if (align > ARENA_HEAD)
		bytes += align;
	return bytes > room / 4;
}

static void *arena_alloc(struct arena *arena, size_t size, size_t align,
			 unsigned long caller)
{
	size_t bytes = ALIGN(size, MAGSLAB_ARENA_ALIGN);
	void *object;

	align = max(align, MAGSLAB_ARENA_ALIGN);
	object = take(arena, bytes, align, caller);
	if (object)
		return object;
	if (is_large(arena, bytes, align))
		return arena_push_large(arena, bytes, align);
	if (!arena_push_chunk(arena))
		return NULL;
	return take(arena, bytes, align, caller);
}

/* All that the code compiled into callers cannot do. */
void *__magslab_arena_alloc(struct magslab_arena *front, size_t size,
			    size_t align)
{
	struct arena *arena = arena_of(front);

	if (!request_is_valid(size, align)) {
		arena_misused(arena, MAGSLAB_ARENA_BAD_REQUEST, _RET_IP_);
		return NULL;
	}
	if (!arena_is_owner(arena, _RET_IP_))
		return NULL;
	return arena_alloc(arena, size, align, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__magslab_arena_alloc);

/*
 * === Marks ===
 */

struct magslab_arena_mark magslab_arena_mark(struct magslab_arena *front)
{
	struct arena *arena = arena_of(front);
	struct magslab_arena_mark mark = {
		.arena = front,
		.top = arena_top(arena),
		.chunk = arena->chunk,
		.large = arena->large,
		.cleanups = arena->cleanups,
		.serial = arena->serial + 1,
		.outer = arena->newest,
	};

	/* Who is not the owner gets one that cannot be released. */
	if (!arena_is_owner(arena, _RET_IP_)) {
		mark.serial = 0;
		return mark;
	}
	WRITE_ONCE(arena->serial, mark.serial);
	WRITE_ONCE(arena->open, arena->open + 1);
	arena->newest = mark.serial;
	return mark;
}
EXPORT_SYMBOL_GPL(magslab_arena_mark);

/* They may use the arena, so each is forgotten before it is called. */
static void run_cleanups(struct arena *arena, struct arena_cleanup *until)
{
	struct arena_cleanup *cleanup;

	while ((cleanup = arena->cleanups) != until) {
		arena->cleanups = cleanup->prev;
		cleanup->function(cleanup->argument);
	}
}

static void note_peak(struct arena *arena)
{
	size_t used = magslab_arena_used(&arena->front);

	if (used > arena->peak)
		WRITE_ONCE(arena->peak, used);
}

/* Back to where there was no chunk yet: the first one stays. */
static bool is_first(const struct arena_chunk *chunk)
{
	return !chunk || !chunk->prev;
}

static void fall_back(struct arena *arena,
		      const struct magslab_arena_mark *mark)
{
	bool leaving = arena->leaving;
	void *top = mark->top;

	arena->leaving = true;
	run_cleanups(arena, mark->cleanups);
	arena->leaving = leaving;
	note_peak(arena);
	while (arena->large != mark->large)
		arena_pop_large(arena);
	while (arena->chunk != mark->chunk && !is_first(arena->chunk))
		arena_pop_chunk(arena);
	if (arena->chunk != mark->chunk)
		top = arena->base;
	arena_scrub(arena, top, arena_top(arena));
	arena_set_top(arena, top);
}

static bool is_newest(const struct arena *arena,
		      const struct magslab_arena_mark *mark)
{
	return mark->arena == &arena->front && mark->serial &&
	       mark->serial == arena->newest;
}

int magslab_arena_release(struct magslab_arena *front,
			  const struct magslab_arena_mark *mark)
{
	struct arena *arena = arena_of(front);

	if (!arena_is_owner(arena, _RET_IP_))
		return -EPERM;
	if (!is_newest(arena, mark)) {
		arena_misused(arena, MAGSLAB_ARENA_OUT_OF_ORDER, _RET_IP_);
		return -EINVAL;
	}
	arena_check_all(arena, _RET_IP_);
	/* A callback cannot release it a second time. */
	arena->newest = mark->outer;
	WRITE_ONCE(arena->open, arena->open - 1);
	WRITE_ONCE(arena->releases, arena->releases + 1);
	fall_back(arena, mark);
	return 0;
}
EXPORT_SYMBOL_GPL(magslab_arena_release);

/* Return: 0 or, if this is no place for it, -EINVAL. */
int arena_empty(struct arena *arena, unsigned long caller)
{
	static const struct magslab_arena_mark beginning;

	if (arena->leaving) {
		arena_misused(arena, MAGSLAB_ARENA_OUT_OF_ORDER, caller);
		return -EINVAL;
	}
	arena_check_all(arena, caller);
	arena->newest = 0;
	WRITE_ONCE(arena->dropped, arena->dropped + arena->open);
	WRITE_ONCE(arena->open, 0);
	fall_back(arena, &beginning);
	return 0;
}

int magslab_arena_reset(struct magslab_arena *front)
{
	struct arena *arena = arena_of(front);
	int ret;

	if (!arena_is_owner(arena, _RET_IP_))
		return -EPERM;
	ret = arena_empty(arena, _RET_IP_);
	if (!ret)
		WRITE_ONCE(arena->resets, arena->resets + 1);
	return ret;
}
EXPORT_SYMBOL_GPL(magslab_arena_reset);

int magslab_arena_on_release(struct magslab_arena *front,
			     void (*function)(void *argument), void *argument)
{
	struct arena *arena = arena_of(front);
	struct arena_cleanup *cleanup;

	cleanup = magslab_arena_alloc(front, sizeof(*cleanup));
	if (!cleanup)
		return -ENOMEM;
	cleanup->function = function;
	cleanup->argument = argument;
	cleanup->prev = arena->cleanups;
	arena->cleanups = cleanup;
	return 0;
}
EXPORT_SYMBOL_GPL(magslab_arena_on_release);

/* Read while the owner works, one may be of another moment than the rest. */
size_t magslab_arena_used(const struct magslab_arena *front)
{
	const struct arena *arena = arena_of(front);
	size_t used = READ_ONCE(arena->below);
	void *base = READ_ONCE(arena->base);

	if (arena_is_debug(arena))
		used += READ_ONCE(arena->at) - base;
	else
		used += READ_ONCE(front->top) - base;
	return min(used, READ_ONCE(arena->held));
}
EXPORT_SYMBOL_GPL(magslab_arena_used);

size_t magslab_arena_held(const struct magslab_arena *front)
{
	return READ_ONCE(arena_of(front)->held);
}
EXPORT_SYMBOL_GPL(magslab_arena_held);

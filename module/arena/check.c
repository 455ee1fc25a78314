// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an arena's owner does wrong, found out and told. In debug mode memory that nobody
 * has is filled with a pattern, and looked at before it is handed out.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "arena/arena.h"

static const char *const names[] = {
	[MAGSLAB_ARENA_OUT_OF_ORDER] = "release out of order",
	[MAGSLAB_ARENA_WRONG_TASK] = "use by another task than its owner",
	[MAGSLAB_ARENA_WRITE_AFTER_RELEASE] = "write after release",
	[MAGSLAB_ARENA_BAD_REQUEST] = "bad size or alignment",
	[MAGSLAB_ARENA_OPEN_MARK] = "destroyed with a mark not released",
};

static_assert(ARRAY_SIZE(names) == MAGSLAB_ARENA_NR_MISUSES);

/* Of all arenas, those that are gone too. */
static atomic_long_t misuses[MAGSLAB_ARENA_NR_MISUSES];

/* All are counted. Of very many at a time not all are printed. */
void arena_misused(struct arena *arena, enum magslab_arena_misuse what,
		   unsigned long caller)
{
	static DEFINE_RATELIMIT_STATE(often, 5 * HZ, 50);

	atomic_long_inc(&arena->misuses[what]);
	atomic_long_inc(&misuses[what]);
	if (__ratelimit(&often))
		pr_err("arena '%s': %s, in %pS\n", arena->name, names[what],
		       (void *)caller);
}

/* Whoever may use the arena: anybody, but in debug mode. */
bool arena_is_owner(struct arena *arena, unsigned long caller)
{
	if (!arena_is_debug(arena))
		return true;
	if (in_task() && READ_ONCE(arena->owner) == current)
		return true;
	arena_misused(arena, MAGSLAB_ARENA_WRONG_TASK, caller);
	return false;
}

void magslab_arena_adopt(struct magslab_arena *front)
{
	WRITE_ONCE(arena_of(front)->owner, current);
}
EXPORT_SYMBOL_GPL(magslab_arena_adopt);

/*
 * Look at memory that nobody has, and mend it so that one write is told of once.
 * Return: 1 if it was written to, else 0.
 */
unsigned int arena_check(struct arena *arena, void *from, void *to,
			 unsigned long caller)
{
	if (!memchr_inv(from, ARENA_POISON, to - from))
		return 0;
	arena_misused(arena, MAGSLAB_ARENA_WRITE_AFTER_RELEASE, caller);
	memset(from, ARENA_POISON, to - from);
	return 1;
}

static unsigned int check_spare(struct arena *arena, unsigned long caller)
{
	struct arena_chunk *chunk;
	unsigned int nr = 0;

	for (chunk = arena->spare; chunk; chunk = chunk->prev)
		nr += arena_check(arena, arena_chunk_base(chunk),
				  arena_chunk_end(chunk), caller);
	return nr;
}

/* All that nobody has. Return: in how many stretches of it something was written. */
unsigned int arena_check_all(struct arena *arena, unsigned long caller)
{
	struct arena_chunk *chunk;
	void *top = arena_top(arena);
	unsigned int nr;

	if (!arena_is_debug(arena))
		return 0;
	nr = check_spare(arena, caller);
	for (chunk = arena->chunk; chunk; chunk = chunk->prev) {
		nr += arena_check(arena, top, arena_chunk_end(chunk), caller);
		top = chunk->prev_top;
	}
	return nr;
}

unsigned int magslab_arena_verify(struct magslab_arena *front)
{
	struct arena *arena = arena_of(front);

	if (!arena_is_owner(arena, _RET_IP_))
		return 0;
	return arena_check_all(arena, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_arena_verify);

unsigned long magslab_arena_misuses(const struct magslab_arena *front,
				    enum magslab_arena_misuse what)
{
	if ((unsigned int)what >= MAGSLAB_ARENA_NR_MISUSES)
		return 0;
	if (!front)
		return atomic_long_read(&misuses[what]);
	return atomic_long_read(&arena_of(front)->misuses[what]);
}
EXPORT_SYMBOL_GPL(magslab_arena_misuses);

// SPDX-License-Identifier: GPL-2.0-only
/* A file for each arena, magslab/arenas/NAME in debugfs. It only reads. */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>

#include "arena/arena.h"

static struct dentry *arenas_dir;

static void show(struct seq_file *m, const char *name, unsigned long value)
{
	seq_printf(m, "%s: %lu\n", name, value);
}

static void show_bytes(struct seq_file *m, const struct arena *arena)
{
	size_t used = magslab_arena_used(&arena->front);

	show(m, "chunk_bytes", magslab_cache_size(arena->cache));
	show(m, "limit_bytes", arena->limit == SIZE_MAX ? 0 : arena->limit);
	show(m, "used_bytes", used);
	show(m, "peak_bytes", max(used, READ_ONCE(arena->peak)));
	show(m, "held_bytes", magslab_arena_held(&arena->front));
}

/* What was given back is read first, so that it is never more than what was got. */
static void show_chunks(struct seq_file *m, const struct arena *arena)
{
	unsigned long large_put = READ_ONCE(arena->large_put);
	unsigned long put = READ_ONCE(arena->chunks_put);
	unsigned long large_got = READ_ONCE(arena->large_got);
	unsigned long got = READ_ONCE(arena->chunks_got);

	show(m, "chunks", got - put);
	show(m, "chunks_got", got);
	show(m, "chunks_given_back", put);
	show(m, "oversize", large_got - large_put);
	show(m, "oversize_got", large_got);
	show(m, "oversize_given_back", large_put);
}

static void show_marks(struct seq_file *m, const struct arena *arena)
{
	show(m, "marks", READ_ONCE(arena->serial));
	show(m, "marks_open", READ_ONCE(arena->open));
	show(m, "marks_released", READ_ONCE(arena->releases));
	show(m, "marks_dropped", READ_ONCE(arena->dropped));
	show(m, "resets", READ_ONCE(arena->resets));
}

static void show_trouble(struct seq_file *m, const struct arena *arena)
{
	static const char *const names[] = {
		[MAGSLAB_ARENA_OUT_OF_ORDER] = "out_of_order",
		[MAGSLAB_ARENA_WRONG_TASK] = "wrong_task",
		[MAGSLAB_ARENA_WRITE_AFTER_RELEASE] = "write_after_release",
		[MAGSLAB_ARENA_BAD_REQUEST] = "bad_requests",
		/* Then it is gone, and so is its file. */
		[MAGSLAB_ARENA_OPEN_MARK] = NULL,
	};
	unsigned int i;

	show(m, "limit_refusals", READ_ONCE(arena->refusals));
	show(m, "failures", READ_ONCE(arena->failures));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i])
			show(m, names[i],
			     magslab_arena_misuses(&arena->front, i));
}

static int arena_show(struct seq_file *m, void *v)
{
	const struct arena *arena = m->private;

	show_bytes(m, arena);
	show_chunks(m, arena);
	show_marks(m, arena);
	show_trouble(m, arena);
	show(m, "zeroed", arena->front.zeroed);
	show(m, "debug", arena_is_debug(arena));
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(arena);

void arena_show_init(struct dentry *root)
{
	arenas_dir = debugfs_create_dir("arenas", root);
}

void arena_show_create(struct arena *arena)
{
	arena->file = debugfs_create_file(arena->name, 0400, arenas_dir, arena,
					  &arena_fops);
}

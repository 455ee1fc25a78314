// SPDX-License-Identifier: GPL-2.0-only
/* Arenas come and go. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc/name.h"
#include "arena/arena.h"
#include "arena/room.h"

/* Protects the list, and so that no name is there twice. */
static DEFINE_MUTEX(arenas_mutex);
static LIST_HEAD(arenas);

static bool args_are_valid(const char *name, size_t chunk, size_t limit,
			   unsigned long flags)
{
	return magslab_name_is_valid(name) && is_power_of_2(chunk) &&
	       chunk >= MAGSLAB_ARENA_MIN_CHUNK &&
	       chunk <= MAGSLAB_ARENA_MAX_CHUNK && (!limit || limit >= chunk) &&
	       !(flags & ~MAGSLAB_ARENA_FLAGS_ALL);
}

static struct arena *arena_new(const char *name, size_t limit,
			       unsigned long flags, gfp_t gfp)
{
	struct arena *arena = kzalloc(sizeof(*arena), GFP_KERNEL);

	if (!arena)
		return NULL;
	arena->front.zeroed = want_init_on_alloc(gfp);
	arena->scrub = arena->front.zeroed || want_init_on_free();
	arena->limit = limit ?: SIZE_MAX;
	arena->flags = flags;
	arena->gfp = gfp;
	arena->owner = current;
	strscpy(arena->name, name, sizeof(arena->name));
	return arena;
}

static struct arena *arenas_find(const char *name)
{
	struct arena *arena;

	list_for_each_entry(arena, &arenas, link)
		if (!strcmp(arena->name, name))
			return arena;
	return NULL;
}

/* Make an arena known. Return: 0, or -EEXIST if its name is taken. */
static int arenas_add(struct arena *arena)
{
	int ret = -EEXIST;

	mutex_lock(&arenas_mutex);
	if (!arenas_find(arena->name)) {
		list_add_tail(&arena->link, &arenas);
		arena_show_create(arena);
		ret = 0;
	}
	mutex_unlock(&arenas_mutex);
	return ret;
}

static void arenas_remove(struct arena *arena)
{
	mutex_lock(&arenas_mutex);
	debugfs_remove(arena->file);
	list_del(&arena->link);
	mutex_unlock(&arenas_mutex);
}

struct magslab_arena *magslab_arena_create(const char *name, size_t chunk,
					   size_t limit, unsigned long flags,
					   gfp_t gfp)
{
	struct arena *arena;
	int ret = -ENOMEM;

	chunk = chunk ?: max(MAGSLAB_ARENA_DEFAULT_CHUNK, PAGE_SIZE);
	if (!args_are_valid(name, chunk, limit, flags))
		return ERR_PTR(-EINVAL);
	arena = arena_new(name, limit, flags, gfp);
	if (!arena)
		return ERR_PTR(-ENOMEM);
	arena->cache = arena_cache_get(chunk);
	if (IS_ERR(arena->cache))
		goto err_arena;
	ret = arenas_add(arena);
	if (ret)
		goto err_arena;
	return &arena->front;

err_arena:
	kfree(arena);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(magslab_arena_create);

/* Whoever destroys it is the last to use it, whosever it was. */
void magslab_arena_destroy(struct magslab_arena *front)
{
	struct arena *arena;

	if (IS_ERR_OR_NULL(front))
		return;
	arena = arena_of(front);
	if (arena->open && !arena->leaving)
		arena_misused(arena, MAGSLAB_ARENA_OPEN_MARK, _RET_IP_);
	magslab_arena_adopt(front);
	if (arena_empty(arena, _RET_IP_))
		return;
	arenas_remove(arena);
	if (arena->chunk)
		arena_pop_chunk(arena);
	arena_drop_spare(arena);
	WARN_ON_ONCE(arena->held);
	kfree(arena);
}
EXPORT_SYMBOL_GPL(magslab_arena_destroy);

int magslab_arenas_init(struct dentry *root)
{
	arena_show_init(root);
	return 0;
}

/* Chunks of an arena that somebody forgot are told of by their cache. */
void magslab_arenas_exit(void)
{
	struct arena *arena;

	list_for_each_entry(arena, &arenas, link)
		pr_err("arena '%s' was never destroyed\n", arena->name);
	arena_caches_exit();
}

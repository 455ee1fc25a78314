// SPDX-License-Identifier: GPL-2.0-only
/* Segments come and go. What they are made of is decided when they come. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "alloc/name.h"
#include "segment/room.h"
#include "segment/segment.h"

/* Protects the list, and so that no name is there twice. */
static DEFINE_MUTEX(segments_mutex);
static LIST_HEAD(segments);

static bool spec_is_valid(const struct magslab_pool_spec *spec)
{
	return magslab_name_is_valid(spec->name) && spec->size &&
	       spec->size <= MAGSLAB_POOL_MAX_SIZE && spec->count &&
	       spec->count <= MAGSLAB_POOL_MAX_COUNT &&
	       (!spec->align ||
		(is_power_of_2(spec->align) && spec->align <= PAGE_SIZE));
}

static bool name_is_new(const struct magslab_pool_spec *specs, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(specs[i].name, specs[nr].name))
			return false;
	return true;
}

static bool args_are_valid(const char *name,
			   const struct magslab_pool_spec *specs,
			   unsigned int nr)
{
	unsigned int i;

	if (!magslab_name_is_valid(name) || !nr ||
	    nr > MAGSLAB_SEGMENT_MAX_POOLS)
		return false;
	for (i = 0; i < nr; i++)
		if (!spec_is_valid(&specs[i]) || !name_is_new(specs, i))
			return false;
	return true;
}

static void segment_free(struct magslab_segment *segment)
{
	while (segment->nr)
		pool_free(segment->pools[--segment->nr]);
	vfree(segment->region);
	kfree(segment);
}

/* Return: 0, -EINVAL if it is too much for one segment, or -ENOMEM. */
static int add_pool(struct magslab_segment *segment,
		    const struct magslab_pool_spec *spec)
{
	struct pool *pool = pool_new(segment, spec);

	if (!pool)
		return -ENOMEM;
	pool->offset = ALIGN(segment->bytes, pool->align);
	/* Neither factor is so large that the product could wrap around. */
	segment->bytes = pool->offset + pool->front.stride * spec->count;
	segment->pools[segment->nr++] = pool;
	return segment->bytes <= MAGSLAB_SEGMENT_MAX_BYTES ? 0 : -EINVAL;
}

static int carve(struct magslab_segment *segment,
		 const struct magslab_pool_spec *specs, unsigned int nr)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = add_pool(segment, &specs[i]);
		if (ret)
			return ret;
	}
	segment->region = vzalloc(segment->bytes);
	if (!segment->region)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		pool_carve(segment->pools[i]);
	return 0;
}

static struct magslab_segment *segments_find(const char *name)
{
	struct magslab_segment *segment;

	list_for_each_entry(segment, &segments, link)
		if (!strcmp(segment->name, name))
			return segment;
	return NULL;
}

/* Make a segment known. Return: 0, or -EEXIST if its name is taken. */
static int segments_add(struct magslab_segment *segment)
{
	int ret = -EEXIST;

	mutex_lock(&segments_mutex);
	if (!segments_find(segment->name)) {
		list_add_tail(&segment->link, &segments);
		segment_show_create(segment);
		ret = 0;
	}
	mutex_unlock(&segments_mutex);
	return ret;
}

static void segments_remove(struct magslab_segment *segment)
{
	mutex_lock(&segments_mutex);
	debugfs_remove(segment->file);
	list_del(&segment->link);
	mutex_unlock(&segments_mutex);
}

/* Valid arguments become a segment. Return: it, or ERR_PTR. */
struct magslab_segment *segment_lay_out(const char *name,
					const struct magslab_pool_spec *specs,
					unsigned int nr, bool fixed)
{
	struct magslab_segment *segment;
	int ret;

	if (!args_are_valid(name, specs, nr))
		return ERR_PTR(-EINVAL);
	segment = kzalloc(struct_size(segment, pools, nr), GFP_KERNEL);
	if (!segment)
		return ERR_PTR(-ENOMEM);
	segment->fixed = fixed;
	strscpy(segment->name, name, sizeof(segment->name));
	ret = carve(segment, specs, nr) ?: segments_add(segment);
	if (!ret)
		return segment;
	segment_free(segment);
	return ERR_PTR(ret);
}

struct magslab_segment *
magslab_segment_create(const char *name, const struct magslab_pool_spec *specs,
		       unsigned int nr)
{
	return segment_lay_out(name, specs, nr, false);
}
EXPORT_SYMBOL_GPL(magslab_segment_create);

/* Return: how many objects are in use, having told of each pool that has any. */
static unsigned long left_behind(struct magslab_segment *segment,
				 unsigned long caller)
{
	struct magslab_pool_figures figures;
	unsigned long live = 0;
	unsigned int i;

	for (i = 0; i < segment->nr; i++) {
		magslab_segment_figures(&segment->pools[i]->front, &figures);
		live += figures.live;
		if (figures.live)
			pool_misused(segment->pools[i], MAGSLAB_SEGMENT_LEAK,
				     caller);
	}
	return live;
}

/* Whoever has one of the objects may go on writing to it. */
static void segment_end(struct magslab_segment *segment, unsigned long caller)
{
	unsigned long live = left_behind(segment, caller);

	segments_remove(segment);
	if (!live) {
		segment_free(segment);
		return;
	}
	pr_err("segment '%s': destroyed with %lu objects live; its memory is lost\n",
	       segment->name, live);
}

void magslab_segment_destroy(struct magslab_segment *segment)
{
	if (IS_ERR_OR_NULL(segment) || WARN_ON_ONCE(segment->fixed))
		return;
	segment_end(segment, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_segment_destroy);

struct magslab_segment *magslab_segment_find(const char *name)
{
	struct magslab_segment *segment;

	mutex_lock(&segments_mutex);
	segment = segments_find(name);
	if (segment && !segment->fixed)
		segment = NULL;
	mutex_unlock(&segments_mutex);
	return segment;
}
EXPORT_SYMBOL_GPL(magslab_segment_find);

struct magslab_pool *magslab_segment_pool(struct magslab_segment *segment,
					  const char *name)
{
	unsigned int i;

	for (i = 0; i < segment->nr; i++)
		if (!strcmp(segment->pools[i]->name, name))
			return &segment->pools[i]->front;
	return NULL;
}
EXPORT_SYMBOL_GPL(magslab_segment_pool);

/*
 * === The room ===
 */

int magslab_segments_init(struct dentry *root)
{
	segment_show_init(root);
	return segment_param_init();
}

void magslab_segments_exit(void)
{
	struct magslab_segment *segment, *next;

	list_for_each_entry_safe(segment, next, &segments, link) {
		if (segment->fixed)
			segment_end(segment, _THIS_IP_);
		else
			pr_err("segment '%s' was never destroyed\n",
			       segment->name);
	}
}

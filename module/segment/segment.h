/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the room: what a segment is made of, and which file does what.
 *
 *	segment.c	segments come and go
 *	pool.c		pools: carving, figures, and what is refused
 *	param.c		the segment that is laid out at load
 *	show.c		debugfs
 */
#ifndef MAGSLAB_SEGMENT_SEGMENT_H
#define MAGSLAB_SEGMENT_SEGMENT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/magslab_segment.h>

struct dentry;

/**
 * struct pool - a pool
 * @segment: its segment
 * @size: bytes of an object, as asked for
 * @align: of an object, in bytes
 * @offset: of its first object in the region
 * @failures: allocations that found it full
 * @misuses: by enum magslab_segment_misuse
 * @name: unique in the segment
 * @front: what code compiled into callers knows, with the links behind it
 */
struct pool {
	struct magslab_segment *segment;
	size_t size;
	size_t align;
	size_t offset;
	atomic_long_t failures;
	atomic_long_t misuses[MAGSLAB_SEGMENT_NR_MISUSES];
	char name[MAGSLAB_NAME_MAX + 1];
	/* Has no member after it: it ends with the links. */
	struct magslab_pool front ____cacheline_aligned_in_smp;
};

/**
 * struct magslab_segment - a segment
 * @region: its memory
 * @bytes: of @region
 * @fixed: there as long as the module
 * @link: in the list of segments
 * @file: in debugfs
 * @name: unique
 * @nr: pools
 * @pools: in the order of @region
 *
 * Constant between creation and destruction, but for the pools' heads and counters.
 */
struct magslab_segment {
	void *region;
	size_t bytes;
	bool fixed;
	struct list_head link;
	struct dentry *file;
	char name[MAGSLAB_NAME_MAX + 1];
	unsigned int nr;
	struct pool *pools[];
};

static inline struct pool *pool_of(const struct magslab_pool *front)
{
	return container_of(front, struct pool, front);
}

/* An object that was never allocated: three takes are counted where others count one. */
#define POOL_FRESH (2 * MAGSLAB_POOL_STEP)

/* pool.c */
struct pool *pool_new(struct magslab_segment *segment,
		      const struct magslab_pool_spec *spec);
void pool_free(struct pool *pool);
void pool_carve(struct pool *pool);
bool pool_is_live(const struct pool *pool, unsigned long index);
bool pool_is_fresh(const struct pool *pool, unsigned long index);
void pool_misused(struct pool *pool, enum magslab_segment_misuse what,
		  unsigned long caller);

/* segment.c */
struct magslab_segment *segment_lay_out(const char *name,
					const struct magslab_pool_spec *specs,
					unsigned int nr, bool fixed);

/* param.c */
int segment_param_init(void);

/* show.c */
void segment_show_init(struct dentry *root);
void segment_show_create(struct magslab_segment *segment);

#endif /* MAGSLAB_SEGMENT_SEGMENT_H */

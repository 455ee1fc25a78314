// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "heap/best_fit.h"
#include "heap/region.h"

#define BEST_FIT_LIVE 1UL

/**
 * struct best_block - a block, free or live
 * @size: bytes of it, this head included; a multiple of %HEAP_ALIGN, plus
 *	%BEST_FIT_LIVE if it is live
 * @before: bytes of the block before it, 0 if it is the first
 * @node: its place in the tree, in the memory of the object that is not there
 */
struct best_block {
	size_t size;
	size_t before;
	struct rb_node node;
};

#define BEST_HEAD offsetof(struct best_block, node)
#define BEST_LEAST ALIGN(sizeof(struct best_block), HEAP_ALIGN)

/**
 * struct best_fit - a heap
 * @lock: protects all that follows
 * @free: free blocks by size, those of one size by address
 * @nr_free: how many
 * @memory: where blocks are; behind the last one is the head of one that is never free
 * @bytes: of it, without that head
 * @locks: times @lock was taken
 */
struct best_fit {
	spinlock_t lock; /* of the tree, the blocks and the counts */
	struct rb_root free;
	size_t nr_free;
	void *memory;
	size_t bytes;
	u64 locks;
};

size_t best_fit_block(size_t size)
{
	return heap_block_size(size, BEST_HEAD, BEST_LEAST);
}
EXPORT_SYMBOL_FOR_TEST(best_fit_block);

static struct best_block *best_after(struct best_block *block)
{
	return (void *)block + (block->size & ~BEST_FIT_LIVE);
}

static bool best_less(const struct best_block *a, const struct best_block *b)
{
	return a->size < b->size || (a->size == b->size && a < b);
}

static void best_insert(struct best_fit *heap, struct best_block *block)
{
	struct rb_node **link = &heap->free.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = best_less(block,
				 rb_entry(parent, struct best_block, node)) ?
			       &parent->rb_left :
			       &parent->rb_right;
	}
	rb_link_node(&block->node, parent, link);
	rb_insert_color(&block->node, &heap->free);
	heap->nr_free++;
}

static void best_remove(struct best_fit *heap, struct best_block *block)
{
	rb_erase(&block->node, &heap->free);
	heap->nr_free--;
}

/* The first block, all of it free, and the one behind the last. */
static void best_lay_out(struct best_fit *heap)
{
	struct best_block *block = heap->memory;

	block->size = heap->bytes;
	best_after(block)->size = BEST_FIT_LIVE;
	best_after(block)->before = heap->bytes;
	best_insert(heap, block);
}

struct best_fit *best_fit_create(size_t bytes)
{
	struct best_fit *heap;

	bytes = ALIGN_DOWN(bytes, HEAP_ALIGN);
	if (bytes < BEST_LEAST || bytes > HEAP_MAX_SIZE)
		return ERR_PTR(-EINVAL);
	heap = kzalloc(sizeof(*heap), GFP_KERNEL);
	if (!heap)
		return ERR_PTR(-ENOMEM);
	heap->memory = vzalloc(bytes + BEST_HEAD);
	if (!heap->memory) {
		kfree(heap);
		return ERR_PTR(-ENOMEM);
	}
	spin_lock_init(&heap->lock);
	heap->free = RB_ROOT;
	heap->bytes = bytes;
	best_lay_out(heap);
	return heap;
}
EXPORT_SYMBOL_FOR_TEST(best_fit_create);

void best_fit_destroy(struct best_fit *heap)
{
	vfree(heap->memory);
	kfree(heap);
}
EXPORT_SYMBOL_FOR_TEST(best_fit_destroy);

/* The smallest block that is large enough, of several the lowest. */
static struct best_block *best_found(struct best_fit *heap, size_t bytes)
{
	struct rb_node *node = heap->free.rb_node;
	struct best_block *best = NULL;

	while (node) {
		struct best_block *block =
			rb_entry(node, struct best_block, node);

		if (block->size < bytes) {
			node = node->rb_right;
		} else {
			best = block;
			node = node->rb_left;
		}
	}
	return best;
}

static void best_take(struct best_fit *heap, struct best_block *block,
		      size_t bytes)
{
	struct best_block *after = best_after(block), *rest;

	best_remove(heap, block);
	if (block->size - bytes >= BEST_LEAST) {
		rest = (void *)block + bytes;
		rest->size = block->size - bytes;
		rest->before = bytes;
		after->before = rest->size;
		best_insert(heap, rest);
		block->size = bytes;
	}
	block->size |= BEST_FIT_LIVE;
}

void *best_fit_alloc(struct best_fit *heap, size_t size, gfp_t gfp)
{
	size_t bytes = best_fit_block(size);
	struct best_block *block;

	if (size > heap->bytes)
		return NULL;
	spin_lock(&heap->lock);
	heap->locks++;
	block = best_found(heap, bytes);
	if (block)
		best_take(heap, block, bytes);
	spin_unlock(&heap->lock);
	if (!block)
		return NULL;
	heap_init_object((void *)block + BEST_HEAD, size, gfp);
	return (void *)block + BEST_HEAD;
}
EXPORT_SYMBOL_FOR_TEST(best_fit_alloc);

/* Make one free block of one that is not in the tree and its free neighbours. */
static void best_put(struct best_fit *heap, struct best_block *block)
{
	struct best_block *after = best_after(block), *before;

	block->size &= ~BEST_FIT_LIVE;
	if (!(after->size & BEST_FIT_LIVE)) {
		best_remove(heap, after);
		block->size += after->size;
	}
	before = (void *)block - block->before;
	if (block->before && !(before->size & BEST_FIT_LIVE)) {
		best_remove(heap, before);
		before->size += block->size;
		block = before;
	}
	best_after(block)->before = block->size;
	best_insert(heap, block);
}

/* Whether its head and that of the block behind it agree. */
static bool best_live(const struct best_fit *heap, void *object)
{
	struct best_block *block = object - BEST_HEAD;
	size_t offset = (void *)block - heap->memory, size;

	if (object < heap->memory + BEST_HEAD || offset >= heap->bytes ||
	    !IS_ALIGNED(offset, HEAP_ALIGN))
		return false;
	size = block->size & ~BEST_FIT_LIVE;
	return block->size & BEST_FIT_LIVE && size >= BEST_LEAST &&
	       size <= heap->bytes - offset && IS_ALIGNED(size, HEAP_ALIGN) &&
	       best_after(block)->before == size;
}

bool best_fit_free(struct best_fit *heap, void *object)
{
	struct best_block *block = object - BEST_HEAD;
	bool live;

	spin_lock(&heap->lock);
	heap->locks++;
	live = best_live(heap, object);
	if (live) {
		heap_clear_object(object,
				  (block->size & ~BEST_FIT_LIVE) - BEST_HEAD);
		best_put(heap, block);
	}
	spin_unlock(&heap->lock);
	return live;
}
EXPORT_SYMBOL_FOR_TEST(best_fit_free);

size_t best_fit_free_blocks(struct best_fit *heap)
{
	size_t nr;

	spin_lock(&heap->lock);
	nr = heap->nr_free;
	spin_unlock(&heap->lock);
	return nr;
}
EXPORT_SYMBOL_FOR_TEST(best_fit_free_blocks);

u64 best_fit_locks(struct best_fit *heap)
{
	u64 locks;

	spin_lock(&heap->lock);
	locks = heap->locks;
	spin_unlock(&heap->lock);
	return locks;
}

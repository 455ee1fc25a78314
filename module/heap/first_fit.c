// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "heap/first_fit.h"
#include "heap/region.h"

/* What the head of a live block has, besides its size: nobody has it by chance. */
#define FIRST_FIT_LIVE 0x6c69766562726963UL

/**
 * struct first_block - a block, free or live
 * @size: bytes of it, this head included
 * @state: %FIRST_FIT_LIVE or 0
 * @free: its place in the list, in the memory of the object that is not there
 */
struct first_block {
	size_t size;
	unsigned long state;
	struct list_head free;
};

#define FIRST_HEAD offsetof(struct first_block, free)

/**
 * struct first_fit - a heap
 * @lock: protects all that follows
 * @free: free blocks by address; no two of them touch
 * @memory: where blocks are
 * @bytes: of it
 * @locks: times @lock was taken
 */
struct first_fit {
	spinlock_t lock; /* of the list, the blocks and the count */
	struct list_head free;
	void *memory;
	size_t bytes;
	u64 locks;
};

size_t first_fit_block(size_t size)
{
	return heap_block_size(size, FIRST_HEAD, sizeof(struct first_block));
}
EXPORT_SYMBOL_FOR_TEST(first_fit_block);

struct first_fit *first_fit_create(size_t bytes)
{
	struct first_fit *heap;
	struct first_block *block;

	bytes = ALIGN_DOWN(bytes, HEAP_ALIGN);
	if (bytes < sizeof(*block) || bytes > HEAP_MAX_SIZE)
		return ERR_PTR(-EINVAL);
	heap = kzalloc(sizeof(*heap), GFP_KERNEL);
	if (!heap)
		return ERR_PTR(-ENOMEM);
	heap->memory = vzalloc(bytes);
	if (!heap->memory) {
		kfree(heap);
		return ERR_PTR(-ENOMEM);
	}
	spin_lock_init(&heap->lock);
	INIT_LIST_HEAD(&heap->free);
	heap->bytes = bytes;
	block = heap->memory;
	block->size = bytes;
	list_add(&block->free, &heap->free);
	return heap;
}
EXPORT_SYMBOL_FOR_TEST(first_fit_create);

void first_fit_destroy(struct first_fit *heap)
{
	vfree(heap->memory);
	kfree(heap);
}
EXPORT_SYMBOL_FOR_TEST(first_fit_destroy);

static struct first_block *first_found(struct first_fit *heap, size_t bytes)
{
	struct first_block *block;

	list_for_each_entry(block, &heap->free, free)
		if (block->size >= bytes)
			return block;
	return NULL;
}

/* Take a free block's beginning; what is left stays in its place in the list. */
static void first_take(struct first_block *block, size_t bytes)
{
	struct first_block *rest = (void *)block + bytes;

	if (block->size - bytes >= sizeof(*rest)) {
		rest->size = block->size - bytes;
		rest->state = 0;
		list_replace(&block->free, &rest->free);
		block->size = bytes;
	} else {
		list_del(&block->free);
	}
	block->state = FIRST_FIT_LIVE;
}

void *first_fit_alloc(struct first_fit *heap, size_t size, gfp_t gfp)
{
	size_t bytes = first_fit_block(size);
	struct first_block *block;

	if (size > heap->bytes)
		return NULL;
	spin_lock(&heap->lock);
	heap->locks++;
	block = first_found(heap, bytes);
	if (block)
		first_take(block, bytes);
	spin_unlock(&heap->lock);
	if (!block)
		return NULL;
	heap_init_object((void *)block + FIRST_HEAD, size, gfp);
	return (void *)block + FIRST_HEAD;
}
EXPORT_SYMBOL_FOR_TEST(first_fit_alloc);

/* Where in the list a block belongs: after the last one that lies below it. */
static struct list_head *first_place(struct first_fit *heap,
				     const struct first_block *block)
{
	struct first_block *other;

	list_for_each_entry(other, &heap->free, free)
		if (other > block)
			return other->free.prev;
	return heap->free.prev;
}

/* Make one block of two that touch. */
static bool first_merge(struct first_block *block, struct first_block *next)
{
	if ((void *)block + block->size != (void *)next)
		return false;
	block->size += next->size;
	list_del(&next->free);
	return true;
}

static void first_put(struct first_fit *heap, struct first_block *block)
{
	struct list_head *before = first_place(heap, block);

	block->state = 0;
	list_add(&block->free, before);
	if (!list_is_last(&block->free, &heap->free))
		first_merge(block, list_next_entry(block, free));
	if (before != &heap->free)
		first_merge(list_entry(before, struct first_block, free),
			    block);
}

static bool first_inside(const struct first_fit *heap, const void *object)
{
	size_t offset = object - heap->memory;

	return object >= heap->memory + FIRST_HEAD && offset < heap->bytes &&
	       IS_ALIGNED(offset, HEAP_ALIGN);
}

bool first_fit_free(struct first_fit *heap, void *object)
{
	struct first_block *block = object - FIRST_HEAD;
	bool live;

	if (!first_inside(heap, object))
		return false;
	spin_lock(&heap->lock);
	heap->locks++;
	live = block->state == FIRST_FIT_LIVE;
	if (live) {
		heap_clear_object(object, block->size - FIRST_HEAD);
		first_put(heap, block);
	}
	spin_unlock(&heap->lock);
	return live;
}
EXPORT_SYMBOL_FOR_TEST(first_fit_free);

size_t first_fit_free_blocks(struct first_fit *heap)
{
	struct list_head *pos;
	size_t nr = 0;

	spin_lock(&heap->lock);
	list_for_each(pos, &heap->free)
		nr++;
	spin_unlock(&heap->lock);
	return nr;
}
EXPORT_SYMBOL_FOR_TEST(first_fit_free_blocks);

u64 first_fit_locks(struct first_fit *heap)
{
	u64 locks;

	spin_lock(&heap->lock);
	locks = heap->locks;
	spin_unlock(&heap->lock);
	return locks;
}

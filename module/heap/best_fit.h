/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Free blocks in a red-black tree, by size; the smallest that is large enough is taken.
 * A block knows the one before it in memory, so that neighbours are merged without a
 * search. Allocation and free cost O(log n) in the number of free blocks. For measuring
 * that, not for use.
 */
#ifndef MAGSLAB_HEAP_BEST_FIT_H
#define MAGSLAB_HEAP_BEST_FIT_H

#include <linux/gfp.h>
#include <linux/types.h>

struct best_fit;

/**
 * best_fit_create - make a heap
 * @bytes: of its memory, block heads included; it never grows
 *
 * Context: Task. May sleep.
 * Return: the heap, or ERR_PTR: -EINVAL if that is too little for one block or more
 * than 1 GiB, -ENOMEM.
 */
struct best_fit *best_fit_create(size_t bytes);

/* All its objects are gone with it. Context: Task. May sleep. */
void best_fit_destroy(struct best_fit *heap);

/* Bytes that an object of @size takes, with its head. */
size_t best_fit_block(size_t size);

/**
 * best_fit_alloc - allocate
 * @heap: a heap
 * @size: bytes
 * @gfp: asked only whether to zero
 *
 * Context: Task. Takes the heap's lock.
 * Return: memory aligned to 16 bytes, or NULL if no free block is large enough.
 */
void *best_fit_alloc(struct best_fit *heap, size_t size, gfp_t gfp);

/**
 * best_fit_free - free
 * @heap: the object's heap
 * @object: from best_fit_alloc()
 *
 * Context: Task. Takes the heap's lock.
 * Return: true, or false if @object is none that is live in this heap, as far as its
 * block's head tells; nothing is done then.
 */
bool best_fit_free(struct best_fit *heap, void *object);

/* Free blocks: the n of O(log n). Context: Task. Takes the heap's lock. */
size_t best_fit_free_blocks(struct best_fit *heap);

/* Times the lock was taken. */
u64 best_fit_locks(struct best_fit *heap);

#endif /* MAGSLAB_HEAP_BEST_FIT_H */

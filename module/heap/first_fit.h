/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The heap of the textbooks: free blocks in a list, in the order of their addresses;
 * the first that is large enough is taken. Allocation and free both walk the list, so
 * each costs O(n) in the number of free blocks. For measuring that, not for use.
 */
#ifndef MAGSLAB_HEAP_FIRST_FIT_H
#define MAGSLAB_HEAP_FIRST_FIT_H

#include <linux/gfp.h>
#include <linux/types.h>

struct first_fit;

/**
 * first_fit_create - make a heap
 * @bytes: of its memory, block heads included; it never grows
 *
 * Context: Task. May sleep.
 * Return: the heap, or ERR_PTR: -EINVAL if that is too little for one block or more
 * than 1 GiB, -ENOMEM.
 */
struct first_fit *first_fit_create(size_t bytes);

/* All its objects are gone with it. Context: Task. May sleep. */
void first_fit_destroy(struct first_fit *heap);

/* Bytes that an object of @size takes, with its head. */
size_t first_fit_block(size_t size);

/**
 * first_fit_alloc - allocate
 * @heap: a heap
 * @size: bytes
 * @gfp: asked only whether to zero
 *
 * Context: Task. Takes the heap's lock.
 * Return: memory aligned to 16 bytes, or NULL if no free block is large enough.
 */
void *first_fit_alloc(struct first_fit *heap, size_t size, gfp_t gfp);

/**
 * first_fit_free - free
 * @heap: the object's heap
 * @object: from first_fit_alloc()
 *
 * Context: Task. Takes the heap's lock.
 * Return: true, or false if @object is none that is live in this heap, as far as its
 * block's head tells; nothing is done then.
 */
bool first_fit_free(struct first_fit *heap, void *object);

/* Free blocks: the n of O(n). Context: Task. Takes the heap's lock. */
size_t first_fit_free_blocks(struct first_fit *heap);

/* Times the lock was taken. */
u64 first_fit_locks(struct first_fit *heap);

#endif /* MAGSLAB_HEAP_FIRST_FIT_H */

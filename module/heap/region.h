/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a teaching heap: one stretch of it, taken when the heap is made. */
#ifndef MAGSLAB_HEAP_REGION_H
#define MAGSLAB_HEAP_REGION_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

/* What blocks are a multiple of, and objects aligned to. */
#define HEAP_ALIGN 16UL
#define HEAP_MAX_SIZE SZ_1G

/* Bytes of a block whose object has @size bytes, and whose head has @head. */
static inline size_t heap_block_size(size_t size, size_t head, size_t least)
{
	return max(ALIGN(size + head, HEAP_ALIGN), least);
}

/* Every object is zeroed before it is used again, where the kernel asks for that. */
static inline void heap_init_object(void *object, size_t size, gfp_t gfp)
{
	if (want_init_on_alloc(gfp))
		memset(object, 0, size);
}

static inline void heap_clear_object(void *object, size_t size)
{
	if (want_init_on_free())
		memset(object, 0, size);
}

#endif /* MAGSLAB_HEAP_REGION_H */

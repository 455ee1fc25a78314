/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmalloc() on magslab, for modules that do not know of it: the part of
 * magslab_kmem.h that -DMAGSLAB_KMEM_KMALLOC asks for.
 *
 * It is for modules that free their memory themselves. Memory that the module
 * allocates and the kernel frees must come from the kernel; and the kernel
 * knows no memory but its own. Documentation/dropin.rst tells how to find out.
 *
 * Not here, and so still from the kernel: kvmalloc(), kasprintf(), kstrdup_const(),
 * memdup_user() and all other functions that allocate in the kernel. Their memory
 * may be freed by the names of magslab_kmem.h, like any.
 */
#ifndef _LINUX_MAGSLAB_KMEM_KMALLOC_H
#define _LINUX_MAGSLAB_KMEM_KMALLOC_H

#include <linux/magslab_kmalloc.h>
#include <linux/magslab_kmem_headers.h>

/* Inline functions there allocate what the kernel frees. */
#include <linux/generic-radix-tree.h>
#include <net/xfrm.h>

static inline void *magslab_kmem_kmalloc_node(size_t size, gfp_t gfp, int nid)
{
	return magslab_kmalloc_node(size, gfp, nid);
}

static inline void *magslab_kmem_kzalloc_node(size_t size, gfp_t gfp, int nid)
{
	return magslab_kmalloc_node(size, gfp | __GFP_ZERO, nid);
}

static inline void *magslab_kmem_array_node(size_t n, size_t size, gfp_t gfp,
					    int nid)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return magslab_kmalloc_node(bytes, gfp, nid);
}

static inline void *magslab_kmem_zeroed_array_node(size_t n, size_t size,
						   gfp_t gfp, int nid)
{
	return magslab_kmem_array_node(n, size, gfp | __GFP_ZERO, nid);
}

static inline void *magslab_kmem_memdup_nul(const char *s, size_t len,
					    gfp_t gfp)
{
	char *copy = magslab_kmalloc(len + 1, gfp);

	if (copy) {
		memcpy(copy, s, len);
		copy[len] = '\0';
	}
	return copy;
}

static inline char *magslab_kmem_strndup(const char *s, size_t max, gfp_t gfp)
{
	return s ? magslab_kmem_memdup_nul(s, strnlen(s, max), gfp) : NULL;
}

static inline char *magslab_kmem_strdup(const char *s, gfp_t gfp)
{
	return s ? magslab_kmem_memdup_nul(s, strlen(s), gfp) : NULL;
}

static inline void *magslab_kmem_memdup_array(const void *src, size_t n,
					      size_t size, gfp_t gfp)
{
	return magslab_kmemdup(src, size_mul(n, size), gfp);
}

/* Mempools of memory by size, which they are given as their data. */
static inline void *magslab_kmem_size_alloc(gfp_t gfp, void *pool_data)
{
	return magslab_kmalloc((size_t)pool_data, gfp);
}

static inline void magslab_kmem_size_free(void *p, void *pool_data)
{
	magslab_kmem_kfree(p);
}

/* Allocated by a macro of a header, and freed by the kernel. */
static inline struct dma_fence_chain *magslab_kmem_fence_chain_alloc(void)
{
	return dma_fence_chain_alloc();
}

#undef dma_fence_chain_alloc
#define dma_fence_chain_alloc magslab_kmem_fence_chain_alloc

#undef kmalloc
#define kmalloc magslab_kmalloc
#undef kmalloc_node
#define kmalloc_node magslab_kmem_kmalloc_node
#undef kmalloc_array
#define kmalloc_array magslab_kmalloc_array
#undef kmalloc_array_node
#define kmalloc_array_node magslab_kmem_array_node
#undef kmalloc_track_caller
#define kmalloc_track_caller magslab_kmalloc
#undef kmalloc_node_track_caller
#define kmalloc_node_track_caller magslab_kmem_kmalloc_node
#define kmalloc_size_roundup magslab_kmalloc_size_roundup

#undef kzalloc
#define kzalloc magslab_kzalloc
#undef kzalloc_node
#define kzalloc_node magslab_kmem_kzalloc_node
#undef kcalloc
#define kcalloc magslab_kcalloc
#undef kcalloc_node
#define kcalloc_node magslab_kmem_zeroed_array_node

#undef krealloc
#define krealloc magslab_kmem_krealloc
#undef krealloc_array
#define krealloc_array magslab_kmem_krealloc_array

#undef kmemdup
#define kmemdup magslab_kmemdup
#undef kmemdup_array
#define kmemdup_array magslab_kmem_memdup_array
#undef kmemdup_nul
#define kmemdup_nul magslab_kmem_memdup_nul
#undef kstrdup
#define kstrdup magslab_kmem_strdup
#undef kstrndup
#define kstrndup magslab_kmem_strndup

#define mempool_kmalloc magslab_kmem_size_alloc
#define mempool_kfree magslab_kmem_size_free
#undef mempool_init_kmalloc_pool
#define mempool_init_kmalloc_pool(pool, min_nr, size)              \
	mempool_init(pool, min_nr, mempool_kmalloc, mempool_kfree, \
		     (void *)(unsigned long)(size))
#undef mempool_create_kmalloc_pool
#define mempool_create_kmalloc_pool(min_nr, size)              \
	mempool_create(min_nr, mempool_kmalloc, mempool_kfree, \
		       (void *)(unsigned long)(size))

/* It would free memory of magslab in the kernel. */
#undef kvrealloc
#pragma GCC poison kvrealloc

#endif /* _LINUX_MAGSLAB_KMEM_KMALLOC_H */

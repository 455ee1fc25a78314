/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches the running kernel's own allocators: kmem_cache_alloc(), kmalloc() and
 * what frees, through the tracepoints that the kernel exports.
 *
 * Calls for many objects at once, kmem_cache_alloc_bulk() and kfree_bulk() (which
 * kfree_rcu() ends in), pass by none of them. So an object may come from nowhere,
 * and one that is allocated again was freed without being seen.
 */
#ifndef MAGSLAB_OBSERVE_OBSERVE_H
#define MAGSLAB_OBSERVE_OBSERVE_H

#include <linux/gfp.h>
#include <linux/types.h>

struct kmem_cache;

/**
 * struct observed - an allocation that was made, or a free that is about to be
 * @site: the instruction after the call
 * @object: address, never NULL and never that of an object of no bytes
 * @cache: of kmem_cache_alloc() and kmem_cache_free(), NULL for kmalloc() and kfree()
 * @bytes: that were asked for; 0 for a free
 * @gfp: flags of the call; 0 for a free
 */
struct observed {
	unsigned long site;
	const void *object;
	const struct kmem_cache *cache;
	size_t bytes;
	gfp_t gfp;
};

/**
 * struct observer - somebody who is told
 * @alloc: told of each allocation, before its caller knows the address
 * @free: told of each free, while the object is still allocated
 *
 * So of one address all that is told is in the order in which it happened. Both are
 * called in any context, NMIs too, with preemption disabled, and must allocate
 * nothing: they would be told of it.
 */
struct observer {
	void (*alloc)(struct observer *observer, const struct observed *what);
	void (*free)(struct observer *observer, const struct observed *what);
};

void magslab_observe_init(void);

int observe_start(struct observer *observer);
void observe_stop(struct observer *observer);

#endif /* MAGSLAB_OBSERVE_OBSERVE_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back-end of somebody else's for the benchmark, to begin with for one of
 * your own: the simplest allocator that can be used again and again, a list of
 * free objects under a lock, before kmalloc. It needs no more of magslab than
 * linux/magslab_bench.h.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <linux/magslab_bench.h>

static char *name = "sample";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "of the back-end");

static unsigned int max_size = PAGE_SIZE;
module_param(max_size, uint, 0444);
MODULE_PARM_DESC(max_size, "largest object, in bytes");

/**
 * struct sample - the allocator of one run
 * @lock: protects all but @size
 * @free: newest free object, whose first word is the next one's address
 * @size: object size, in bytes
 * @held: bytes that kmalloc gave, and has not been given back
 * @locked: times @lock was taken
 */
struct sample {
	spinlock_t lock; /* of the list and the counts */
	void **free;
	size_t size;
	size_t held;
	u64 locked;
};

static void *sample_grow(struct sample *sample, gfp_t gfp)
{
	void *object = kmalloc(sample->size, gfp);

	if (!object)
		return NULL;
	spin_lock(&sample->lock);
	sample->locked++;
	sample->held += ksize(object);
	spin_unlock(&sample->lock);
	return object;
}

/*
 * What the kernel promises of every object, to be zeroed before it is used
 * again, is part of what an allocator costs.
 */
static void *sample_alloc(struct sample *sample, gfp_t gfp)
{
	void **object;

	spin_lock(&sample->lock);
	sample->locked++;
	object = sample->free;
	if (object)
		sample->free = *object;
	spin_unlock(&sample->lock);
	if (!object)
		return sample_grow(sample, gfp);
	if (want_init_on_alloc(gfp))
		memset(object, 0, sample->size);
	return object;
}

static void sample_free(struct sample *sample, void **object)
{
	if (want_init_on_free())
		memset(object, 0, sample->size);
	spin_lock(&sample->lock);
	sample->locked++;
	*object = sample->free;
	sample->free = object;
	spin_unlock(&sample->lock);
}

/*
 * The loops, with the allocator's functions in them
 */

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return sample_alloc(ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	sample_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

/*
 * Before, after and between them
 */

static void *backend_create(const struct magslab_bench_params *params)
{
	struct sample *sample = kzalloc(sizeof(*sample), GFP_KERNEL);

	if (!sample)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&sample->lock);
	sample->size = params->size;
	return sample;
}

static void backend_give_back(void *ctx)
{
	struct sample *sample = ctx;
	void **object, **next;

	spin_lock(&sample->lock);
	sample->locked++;
	object = sample->free;
	sample->free = NULL;
	spin_unlock(&sample->lock);
	for (; object; object = next) {
		next = *object;
		spin_lock(&sample->lock);
		sample->locked++;
		sample->held -= ksize(object);
		spin_unlock(&sample->lock);
		kfree(object);
		cond_resched();
	}
}

static void backend_destroy(void *ctx)
{
	backend_give_back(ctx);
	kfree(ctx);
}

/* Whoever only looks is not counted. */
static size_t backend_held(void *ctx, size_t live)
{
	struct sample *sample = ctx;
	size_t held;

	spin_lock(&sample->lock);
	held = sample->held;
	spin_unlock(&sample->lock);
	return held;
}

static u64 backend_locks(void *ctx)
{
	struct sample *sample = ctx;
	u64 locked;

	spin_lock(&sample->lock);
	locked = sample->locked;
	spin_unlock(&sample->lock);
	return locked;
}

static struct magslab_bench_backend backend = {
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_MEMORY,
	.min_size = sizeof(void *),
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.give_back = backend_give_back,
	.held = backend_held,
	.locks = backend_locks,
};

static int __init magslab_sample_mod_init(void)
{
	backend.name = name;
	backend.max_size = max_size;
	return magslab_bench_register(&backend);
}

static void __exit magslab_sample_mod_exit(void)
{
	magslab_bench_unregister(&backend);
}

module_init(magslab_sample_mod_init);
module_exit(magslab_sample_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Sample of a back-end for magslab's benchmark");
MODULE_LICENSE("GPL");

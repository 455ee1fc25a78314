// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rung of the ladder that hands out what has been free for longest, where magslab
 * hands out what was freed last.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "caches.h"
#include "engine.h"
#include "ladder/queue.h"

static void *fifo_create(const struct magslab_bench_params *params)
{
	struct magslab_cache *cache = bench_cache_create(params, 0);

	return IS_ERR(cache) ? (void *)cache : ladder_queue_create(cache);
}

static void fifo_destroy(void *ctx)
{
	ladder_queue_destroy(ctx);
}

static void fifo_give_back(void *ctx)
{
	ladder_queue_give_back(ctx);
}

static size_t fifo_held(void *ctx, size_t live)
{
	struct ladder_queue *queue = ctx;

	return bench_cache_held(queue->cache, live);
}

static u64 fifo_locks(void *ctx)
{
	struct ladder_queue *queue = ctx;

	return ladder_queue_locks(queue) + bench_cache_locks(queue->cache);
}

static __always_inline void *fifo_alloc_one(void *ctx, gfp_t gfp)
{
	return ladder_queue_alloc(ctx, gfp);
}

static __always_inline void fifo_free_one(void *ctx, void *object)
{
	ladder_queue_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(fifo)

struct magslab_bench_backend bench_ladder_fifo = {
	.name = "ladder-fifo",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY,
	.min_size = MAGSLAB_MIN_SIZE,
	.max_size = MAGSLAB_MAX_SIZE,
	.create = fifo_create,
	.destroy = fifo_destroy,
	MAGSLAB_BENCH_LOOPS(fifo),
	.give_back = fifo_give_back,
	.held = fifo_held,
	.locks = fifo_locks,
};

/* SPDX-License-Identifier: GPL-2.0-only */
/* Back-ends of rungs of the ladder, see ladder/rung.h: one macro makes one. */
#ifndef MAGSLAB_BENCH_RUNGS_H
#define MAGSLAB_BENCH_RUNGS_H

#include <linux/module.h>

#include "caches.h"
#include "engine.h"
#include "ladder/rung.h"

/**
 * rung_create - make the cache of a rung
 * @params: as for every back-end
 * @capacity: rounds of its magazines, for objects that lie so many bytes apart; or
 *	NULL for magslab's own, which grow where CPUs fight for the depot
 *
 * Context: Task. May sleep.
 * Return: the cache or an ERR_PTR.
 */
void *rung_create(const struct magslab_bench_params *params,
		  unsigned int (*capacity)(unsigned int stride));

/**
 * RUNG() - define a back-end
 * @prefix: of all that is defined for it; it is bench_ladder_@prefix
 * @_name: of the back-end
 * @_capacity: as for rung_create()
 * @...: members of struct ladder_rung
 *
 * Where its guard does not do, as for a task alone, it has no objects, and frees are
 * magslab's.
 */
#define RUNG(prefix, _name, _capacity, ...)                                    \
	static const struct ladder_rung prefix##_rung = { __VA_ARGS__ };       \
	static noinline void *prefix##_alloc_miss(struct magslab_cache *cache, \
						  gfp_t gfp,                   \
						  struct ladder_pass pass)     \
	{                                                                      \
		return ladder_alloc_miss(&prefix##_rung, cache, gfp, pass);    \
	}                                                                      \
	static noinline void prefix##_free_miss(struct magslab_cache *cache,   \
						void *object,                  \
						struct ladder_pass pass)       \
	{                                                                      \
		ladder_free_miss(&prefix##_rung, cache, object, pass);         \
	}                                                                      \
	static __always_inline void *prefix##_alloc_one(void *ctx, gfp_t gfp)  \
	{                                                                      \
		return ladder_alloc(&prefix##_rung, ctx, gfp,                  \
				    prefix##_alloc_miss);                      \
	}                                                                      \
	static __always_inline void prefix##_free_one(void *ctx, void *object) \
	{                                                                      \
		ladder_free(&prefix##_rung, ctx, object, prefix##_free_miss);  \
	}                                                                      \
	MAGSLAB_BENCH_DEFINE_LOOPS(prefix)                                     \
	static size_t prefix##_pair_here(void *ctx, gfp_t gfp, size_t nr)      \
	{                                                                      \
		return ladder_fits(&prefix##_rung) ?                           \
			       prefix##_pair(ctx, gfp, nr) :                   \
			       0;                                              \
	}                                                                      \
	static size_t prefix##_alloc_here(void *ctx, gfp_t gfp,                \
					  void **objects, size_t nr)           \
	{                                                                      \
		return ladder_fits(&prefix##_rung) ?                           \
			       prefix##_alloc(ctx, gfp, objects, nr) :         \
			       0;                                              \
	}                                                                      \
	static void prefix##_free_here(void *ctx, void **objects, size_t nr)   \
	{                                                                      \
		if (ladder_fits(&prefix##_rung))                               \
			prefix##_free(ctx, objects, nr);                       \
		else                                                           \
			magslab_free_bulk(ctx, nr, objects);                   \
	}                                                                      \
	static void *prefix##_create(                                          \
		const struct magslab_bench_params *params)                     \
	{                                                                      \
		return rung_create(params, _capacity);                         \
	}                                                                      \
	struct magslab_bench_backend bench_ladder_##prefix = {                 \
		.name = _name,                                                 \
		.owner = THIS_MODULE,                                          \
		.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY,         \
		.min_size = MAGSLAB_MIN_SIZE,                                  \
		.max_size = MAGSLAB_MAX_SIZE,                                  \
		.create = prefix##_create,                                     \
		.destroy = bench_cache_destroy,                                \
		.pair = prefix##_pair_here,                                    \
		.alloc = prefix##_alloc_here,                                  \
		.free = prefix##_free_here,                                    \
		.give_back = bench_cache_give_back,                            \
		.held = bench_cache_held,                                      \
		.locks = bench_cache_locks,                                    \
		.exchanges = bench_cache_exchanges,                            \
	}

#endif /* MAGSLAB_BENCH_RUNGS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What back-ends have in common whose context is a cache of magslab's. */
#ifndef MAGSLAB_BENCH_CACHES_H
#define MAGSLAB_BENCH_CACHES_H

#include <linux/magslab_bench.h>
#include <linux/types.h>

struct magslab_cache;

/* Calls of struct magslab_bench_backend, but for the flags: MAGSLAB_*. */
struct magslab_cache *
bench_cache_create(const struct magslab_bench_params *params,
		   unsigned long flags);
void bench_cache_destroy(void *ctx);
void bench_cache_give_back(void *ctx);
size_t bench_cache_held(void *ctx, size_t live);
u64 bench_cache_locks(void *ctx);
u64 bench_cache_exchanges(void *ctx);

#endif /* MAGSLAB_BENCH_CACHES_H */

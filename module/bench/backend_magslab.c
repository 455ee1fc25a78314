// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab itself, by its public API, and in each of its safety modes to tell what
 * that costs. Only its locks are counted elsewhere.
 */
#include <linux/kernel.h>
#include <linux/magslab.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "alloc/census.h"
#include "caches.h"
#include "engine.h"

struct magslab_cache *
bench_cache_create(const struct magslab_bench_params *params,
		   unsigned long flags)
{
	static atomic_t serial;
	char name[MAGSLAB_NAME_MAX + 1];

	/* Two lanes of one run may be magslab; cache names are unique. */
	snprintf(name, sizeof(name), "bench-%u", atomic_inc_return(&serial));
	if (!params->packed)
		flags |= MAGSLAB_HWCACHE_ALIGN;
	return magslab_cache_create(name, params->size, 0, flags, NULL);
}

void bench_cache_destroy(void *ctx)
{
	magslab_cache_destroy(ctx);
}

void bench_cache_give_back(void *ctx)
{
	magslab_cache_shrink(ctx);
}

size_t bench_cache_held(void *ctx, size_t live)
{
	return magslab_cache_pages(ctx) << PAGE_SHIFT;
}

u64 bench_cache_locks(void *ctx)
{
	struct magslab_census census;

	magslab_census_take(ctx, &census);
	return census.depot_locks + census.slab_locks;
}

/* Each lock of a depot is taken for a magazine. */
u64 bench_cache_exchanges(void *ctx)
{
	struct magslab_census census;

	magslab_census_take(ctx, &census);
	return census.depot_locks;
}

#define CREATE(mode, flags)                                                   \
	static void *mode##_create(const struct magslab_bench_params *params) \
	{                                                                     \
		return bench_cache_create(params, flags);                     \
	}

CREATE(plain, 0)
CREATE(hardened, MAGSLAB_HARDENED)
CREATE(debug, MAGSLAB_DEBUG)
CREATE(quarantine, MAGSLAB_QUARANTINE)
CREATE(guarded, MAGSLAB_GUARD)

static size_t backend_alloc_bulk(void *ctx, gfp_t gfp, void **objects,
				 size_t nr)
{
	return magslab_alloc_bulk(ctx, gfp, nr, objects);
}

static void backend_free_bulk(void *ctx, void **objects, size_t nr)
{
	magslab_free_bulk(ctx, nr, objects);
}

/* From the previous magazine on; what the loaded one serves is not counted. */
static void backend_paths(void *ctx, bool frees,
			  u64 counts[MAGSLAB_BENCH_PATHS])
{
	struct magslab_cpu_census census;
	const unsigned long *by;
	unsigned int i;

	magslab_census_take_cpu(ctx, raw_smp_processor_id(), &census);
	by = frees ? census.frees_by : census.allocs_by;
	for (i = MAGSLAB_LAYER_PREVIOUS; i < MAGSLAB_NR_LAYERS; i++)
		counts[i - MAGSLAB_LAYER_LOADED] = by[i];
}

/* Of a call that the loaded magazine answers, as all but few do. */
static void plain_touches(void *ctx, gfp_t gfp, const void *object, bool freed,
			  struct magslab_bench_lines *lines)
{
	const struct magslab_face *face = __magslab_face(ctx);
	const struct magslab_front *front = raw_cpu_ptr(face->front);

	magslab_bench_touch(lines, face, sizeof(*face));
	magslab_bench_touch(lines, front, sizeof(*front));
	magslab_bench_touch(lines, front->top - freed, sizeof(*front->top));
	if (freed ? want_init_on_free() : want_init_on_alloc(gfp))
		magslab_bench_touch(lines, object, face->zero_size);
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return magslab_alloc(ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	magslab_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

static void *prefill_open(void *ctx, gfp_t gfp, size_t nr)
{
	return magslab_prefill(ctx, gfp, nr);
}

static bool prefill_refill(void *set, gfp_t gfp, size_t nr)
{
	return !magslab_prefill_refill(set, gfp, nr);
}

static __always_inline void *prefill_alloc_one(void *set, gfp_t gfp)
{
	return magslab_prefill_alloc(set, gfp);
}

static size_t prefill_alloc(void *set, gfp_t gfp, void **objects, size_t nr)
{
	return magslab_bench_allocs(set, gfp, objects, nr, prefill_alloc_one);
}

static void prefill_close(void *set)
{
	magslab_prefill_return(set);
}

static const struct magslab_bench_prefill prefill = {
	.open = prefill_open,
	.refill = prefill_refill,
	.alloc = prefill_alloc,
	.close = prefill_close,
};

#define BACKEND(_name, _flags, _create, _touches)                             \
	{                                                                     \
		.name = _name, .owner = THIS_MODULE,                          \
		.flags = MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_ZEROES |        \
			 (_flags),                                            \
		.min_size = MAGSLAB_MIN_SIZE, .max_size = MAGSLAB_MAX_SIZE,   \
		.create = _create, .destroy = bench_cache_destroy,            \
		MAGSLAB_BENCH_LOOPS(backend),                                 \
		.alloc_bulk = backend_alloc_bulk,                             \
		.free_bulk = backend_free_bulk,                               \
		.give_back = bench_cache_give_back, .held = bench_cache_held, \
		.locks = bench_cache_locks,                                   \
		.exchanges = bench_cache_exchanges,                           \
		.contexts = BENCH_ALL_CONTEXTS,                               \
		.bulk_contexts = BENCH_ALL_CONTEXTS, .prefill = &prefill,     \
		.path_names = { "loaded", "previous", "depot",                \
				"slab",	  "grow",     "reserve" },            \
		.paths = backend_paths, .touches = _touches,                  \
	}

#define BACKEND_BY_NAME(_name, _create) \
	BACKEND(_name, MAGSLAB_BENCH_BY_NAME, _create, NULL)

struct magslab_bench_backend bench_backend_magslab =
	BACKEND("magslab", 0, plain_create, plain_touches);
struct magslab_bench_backend bench_backend_magslab_hardened =
	BACKEND("magslab-hardened", 0, hardened_create, NULL);
struct magslab_bench_backend bench_backend_magslab_debug =
	BACKEND_BY_NAME("magslab-debug", debug_create);
struct magslab_bench_backend bench_backend_magslab_quarantine =
	BACKEND_BY_NAME("magslab-quarantine", quarantine_create);
struct magslab_bench_backend bench_backend_magslab_guard =
	BACKEND_BY_NAME("magslab-guard", guarded_create);

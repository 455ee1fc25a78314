// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back-ends whose cost is known: the loop around nothing, with so many
 * instructions more for each allocation. What a benchmark reads of them on a
 * clock that counts instructions tells whether it may be believed. One is slow at each
 * 500th allocation only, and tells whether a tail is seen.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/stringify.h>

#include <linux/magslab_bench.h>

#include "several.h"

/* Any address will do for an object that is never looked at. */
static void *known_create(const struct magslab_bench_params *params)
{
	return THIS_MODULE;
}

static void known_destroy(void *ctx)
{
}

static size_t known_footprint(size_t size)
{
	return 0;
}

#define KNOWN(nr)                                                          \
	static __always_inline void *known_##nr##_alloc_one(void *ctx,     \
							    gfp_t gfp)     \
	{                                                                  \
		asm volatile(".rept " __stringify(nr) "\n\tnop\n\t.endr"); \
		return ctx;                                                \
	}                                                                  \
	static __always_inline void known_##nr##_free_one(void *ctx,       \
							  void *object)    \
	{                                                                  \
	}                                                                  \
	MAGSLAB_BENCH_DEFINE_LOOPS(known_##nr)

KNOWN(0)
KNOWN(1)
KNOWN(5)
KNOWN(50)

#define RARE_EVERY 500

static unsigned int rare_calls;

static __always_inline void *known_rare_alloc_one(void *ctx, gfp_t gfp)
{
	if (++rare_calls % RARE_EVERY == 0)
		asm volatile(".rept 10000\n\tnop\n\t.endr");
	return ctx;
}

static __always_inline void known_rare_free_one(void *ctx, void *object)
{
}

MAGSLAB_BENCH_DEFINE_LOOPS(known_rare)

#define KNOWN_BACKEND(nr)                                                     \
	{                                                                     \
		.name = "known-" __stringify(nr), .owner = THIS_MODULE,       \
		.min_size = 1, .max_size = PAGE_SIZE, .create = known_create, \
		.destroy = known_destroy, .footprint = known_footprint,       \
		MAGSLAB_BENCH_LOOPS(known_##nr),                              \
	}

static struct magslab_bench_backend backends[] = {
	KNOWN_BACKEND(0),  KNOWN_BACKEND(1),	KNOWN_BACKEND(5),
	KNOWN_BACKEND(50), KNOWN_BACKEND(rare),
};

static int __init known_init(void)
{
	return several_register(backends, ARRAY_SIZE(backends));
}
module_init(known_init);

static void __exit known_exit(void)
{
	several_unregister(backends, ARRAY_SIZE(backends));
}
module_exit(known_exit);

MODULE_DESCRIPTION("Back-ends of known cost");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab twice, by the same machine code: as it is, and slower by a share that
 * is measured out when this is loaded. What a duel should find is known.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <linux/magslab.h>
#include <linux/magslab_bench.h>

/* As the workload pair does it: so many operations to a call. */
#define OPS 4096
#define CALLS 16
#define TRIES 201
#define OBJECT_SIZE 64

static unsigned int permille = 30;
module_param(permille, uint, 0444);
MODULE_PARM_DESC(permille, "by which pairs are slower, in thousandths");

/* Turns of the empty loop per 65536 operations; what makes it slower. */
static u64 spins;

struct slowed {
	struct magslab_cache *cache;
	u64 spins;
};

static __always_inline void *inner_alloc_one(void *ctx, gfp_t gfp)
{
	return magslab_alloc(ctx, gfp);
}

static __always_inline void inner_free_one(void *ctx, void *object)
{
	magslab_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(inner)

static noinline void spin(u64 turns)
{
	while (turns--)
		barrier();
}

static size_t slowed_pair(void *ctx, gfp_t gfp, size_t nr)
{
	struct slowed *slowed = ctx;
	size_t done = inner_pair(slowed->cache, gfp, nr);

	spin(done * slowed->spins >> 16);
	return done;
}

/* Half of a pair's share each. */
static size_t slowed_alloc(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	struct slowed *slowed = ctx;
	size_t done = inner_alloc(slowed->cache, gfp, objects, nr);

	spin(done * slowed->spins >> 17);
	return done;
}

static void slowed_free(void *ctx, void **objects, size_t nr)
{
	struct slowed *slowed = ctx;

	inner_free(slowed->cache, objects, nr);
	spin(nr * slowed->spins >> 17);
}

static struct slowed *create(size_t size, u64 turns)
{
	static atomic_t serial;
	struct slowed *slowed;
	char name[24];

	slowed = kzalloc(sizeof(*slowed), GFP_KERNEL);
	if (!slowed)
		return ERR_PTR(-ENOMEM);
	snprintf(name, sizeof(name), "slowed-%u", atomic_inc_return(&serial));
	slowed->cache = magslab_cache_create(name, size, 0,
					     MAGSLAB_HWCACHE_ALIGN, NULL);
	slowed->spins = turns;
	if (IS_ERR(slowed->cache)) {
		void *error = slowed->cache;

		kfree(slowed);
		return error;
	}
	return slowed;
}

static void *even_create(const struct magslab_bench_params *params)
{
	return create(params->size, 0);
}

static void *slowed_create(const struct magslab_bench_params *params)
{
	return create(params->size, spins);
}

static void slowed_destroy(void *ctx)
{
	struct slowed *slowed = ctx;

	magslab_cache_destroy(slowed->cache);
	kfree(slowed);
}

#define BACKEND(_name, _create)                                             \
	{                                                                   \
		.name = _name, .owner = THIS_MODULE,                        \
		.min_size = MAGSLAB_MIN_SIZE, .max_size = MAGSLAB_MAX_SIZE, \
		.create = _create, .destroy = slowed_destroy,               \
		MAGSLAB_BENCH_LOOPS(slowed),                                \
	}

static struct magslab_bench_backend even = BACKEND("even", even_create);
static struct magslab_bench_backend slowed = BACKEND("slowed", slowed_create);

static u64 time_pairs(struct slowed *slowed, u64 turns)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	slowed->spins = turns;
	for (i = 0; i < CALLS; i++)
		slowed_pair(slowed, GFP_KERNEL, OPS);
	return ktime_get_ns() - start;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a;
	u64 y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static u64 median(u64 *values)
{
	sort(values, TRIES, sizeof(*values), compare, NULL);
	return values[TRIES / 2];
}

/* By turns, so that what happens beside it happens to both. */
static void measure(struct slowed *slowed, u64 *plain, u64 *slower)
{
	static u64 without[TRIES], with[TRIES];
	unsigned int try;

	for (try = 0; try < TRIES; try++) {
		without[try] = time_pairs(slowed, 0);
		with[try] = time_pairs(slowed, spins);
		cond_resched();
	}
	*plain = median(without);
	*slower = median(with);
}

/*
 * Begins with a guess, of a turn for 10 operations. Not known to be what it
 * should be, it would prove nothing.
 */
static int find_spins(struct slowed *slowed)
{
	u64 plain, slower, found = 0;
	unsigned int try;

	spins = 65536 / 10;
	for (try = 0; try < 8; try++) {
		measure(slowed, &plain, &slower);
		found = slower > plain ?
				div64_u64((slower - plain) * 10000, plain) :
				1;
		if (try && found + 10 >= permille * 10 &&
		    found <= permille * 10 + 10)
			break;
		spins = div64_u64(spins * permille * 10, max(found, 1ULL));
	}
	pr_info("pairs of %llu ps take %llu ten-thousandths more, wanted %u\n",
		div64_u64(plain * 1000, OPS * CALLS), found, permille * 10);
	return try < 8 ? 0 : -ERANGE;
}

static int calibrate(void)
{
	struct slowed *slowed = create(OBJECT_SIZE, 0);
	int ret;

	if (IS_ERR(slowed))
		return PTR_ERR(slowed);
	ret = find_spins(slowed);
	slowed_destroy(slowed);
	return ret;
}

static int __init magslab_slowed_mod_init(void)
{
	int ret;

	ret = calibrate();
	if (ret)
		return ret;
	ret = magslab_bench_register(&even);
	if (ret)
		return ret;
	ret = magslab_bench_register(&slowed);
	if (ret)
		magslab_bench_unregister(&even);
	return ret;
}

static void __exit magslab_slowed_mod_exit(void)
{
	magslab_bench_unregister(&slowed);
	magslab_bench_unregister(&even);
}

module_init(magslab_slowed_mod_init);
module_exit(magslab_slowed_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("magslab slowed by a known share, to be found out");
MODULE_LICENSE("GPL");

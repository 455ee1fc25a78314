// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rungs of the ladder, and magslab in the shape of sheaves: each is an allocator
 * that loses nothing, and has the one element that its name says.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "alloc/depot.h"
#include "alloc/tap.h"
#include "bench/engine.h"
#include "stay.h"

/* More than a CPU's magazines and a barn have, no multiple of either. */
#define SOME 3001
#define SIZE 64

struct subject {
	const char *name;
	/* Of its magazines, for objects of SIZE bytes; 0 if that is magslab's. */
	unsigned int capacity;
	bool tasks_only;
	bool fifo;
	/* Full magazines that may be in its depot, or -1 if as many as come. */
	long most_full;
};

static const struct subject subjects[] = {
	{ "ladder-base", .most_full = -1 },
	{ "ladder-bh", .most_full = -1, .tasks_only = true },
	{ "ladder-irqsave", .most_full = -1 },
	{ "ladder-irq", .most_full = -1, .tasks_only = true },
	{ "ladder-local-lock", .most_full = -1, .tasks_only = true },
	{ "ladder-spinlock", .most_full = -1 },
	{ "ladder-no-depot", .most_full = 0 },
	{ "ladder-sorted", .most_full = -1 },
	{ "ladder-fifo", .most_full = 0, .fifo = true },
	{ "ladder-rounds-6", .most_full = -1, .capacity = 6 },
	{ "ladder-rounds-14", .most_full = -1, .capacity = 14 },
	{ "ladder-rounds-30", .most_full = -1, .capacity = 30 },
	{ "ladder-rounds-62", .most_full = -1, .capacity = 62 },
	{ "ladder-rounds-254", .most_full = -1, .capacity = 254 },
	{ "ladder-UNSAFE-unzeroed", .most_full = -1 },
	{ "ladder-uncounted", .most_full = -1 },
	{ "ladder-counted-twice", .most_full = -1 },
	{ "magslab-sheaf", .most_full = 10, .capacity = 60 },
};

static void subject_name(const struct subject *subject, char *name)
{
	strscpy(name, subject->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(subject, subjects, subject_name);

struct ladder_test {
	struct magslab_bench_backend *backend;
	void *ctx;
	void *objects[SOME];
};

static const struct subject *subject_of(struct kunit *test)
{
	return test->param_value;
}

static struct magslab_bench_backend *find(const char *name)
{
	struct magslab_backend_info info = {};

	for (; !bench_backend_info(&info); info.index++)
		if (!strcmp(info.name, name))
			return bench_backend_get(info.id);
	return NULL;
}

static void *create(struct magslab_bench_backend *backend, size_t size)
{
	struct magslab_bench_params params = {
		.size = size,
		.count = SOME,
		.cpus = 1,
		.gfp = GFP_KERNEL,
	};

	return backend->create(&params);
}

/* Those that take a kernel which is not PREEMPT_RT may be missing. */
static struct ladder_test *begin(struct kunit *test)
{
	struct ladder_test *t;

	stay_on_this_cpu();
	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->backend = find(subject_of(test)->name);
	if (!t->backend)
		return NULL;
	t->ctx = create(t->backend, SIZE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->ctx));
	return t;
}

static void ladder_exit(struct kunit *test)
{
	struct ladder_test *t = test->priv;

	if (!t || !t->backend)
		return;
	if (!IS_ERR_OR_NULL(t->ctx))
		t->backend->destroy(t->ctx);
	bench_backend_put(t->backend);
}

#define BEGIN(test, t)                                                 \
	do {                                                           \
		(t) = begin(test);                                     \
		if (!(t))                                              \
			kunit_skip(test, "not built for this kernel"); \
	} while (0)

static void take(struct kunit *test, void **objects, size_t nr)
{
	struct ladder_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, nr,
			t->backend->alloc(t->ctx, GFP_KERNEL, objects, nr));
}

static void put(struct kunit *test, void **objects, size_t nr)
{
	struct ladder_test *t = test->priv;

	t->backend->free(t->ctx, objects, nr);
}

/*
 * === Nothing is lost ===
 */

/* Its memory is its user's, and no other's. */
static void stamp(struct kunit *test, void **object)
{
	memset(*object, (unsigned long)object >> 3 & 0xff, SIZE);
	*(void **)*object = object;
}

static void check(struct kunit *test, void **object)
{
	u8 *bytes = *object;

	KUNIT_EXPECT_PTR_EQ(test, *(void **)bytes, (void *)object);
	KUNIT_EXPECT_NULL(test, memchr_inv(bytes + sizeof(void *),
					   (unsigned long)object >> 3 & 0xff,
					   SIZE - sizeof(void *)));
}

static void renew(struct kunit *test, void **objects, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (objects[i]) {
			check(test, &objects[i]);
			put(test, &objects[i], 1);
		}
	take(test, objects, nr);
	for (i = 0; i < nr; i++)
		stamp(test, &objects[i]);
}

static void nothing_overlaps(struct kunit *test)
{
	struct rnd_state random;
	struct ladder_test *t;
	size_t nr, at, i;

	BEGIN(test, t);
	prandom_seed_state(&random, 1);
	for (i = 0; i < 200; i++) {
		nr = 1 + prandom_u32_state(&random) % 300;
		at = prandom_u32_state(&random) % (SOME - nr);
		renew(test, t->objects + at, nr);
	}
	for (i = 0; i < SOME; i++)
		if (t->objects[i])
			put(test, &t->objects[i], 1);
	t->backend->give_back(t->ctx);
	KUNIT_EXPECT_EQ(test, t->backend->held(t->ctx, 0), 0);
}

/* Allocated and freed many at a time, three times over: no more than at first. */
static void gives_back(struct kunit *test)
{
	struct ladder_test *t;
	size_t held = 0;
	int i;

	BEGIN(test, t);
	for (i = 0; i < 3; i++) {
		take(test, t->objects, SOME);
		if (i)
			KUNIT_EXPECT_LE(test, t->backend->held(t->ctx, SOME),
					held + held / 4);
		held = t->backend->held(t->ctx, SOME);
		KUNIT_EXPECT_GE(test, held, SOME * SIZE);
		put(test, t->objects, SOME);
	}
	KUNIT_EXPECT_EQ(test, SOME, t->backend->pair(t->ctx, GFP_ATOMIC, SOME));
	t->backend->give_back(t->ctx);
	KUNIT_EXPECT_EQ(test, t->backend->held(t->ctx, 0), 0);
}

/*
 * === It is what its name says ===
 */

static struct magslab_depot *depot_of(struct kunit *test)
{
	struct ladder_test *t = test->priv;
	struct magslab_cache *cache = t->ctx;

	return &cache->node[numa_mem_id()]->depot;
}

/* What is freed is had again: the last of it first, or the first. */
static void order(struct kunit *test)
{
	const struct subject *subject = subject_of(test);
	struct ladder_test *t;
	void *freed[5], *object;
	int i, tries = 0;

	BEGIN(test, t);
	take(test, freed, ARRAY_SIZE(freed));
	put(test, freed, ARRAY_SIZE(freed));
	do {
		take(test, &object, 1);
		t->objects[tries++] = object;
	} while (object != freed[0] && tries < SOME - 5);
	if (!subject->fifo)
		KUNIT_EXPECT_PTR_EQ(test, t->objects[0], freed[4]);
	for (i = 1; i < 5 && subject->fifo; i++) {
		take(test, &t->objects[tries], 1);
		KUNIT_EXPECT_PTR_EQ(test, t->objects[tries++], freed[i]);
	}
	put(test, t->objects, tries);
}

static void depot_is_limited(struct kunit *test)
{
	const struct subject *subject = subject_of(test);
	struct ladder_test *t;

	BEGIN(test, t);
	if (subject->fifo)
		kunit_skip(test, "its depot is its own");
	take(test, t->objects, SOME);
	put(test, t->objects, SOME);
	if (subject->most_full >= 0)
		KUNIT_EXPECT_EQ(test, depot_of(test)->full.nr,
				subject->most_full);
	else
		KUNIT_EXPECT_GE(test, depot_of(test)->full.nr, SOME / 254 - 2);
}

static void capacity(struct kunit *test)
{
	const struct subject *subject = subject_of(test);
	struct magslab_cache *cache;
	struct ladder_test *t;

	BEGIN(test, t);
	if (subject->fifo || !subject->capacity)
		kunit_skip(test, "that of magslab");
	cache = t->ctx;
	KUNIT_EXPECT_EQ(test, cache->sizing.capacity, subject->capacity);
	take(test, t->objects, 1);
	KUNIT_EXPECT_EQ(test,
			this_cpu_read(cache->cpu->front.limit) -
				this_cpu_read(cache->cpu->front.base),
			subject->capacity);
	put(test, t->objects, 1);
}

/* What a sheaf holds, by the size of its objects. */
static void sheaves(struct kunit *test)
{
	static const struct {
		size_t size;
		unsigned int capacity;
	} known[] = {
		{ 8, 60 },    { 255, 28 },  { 256, 28 },
		{ 192, 60 },  { 1000, 12 }, { 1024, 12 },
		{ 2048, 12 }, { 4096, 4 },  { 8192, 4 },
	};
	struct magslab_bench_backend *backend = find("magslab-sheaf");
	struct magslab_cache *cache;
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, backend);
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		cache = create(backend, known[i].size);
		KUNIT_EXPECT_FALSE(test, IS_ERR(cache));
		if (IS_ERR(cache))
			continue;
		KUNIT_EXPECT_EQ(test, cache->sizing.capacity,
				known[i].capacity);
		backend->destroy(cache);
	}
	bench_backend_put(backend);
}

/* With interrupts off those for tasks do nothing, and nobody turns them on. */
static void interrupts_off(struct kunit *test)
{
	const struct subject *subject = subject_of(test);
	size_t pairs, nr, again;
	struct ladder_test *t;
	unsigned long flags;
	bool off;

	BEGIN(test, t);
	take(test, t->objects, 10);
	put(test, t->objects, 5);
	local_irq_save(flags);
	pairs = t->backend->pair(t->ctx, GFP_ATOMIC, 3);
	nr = t->backend->alloc(t->ctx, GFP_ATOMIC, t->objects, 1);
	t->backend->free(t->ctx, t->objects + 5, 5);
	off = irqs_disabled();
	local_irq_restore(flags);

	KUNIT_EXPECT_TRUE(test, off);
	KUNIT_EXPECT_EQ(test, pairs, subject->tasks_only ? 0 : 3);
	KUNIT_EXPECT_EQ(test, nr, subject->tasks_only ? 0 : 1);
	put(test, t->objects, nr);
	again = t->backend->pair(t->ctx, GFP_KERNEL, 3);
	KUNIT_EXPECT_EQ(test, again, 3);
	t->backend->give_back(t->ctx);
	KUNIT_EXPECT_EQ(test, t->backend->held(t->ctx, 0), 0);
}

static size_t tapped_allocs, tapped_frees;

static u64 tap_clock(void)
{
	return 1;
}

static void tap_allocated(const struct magslab_tap *tap,
			  struct magslab_cache *cache, void **objects,
			  size_t nr, struct magslab_tapped *op)
{
	tapped_allocs += nr;
}

static void tap_freeing(const struct magslab_tap *tap,
			struct magslab_cache *cache, void **objects, size_t nr,
			struct magslab_tapped *op)
{
	tapped_frees += nr;
}

static void tap_freed(const struct magslab_tap *tap,
		      struct magslab_cache *cache, size_t nr,
		      struct magslab_tapped *op)
{
}

/* Instruments that are switched on during a run miss nothing. */
static void tapped(struct kunit *test)
{
	static const struct magslab_tap tap = {
		.clock = tap_clock,
		.allocated = tap_allocated,
		.freeing = tap_freeing,
		.freed = tap_freed,
	};
	struct ladder_test *t;

	BEGIN(test, t);
	if (subject_of(test)->fifo)
		kunit_skip(test, "its cache sees many objects at a time");
	take(test, t->objects, 200);
	tapped_allocs = 0;
	tapped_frees = 0;
	magslab_tap_set(t->ctx, &tap);
	put(test, t->objects, 200);
	t->backend->pair(t->ctx, GFP_KERNEL, 100);
	magslab_tap_set(t->ctx, NULL);
	KUNIT_EXPECT_EQ(test, tapped_allocs, 100);
	KUNIT_EXPECT_EQ(test, tapped_frees, 300);
	take(test, t->objects, 200);
	put(test, t->objects, 200);
	KUNIT_EXPECT_EQ(test, tapped_allocs, 100);
}

static struct kunit_case ladder_cases[] = {
	KUNIT_CASE_PARAM(nothing_overlaps, subject_gen_params),
	KUNIT_CASE_PARAM(gives_back, subject_gen_params),
	KUNIT_CASE_PARAM(order, subject_gen_params),
	KUNIT_CASE_PARAM(depot_is_limited, subject_gen_params),
	KUNIT_CASE_PARAM(capacity, subject_gen_params),
	KUNIT_CASE_PARAM(interrupts_off, subject_gen_params),
	KUNIT_CASE_PARAM(tapped, subject_gen_params),
	KUNIT_CASE(sheaves),
	{},
};

static struct kunit_suite ladder_suite = {
	.name = "magslab_ladder",
	.exit = ladder_exit,
	.test_cases = ladder_cases,
};

kunit_test_suite(ladder_suite);

// SPDX-License-Identifier: GPL-2.0-only
/* Arenas: that order is kept, limits hold, memory is what it should be, nothing is lost. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/magslab_arena.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "arena/arena.h"

#define NR 1000

static struct magslab_arena *arena_with(struct kunit *test, size_t limit,
					unsigned long flags, gfp_t gfp)
{
	struct magslab_arena *arena;

	arena = magslab_arena_create("kunit", 0, limit, flags, gfp);
	KUNIT_ASSERT_FALSE(test, IS_ERR(arena));
	test->priv = arena;
	return arena;
}

static struct magslab_arena *arena_plain(struct kunit *test)
{
	return arena_with(test, 0, 0, GFP_KERNEL);
}

static void arena_exit(struct kunit *test)
{
	magslab_arena_destroy(test->priv);
}

static void *get(struct kunit *test, struct magslab_arena *arena, size_t size)
{
	void *object = magslab_arena_alloc(arena, size);

	KUNIT_ASSERT_NOT_NULL(test, object);
	return object;
}

static void expect_misuses(struct kunit *test,
			   const struct magslab_arena *arena,
			   enum magslab_arena_misuse what, unsigned long nr)
{
	KUNIT_EXPECT_EQ(test, magslab_arena_misuses(arena, what), nr);
}

/* Chunks got and not given back are the ones that are there. */
static void expect_balance(struct kunit *test,
			   const struct magslab_arena *front)
{
	const struct arena *arena = arena_of(front);
	struct arena_chunk *chunk;
	unsigned long nr = 0;
	size_t bytes = 0;

	for (chunk = arena->chunk; chunk; chunk = chunk->prev, nr++)
		bytes += chunk->bytes;
	for (chunk = arena->spare; chunk; chunk = chunk->prev, nr++)
		bytes += chunk->bytes;
	KUNIT_EXPECT_EQ(test, arena->chunks_got - arena->chunks_put, nr);
	for (chunk = arena->large, nr = 0; chunk; chunk = chunk->prev, nr++)
		bytes += chunk->bytes;
	KUNIT_EXPECT_EQ(test, arena->large_got - arena->large_put, nr);
	KUNIT_EXPECT_EQ(test, magslab_arena_held(front), bytes);
	KUNIT_EXPECT_EQ(test, arena->serial,
			arena->open + arena->releases + arena->dropped);
}

/*
 * === Creation ===
 */

static void refuse(struct kunit *test, const char *name, size_t chunk,
		   size_t limit, unsigned long flags)
{
	struct magslab_arena *arena;

	arena = magslab_arena_create(name, chunk, limit, flags, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(arena), -EINVAL);
}

static void bad_arguments(struct kunit *test)
{
	refuse(test, NULL, 0, 0, 0);
	refuse(test, "", 0, 0, 0);
	refuse(test, "a/b", 0, 0, 0);
	refuse(test, "a b", 0, 0, 0);
	refuse(test, "..", 0, 0, 0);
	refuse(test, "kunit", PAGE_SIZE / 2, 0, 0);
	refuse(test, "kunit", PAGE_SIZE + 8, 0, 0);
	refuse(test, "kunit", SZ_128K, 0, 0);
	refuse(test, "kunit", -1UL, 0, 0);
	refuse(test, "kunit", 0, 1, 0);
	refuse(test, "kunit", SZ_16K, SZ_16K - 1, 0);
	refuse(test, "kunit", 0, 0, BIT(1));
	magslab_arena_destroy(NULL);
	magslab_arena_destroy(ERR_PTR(-ENOMEM));
}

static void names_are_unique(struct kunit *test)
{
	struct magslab_arena *twin;

	arena_plain(test);
	twin = magslab_arena_create("kunit", 0, 0, 0, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(twin), -EEXIST);
}

/*
 * === Allocation ===
 */

static void bad_requests(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);

	KUNIT_EXPECT_NULL(test, magslab_arena_alloc(arena, 0));
	get(test, arena, 1);
	KUNIT_EXPECT_NULL(test, magslab_arena_alloc(arena, 0));
	KUNIT_EXPECT_NULL(test, magslab_arena_alloc(arena, -1UL));
	KUNIT_EXPECT_NULL(test, magslab_arena_alloc(arena, -4096UL));
	KUNIT_EXPECT_NULL(test, magslab_arena_alloc(arena, SZ_1G + 1UL));
	KUNIT_EXPECT_NULL(test, magslab_arena_alloc_aligned(arena, 8, 0));
	KUNIT_EXPECT_NULL(test, magslab_arena_alloc_aligned(arena, 8, 3));
	KUNIT_EXPECT_NULL(test,
			  magslab_arena_alloc_aligned(arena, 8, 2 * PAGE_SIZE));
	expect_misuses(test, arena, MAGSLAB_ARENA_BAD_REQUEST, 8);
	KUNIT_EXPECT_EQ(test, magslab_arena_used(arena), 8);
	expect_balance(test, arena);
}

/* A size that no compiler knows goes another way than one that it does. */
static void *get_aligned(struct kunit *test, struct magslab_arena *arena,
			 size_t size, size_t align)
{
	void *object = magslab_arena_alloc_aligned(arena, size, align);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)object, align));
	return object;
}

static void aligned(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	size_t align;
	void *object;

	for (align = 1; align <= PAGE_SIZE; align *= 2) {
		get_aligned(test, arena, 1, align);
		get_aligned(test, arena, 5000, align);
		get_aligned(test, arena, 40000, align);
	}
	object = magslab_arena_alloc_aligned(arena, 24, 256);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)object, 256));
	expect_balance(test, arena);
}

/* Objects of all sizes: none overlaps another, whatever chunk it is in. */
static void apart(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	struct rnd_state random;
	size_t *sizes;
	u8 **objects;
	int i;

	sizes = kunit_kzalloc(test, NR * sizeof(*sizes), GFP_KERNEL);
	objects = kunit_kzalloc(test, NR * sizeof(*objects), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sizes);
	KUNIT_ASSERT_NOT_NULL(test, objects);
	prandom_seed_state(&random, 1);
	for (i = 0; i < NR; i++) {
		sizes[i] =
			1 + prandom_u32_state(&random) % (i % 50 ? 300 : 9000);
		objects[i] = get(test, arena, sizes[i]);
		memset(objects[i], i, sizes[i]);
	}
	for (i = 0; i < NR; i++)
		KUNIT_ASSERT_NULL(test, memchr_inv(objects[i], i, sizes[i]));
	expect_balance(test, arena);
	KUNIT_EXPECT_GT(test, arena_of(arena)->large_got, 0);
	KUNIT_EXPECT_GT(test, arena_of(arena)->chunks_got, 5);
}

static void limited(struct kunit *test)
{
	struct magslab_arena *arena = arena_with(test, SZ_32K, 0, GFP_KERNEL);
	struct magslab_arena_mark mark = magslab_arena_mark(arena);
	unsigned int nr;

	KUNIT_EXPECT_NULL(test, magslab_arena_alloc(arena, SZ_32K));
	for (nr = 0; magslab_arena_alloc(arena, 64); nr++)
		;
	KUNIT_EXPECT_EQ(test, nr, 2 * (SZ_16K - ARENA_HEAD) / 64);
	KUNIT_EXPECT_EQ(test, magslab_arena_held(arena), SZ_32K);
	KUNIT_EXPECT_EQ(test, arena_of(arena)->refusals, 2);

	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &mark), 0);
	KUNIT_EXPECT_EQ(test, magslab_arena_held(arena), SZ_16K);
	get(test, arena, 64);
	expect_balance(test, arena);
}

/*
 * === Zeroes ===
 */

static void all_zero(struct kunit *test, struct magslab_arena *arena)
{
	struct magslab_arena_mark mark = magslab_arena_mark(arena);
	int i;

	for (i = 0; i < NR; i++) {
		size_t size = i % 100 ? 8 + i % 96 : 20000;
		void *object = get(test, arena, size);

		KUNIT_ASSERT_NULL(test, memchr_inv(object, 0, size));
		memset(object, 0xff, size);
	}
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &mark), 0);
}

/* Chunks go through the hands of one that leaves them dirty. */
static void zeroed(struct kunit *test)
{
	struct magslab_arena *arena =
		arena_with(test, 0, 0, GFP_KERNEL | __GFP_ZERO);
	struct magslab_arena *other;
	int i;

	for (i = 0; i < 3; i++) {
		other = magslab_arena_create("kunit-other", 0, 0, 0,
					     GFP_KERNEL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(other));
		memset(get(test, other, 3000), 0xff, 3000);
		magslab_arena_destroy(other);
		all_zero(test, arena);
		all_zero(test, arena);
		KUNIT_EXPECT_EQ(test, magslab_arena_reset(arena), 0);
	}
}

static void zeroed_in_debug_mode(struct kunit *test)
{
	struct magslab_arena *arena = arena_with(test, 0, MAGSLAB_ARENA_DEBUG,
						 GFP_KERNEL | __GFP_ZERO);

	all_zero(test, arena);
	all_zero(test, arena);
	expect_misuses(test, arena, MAGSLAB_ARENA_WRITE_AFTER_RELEASE, 0);
}

static void zalloc(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	int i;

	for (i = 0; i < 3; i++) {
		void *object = magslab_arena_zalloc(arena, 3000);

		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 3000));
		memset(object, 0xff, 3000);
		magslab_arena_reset(arena);
	}
}

/*
 * === Order ===
 */

static void released(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	void *first = get(test, arena, 64), *second, *again;
	struct magslab_arena_mark outer, inner;
	int i;

	outer = magslab_arena_mark(arena);
	second = get(test, arena, 64);
	inner = magslab_arena_mark(arena);
	for (i = 0; i < NR; i++)
		get(test, arena, 100);
	get(test, arena, 50000);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &inner), 0);
	again = get(test, arena, 8);
	KUNIT_EXPECT_PTR_EQ(test, again, second + 64);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &outer), 0);
	KUNIT_EXPECT_PTR_EQ(test, get(test, arena, 64), second);
	KUNIT_EXPECT_EQ(test, magslab_arena_reset(arena), 0);
	KUNIT_EXPECT_PTR_EQ(test, get(test, arena, 64), first);
	KUNIT_EXPECT_EQ(test, arena_of(arena)->large_put, 1);
	KUNIT_EXPECT_GE(test, arena_of(arena)->peak, NR * 104 + 50000);
	expect_balance(test, arena);
}

static void out_of_order(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	struct magslab_arena_mark outer, inner, stale;
	void *object;

	outer = magslab_arena_mark(arena);
	get(test, arena, 64);
	inner = magslab_arena_mark(arena);
	object = get(test, arena, 64);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &outer), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, get(test, arena, 64), object + 64);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &inner), 0);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &inner), -EINVAL);
	stale = inner;
	inner = magslab_arena_mark(arena);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &stale), -EINVAL);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &inner), 0);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &outer), 0);
	expect_misuses(test, arena, MAGSLAB_ARENA_OUT_OF_ORDER, 3);
	expect_balance(test, arena);
}

static void stale_after_reset(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	struct magslab_arena_mark mark = magslab_arena_mark(arena);
	void *object;

	magslab_arena_reset(arena);
	object = get(test, arena, 64);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &mark), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, get(test, arena, 64), object + 64);
	expect_balance(test, arena);
}

/* Two that stand alike: their marks are not the same all the same. */
static void mark_of_another(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test), *other;
	struct magslab_arena_mark mark, others;

	other = magslab_arena_create("kunit-other", 0, 0, 0, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	mark = magslab_arena_mark(arena);
	others = magslab_arena_mark(other);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &others), -EINVAL);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &mark), 0);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(other, &others), 0);
	magslab_arena_destroy(other);
}

static int leave_early(struct kunit *test, struct magslab_arena *arena, int how)
{
	magslab_arena_scope(arena);

	get(test, arena, 64);
	if (how)
		return how;
	get(test, arena, 9000);
	return 0;
}

static void scoped(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);

	get(test, arena, 8);
	leave_early(test, arena, 1);
	leave_early(test, arena, 0);
	KUNIT_EXPECT_EQ(test, magslab_arena_used(arena), 8);
	KUNIT_EXPECT_EQ(test, arena_of(arena)->releases, 2);
	expect_balance(test, arena);
}

static void destroyed_in_use(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	unsigned long before;
	int i;

	before = magslab_arena_misuses(NULL, MAGSLAB_ARENA_OPEN_MARK);
	magslab_arena_mark(arena);
	for (i = 0; i < NR; i++)
		get(test, arena, 100);
	test->priv = NULL;
	magslab_arena_destroy(arena);
	KUNIT_EXPECT_EQ(test,
			magslab_arena_misuses(NULL, MAGSLAB_ARENA_OPEN_MARK),
			before + 1);
}

/*
 * === Callbacks ===
 */

struct witness {
	struct kunit *test;
	struct magslab_arena *arena;
	int calls;
	int last;
	int ret;
};

struct call {
	struct witness *witness;
	int number;
};

static void called(void *argument)
{
	struct call *call = argument;

	/* What it lies in is still there. */
	call->witness->calls++;
	call->witness->last = call->number;
}

static void register_call(struct witness *witness, int number)
{
	struct call *call = get(witness->test, witness->arena, sizeof(*call));

	call->witness = witness;
	call->number = number;
	KUNIT_ASSERT_EQ(witness->test,
			magslab_arena_on_release(witness->arena, called, call),
			0);
}

static void callbacks(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	struct witness witness = { .test = test, .arena = arena };
	struct magslab_arena_mark mark;

	register_call(&witness, 1);
	register_call(&witness, 2);
	mark = magslab_arena_mark(arena);
	register_call(&witness, 3);
	get(test, arena, 9000);
	register_call(&witness, 4);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &mark), 0);
	KUNIT_EXPECT_EQ(test, witness.calls, 2);
	KUNIT_EXPECT_EQ(test, witness.last, 3);
	KUNIT_EXPECT_EQ(test, magslab_arena_reset(arena), 0);
	KUNIT_EXPECT_EQ(test, witness.calls, 4);
	KUNIT_EXPECT_EQ(test, witness.last, 1);
	register_call(&witness, 5);
	test->priv = NULL;
	magslab_arena_destroy(arena);
	KUNIT_EXPECT_EQ(test, witness.calls, 5);
}

static void uses_arena(void *argument)
{
	struct witness *witness = argument;
	struct magslab_arena_mark mark = magslab_arena_mark(witness->arena);

	get(witness->test, witness->arena, 20000);
	magslab_arena_release(witness->arena, &mark);
	get(witness->test, witness->arena, 3000);
	witness->ret = magslab_arena_reset(witness->arena);
	/* Refused as well. */
	magslab_arena_destroy(witness->arena);
}

static void callback_uses_arena(struct kunit *test)
{
	struct magslab_arena *arena = arena_plain(test);
	struct witness witness = { .test = test, .arena = arena };
	struct magslab_arena_mark mark = magslab_arena_mark(arena);
	int ret = magslab_arena_on_release(arena, uses_arena, &witness);

	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &mark), 0);
	KUNIT_EXPECT_EQ(test, witness.ret, -EINVAL);
	expect_misuses(test, arena, MAGSLAB_ARENA_OUT_OF_ORDER, 2);
	KUNIT_EXPECT_EQ(test, magslab_arena_used(arena), 0);
	expect_balance(test, arena);
}

/*
 * === Debug mode ===
 */

static void write_after_release(struct kunit *test)
{
	struct magslab_arena *arena =
		arena_with(test, 0, MAGSLAB_ARENA_DEBUG, GFP_KERNEL);
	struct magslab_arena_mark mark = magslab_arena_mark(arena);
	char *object = get(test, arena, 64), *far;

	get(test, arena, 4000);
	get(test, arena, 4000);
	get(test, arena, 4000);
	get(test, arena, 4000);
	get(test, arena, 4000);
	far = get(test, arena, 64);
	KUNIT_EXPECT_GT(test, arena_of(arena)->chunks_got, 1);
	magslab_arena_release(arena, &mark);
	KUNIT_EXPECT_EQ(test, magslab_arena_verify(arena), 0);

	object[63] = 1;
	get(test, arena, 32);
	expect_misuses(test, arena, MAGSLAB_ARENA_WRITE_AFTER_RELEASE, 0);
	get(test, arena, 32);
	expect_misuses(test, arena, MAGSLAB_ARENA_WRITE_AFTER_RELEASE, 1);

	far[0] = 1;
	KUNIT_EXPECT_EQ(test, magslab_arena_verify(arena), 1);
	KUNIT_EXPECT_EQ(test, magslab_arena_verify(arena), 0);
	expect_misuses(test, arena, MAGSLAB_ARENA_WRITE_AFTER_RELEASE, 2);
	expect_balance(test, arena);
}

struct stranger {
	struct magslab_arena *arena;
	struct magslab_arena_mark mark;
	struct completion done;
	void *object;
	int released, reset;
};

static int stranger_thread(void *data)
{
	struct stranger *stranger = data;

	stranger->object = magslab_arena_alloc(stranger->arena, 64);
	stranger->released =
		magslab_arena_release(stranger->arena, &stranger->mark);
	stranger->reset = magslab_arena_reset(stranger->arena);
	complete(&stranger->done);
	return 0;
}

static void come(struct kunit *test, struct stranger *stranger)
{
	struct task_struct *task;

	init_completion(&stranger->done);
	task = kthread_run(stranger_thread, stranger, "stranger");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wait_for_completion(&stranger->done);
}

static void wrong_task(struct kunit *test)
{
	struct magslab_arena *arena =
		arena_with(test, 0, MAGSLAB_ARENA_DEBUG, GFP_KERNEL);
	struct stranger stranger = { .arena = arena };
	void *object;

	stranger.mark = magslab_arena_mark(arena);
	object = get(test, arena, 64);
	come(test, &stranger);
	KUNIT_EXPECT_NULL(test, stranger.object);
	KUNIT_EXPECT_EQ(test, stranger.released, -EPERM);
	KUNIT_EXPECT_EQ(test, stranger.reset, -EPERM);
	expect_misuses(test, arena, MAGSLAB_ARENA_WRONG_TASK, 3);
	KUNIT_EXPECT_PTR_EQ(test, get(test, arena, 64), object + 64);
	KUNIT_EXPECT_EQ(test, magslab_arena_release(arena, &stranger.mark), 0);
}

static struct kunit_case arena_cases[] = {
	KUNIT_CASE(bad_arguments),
	KUNIT_CASE(names_are_unique),
	KUNIT_CASE(bad_requests),
	KUNIT_CASE(aligned),
	KUNIT_CASE(apart),
	KUNIT_CASE(limited),
	KUNIT_CASE(zeroed),
	KUNIT_CASE(zeroed_in_debug_mode),
	KUNIT_CASE(zalloc),
	KUNIT_CASE(released),
	KUNIT_CASE(out_of_order),
	KUNIT_CASE(stale_after_reset),
	KUNIT_CASE(mark_of_another),
	KUNIT_CASE(scoped),
	KUNIT_CASE(destroyed_in_use),
	KUNIT_CASE(callbacks),
	KUNIT_CASE(callback_uses_arena),
	KUNIT_CASE(write_after_release),
	KUNIT_CASE(wrong_task),
	{},
};

static struct kunit_suite arena_suite = {
	.name = "magslab_arena",
	.exit = arena_exit,
	.test_cases = arena_cases,
};

kunit_test_suite(arena_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arenas, one for each CPU, that have chunks from the same cache: their owners fill what
 * they allocate, and look at it before they release it. And what owners do wrong.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/prandom.h>

#include <linux/magslab_arena.h>

#include "cases.h"
#include "crowd.h"

#define OBJECTS 100
#define SECONDS 3

static struct magslab_arena *arenas[NR_CPUS];
static atomic_long_t wrong, rounds;

struct filled {
	u8 *object;
	size_t size;
	u8 stamp;
};

static bool fill(struct magslab_arena *arena, struct rnd_state *random,
		 struct filled *filled)
{
	u32 dice = prandom_u32_state(random);

	filled->stamp = dice;
	filled->size = 1 + dice % (dice >> 26 ? 200 : 30000);
	filled->object = magslab_arena_alloc(arena, filled->size);
	if (!filled->object)
		return false;
	/* As all objects are to be, in this arena. */
	if (memchr_inv(filled->object, 0, filled->size))
		atomic_long_inc(&wrong);
	memset(filled->object, filled->stamp, filled->size);
	return true;
}

static void look(const struct filled *filled, unsigned int nr)
{
	while (nr--)
		if (memchr_inv(filled[nr].object, filled[nr].stamp,
			       filled[nr].size))
			atomic_long_inc(&wrong);
}

/* A scope, and one in it when half of the objects are there. */
static void request(struct magslab_arena *arena, struct rnd_state *random,
		    struct filled *filled, unsigned int depth)
{
	unsigned int nr;

	magslab_arena_scope(arena);
	for (nr = 0; nr < OBJECTS; nr++) {
		if (!fill(arena, random, &filled[nr]))
			break;
		if (nr == OBJECTS / 2 && depth)
			request(arena, random, filled + OBJECTS, depth - 1);
	}
	look(filled, nr);
}

static int user(void *unused)
{
	unsigned int cpu = raw_smp_processor_id();
	struct magslab_arena *arena = arenas[cpu];
	struct rnd_state random;
	struct filled *filled;

	filled = kcalloc(3 * OBJECTS, sizeof(*filled), GFP_KERNEL);
	magslab_arena_adopt(arena);
	prandom_seed_state(&random, cpu);
	while (!kthread_should_stop()) {
		if (filled)
			request(arena, &random, filled, 2);
		atomic_long_inc(&rounds);
		cond_resched();
	}
	kfree(filled);
	return 0;
}

static void all_cpus(unsigned long unused)
{
	EXPECT(!crowd_start(user));
	msleep(SECONDS * MSEC_PER_SEC);
	crowd_stop();
	pr_info("%ld requests\n", atomic_long_read(&rounds));
	EXPECT(atomic_long_read(&rounds) > 0);
	EXPECT(!atomic_long_read(&wrong));
}

static struct magslab_arena *fresh(unsigned long flags, size_t limit)
{
	return magslab_arena_create("selftest-misused", 0, limit, flags,
				    GFP_KERNEL);
}

static void out_of_order(unsigned long unused)
{
	struct magslab_arena *arena = fresh(0, 0);
	struct magslab_arena_mark outer, inner;

	if (!EXPECT(!IS_ERR(arena)))
		return;
	outer = magslab_arena_mark(arena);
	inner = magslab_arena_mark(arena);
	EXPECT(magslab_arena_release(arena, &outer) == -EINVAL);
	EXPECT(magslab_arena_release(arena, &inner) == 0);
	EXPECT(magslab_arena_release(arena, &outer) == 0);
	EXPECT(magslab_arena_misuses(arena, MAGSLAB_ARENA_OUT_OF_ORDER) == 1);
	magslab_arena_destroy(arena);
}

static void write_after_release(unsigned long unused)
{
	struct magslab_arena *arena = fresh(MAGSLAB_ARENA_DEBUG, 0);
	char *object;

	if (!EXPECT(!IS_ERR(arena)))
		return;
	object = magslab_arena_alloc(arena, 64);
	magslab_arena_reset(arena);
	object[5] = 1;
	EXPECT(magslab_arena_alloc(arena, 64) == object);
	EXPECT(magslab_arena_misuses(arena,
				     MAGSLAB_ARENA_WRITE_AFTER_RELEASE) == 1);
	magslab_arena_destroy(arena);
}

static void limited(unsigned long unused)
{
	struct magslab_arena *arena = fresh(0, MAGSLAB_ARENA_DEFAULT_CHUNK);
	unsigned int nr;

	if (!EXPECT(!IS_ERR(arena)))
		return;
	for (nr = 0; magslab_arena_alloc(arena, 64); nr++)
		;
	EXPECT(nr == 255);
	EXPECT(magslab_arena_held(arena) == MAGSLAB_ARENA_DEFAULT_CHUNK);
	magslab_arena_destroy(arena);
}

static const struct test_case cases[] = {
	{ "all_cpus", all_cpus },
	{ "out_of_order", out_of_order },
	{ "write_after_release", write_after_release },
	{ "limited", limited },
};

static void destroy_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		magslab_arena_destroy(arenas[cpu]);
}

static int __init magslab_arena_mod_init(void)
{
	unsigned int cpu;
	char name[32];

	for_each_possible_cpu(cpu) {
		snprintf(name, sizeof(name), "selftest-%u", cpu);
		arenas[cpu] = magslab_arena_create(name, 0, 0, 0,
						   GFP_KERNEL | __GFP_ZERO);
		if (IS_ERR(arenas[cpu])) {
			destroy_all();
			return -ENOMEM;
		}
	}
	test_run_cases(cases, ARRAY_SIZE(cases));
	return 0;
}

module_init(magslab_arena_mod_init);
module_exit(destroy_all);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: arenas");
MODULE_LICENSE("GPL");

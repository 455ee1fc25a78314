// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that a user can do wrong, done on purpose: once each, and then bad
 * frees by the thousand, drawn at random, among frees that are right. What is
 * found is compared with what was done after each of them.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <linux/magslab.h>

#include "cases.h"
#include "supply.h"

#define SIZE 64

static unsigned int random_frees = 100000;
module_param(random_frees, uint, 0444);
MODULE_PARM_DESC(random_frees, "how many random bad frees, 0 to 10000000");

static struct magslab_cache *other;
static void *others_object;

/*
 * What is reported
 */

static unsigned long seen[MAGSLAB_NR_CORRUPTIONS];

static void look(unsigned long *now)
{
	unsigned int c;

	for (c = 0; c < MAGSLAB_NR_CORRUPTIONS; c++)
		now[c] = magslab_cache_corruptions(NULL, c);
}

static void reports_begin(void)
{
	look(seen);
}

/* Since the last look: exactly @nr of @class. */
static bool reports_are(enum magslab_corruption class, unsigned long nr)
{
	unsigned long now[MAGSLAB_NR_CORRUPTIONS];
	unsigned int c;
	bool right = true;

	look(now);
	for (c = 0; c < MAGSLAB_NR_CORRUPTIONS; c++)
		right &= now[c] - seen[c] == (c == class ? nr : 0);
	memcpy(seen, now, sizeof(seen));
	return right;
}

/*
 * Each class once
 */

static bool cache_begin(unsigned long flags, size_t size)
{
	reports_begin();
	cache = magslab_cache_create("safety", size, 0, flags, NULL);
	if (!EXPECT(!IS_ERR(cache)))
		return false;
	return EXPECT(supply_take(SUPPLY, GFP_KERNEL));
}

/* The cache is as good as ever, and nothing more is found. */
static void cache_end(void)
{
	unsigned int round;

	for (round = 0; round < 3; round++)
		EXPECT(supply_dirty(SUPPLY));
	magslab_cache_destroy(cache);
	EXPECT(reports_are(0, 0));
}

static void double_free_adjacent(unsigned long flags)
{
	if (!cache_begin(flags, SIZE))
		return;
	supply_put(SUPPLY);
	magslab_free(cache, objects[0]);
	EXPECT(reports_are(MAGSLAB_DOUBLE_FREE, 1));
	cache_end();
}

static void double_free_distant(unsigned long flags)
{
	if (!cache_begin(flags, SIZE))
		return;
	supply_put(SUPPLY);
	magslab_free(cache, objects[SUPPLY / 2]);
	EXPECT(reports_are(MAGSLAB_DOUBLE_FREE, 1));
	cache_end();
}

static void foreign_free(unsigned long flags)
{
	void *foreign = kmalloc(SIZE, GFP_KERNEL);

	if (!cache_begin(flags, SIZE))
		return;
	magslab_free(cache, foreign);
	EXPECT(reports_are(MAGSLAB_FOREIGN_FREE, 1));
	supply_put(SUPPLY);
	cache_end();
	kfree(foreign);
}

static void interior_free(unsigned long flags)
{
	if (!cache_begin(flags, SIZE))
		return;
	magslab_free(cache, objects[1] + 8);
	EXPECT(reports_are(MAGSLAB_INTERIOR_FREE, 1));
	supply_put(SUPPLY);
	cache_end();
}

static void other_free(unsigned long flags)
{
	if (!cache_begin(flags, SIZE))
		return;
	magslab_free(cache, others_object);
	EXPECT(reports_are(MAGSLAB_OTHER_FREE, 1));
	supply_put(SUPPLY);
	cache_end();
}

/* What KASAN is not to see, where there is one. */
static void flip(u8 *byte)
{
	kasan_disable_current();
	*byte ^= 0x81;
	kasan_enable_current();
}

static void write_byte(long offset, enum magslab_corruption class)
{
	if (!cache_begin(MAGSLAB_DEBUG, SIZE + 1))
		return;
	flip(objects[7] + offset);
	supply_put(SUPPLY);
	EXPECT(reports_are(class, 1));
	cache_end();
}

static void overflow_by_one(unsigned long unused)
{
	write_byte(SIZE + 1, MAGSLAB_OVERFLOW);
}

static void underflow_by_one(unsigned long unused)
{
	write_byte(-1, MAGSLAB_UNDERFLOW);
}

static void write_after_free(unsigned long unused)
{
	if (!cache_begin(MAGSLAB_DEBUG, SIZE))
		return;
	supply_put(SUPPLY);
	flip(objects[7] + SIZE - 1);
	EXPECT(supply_take(SUPPLY, GFP_KERNEL));
	EXPECT(reports_are(MAGSLAB_WRITE_AFTER_FREE, 1));
	supply_put(SUPPLY);
	cache_end();
}

/*
 * Slabs of 24 bytes are one page, with two maps of three words at its end, the
 * free map first. Whoever runs over the end of the last object comes to it.
 */
static void free_map_overwritten(unsigned long byte)
{
	unsigned int nr = SUPPLY - 1;
	void *kept;
	u8 *page;

	if (!cache_begin(MAGSLAB_HARDENED, 24))
		return;
	/* What stays in use keeps the slab; the rest of it is free there. */
	page = (u8 *)((unsigned long)objects[0] & PAGE_MASK);
	kept = objects[0];
	while (nr)
		magslab_free(cache, objects[nr--]);
	magslab_cache_shrink(cache);
	memset(page + PAGE_SIZE - 48, byte, 24);
	EXPECT(supply_take(SUPPLY, GFP_KERNEL));
	EXPECT(reports_are(MAGSLAB_FREE_MAP, 1));
	supply_put(SUPPLY);
	magslab_free(cache, kept);
	cache_end();
}

static void leak_at_destroy(unsigned long flags)
{
	if (!cache_begin(flags, SIZE))
		return;
	supply_put(SUPPLY - 3);
	magslab_cache_destroy(cache);
	EXPECT(reports_are(MAGSLAB_LEAK, 1));
}

/*
 * Objects on pages of their own. The test has every object put on one as long as
 * there are any, and what would fault is done so that it is no oops.
 */

static bool can_read(const u8 *byte)
{
	u8 value;

	__get_kernel_nofault(&value, byte, u8, fault);
	return true;
fault:
	return false;
}

static bool can_write(u8 *byte)
{
	u8 value = 0;

	__put_kernel_nofault(byte, &value, u8, fault);
	return true;
fault:
	return false;
}

static u8 *page_of(void *object)
{
	return (u8 *)((unsigned long)object & PAGE_MASK);
}

/* The first object that lies at the right end of its page, or at the left one. */
static u8 *object_at(bool right)
{
	unsigned int i;

	for (i = 0; i < SUPPLY; i++)
		if (is_vmalloc_addr(objects[i]) &&
		    !!offset_in_page(objects[i]) == right)
			return objects[i];
	return NULL;
}

/* In slabs and apart, and all of them as good as any. */
static void guard_runs_out(unsigned long unused)
{
	unsigned int i, apart = 0;

	if (!cache_begin(MAGSLAB_GUARD, SIZE))
		return;
	for (i = 0; i < SUPPLY; i++)
		apart += is_vmalloc_addr(objects[i]);
	EXPECT(apart > 1 && apart < SUPPLY);
	for (i = 0; i < SUPPLY; i++)
		EXPECT(magslab_cache_of(objects[i]) == cache);
	supply_scribble(SUPPLY);
	supply_put(SUPPLY);
	cache_end();
}

static void guard_write(bool behind, enum magslab_corruption class)
{
	u8 *object;

	if (!cache_begin(MAGSLAB_GUARD, SIZE + 1))
		return;
	object = object_at(true);
	if (EXPECT(object))
		object[behind ? SIZE + 1 : -1] ^= 1;
	supply_put(SUPPLY);
	EXPECT(reports_are(class, 1));
	cache_end();
}

static void guard_overflow(unsigned long unused)
{
	guard_write(true, MAGSLAB_OVERFLOW);
}

static void guard_underflow(unsigned long unused)
{
	guard_write(false, MAGSLAB_UNDERFLOW);
}

static void guard_other_free(unsigned long flags)
{
	struct magslab_cache *wrong;

	wrong = magslab_cache_create("safety-wrong", SIZE, 0, flags, NULL);
	if (!EXPECT(!IS_ERR(wrong)))
		return;
	if (cache_begin(MAGSLAB_GUARD, SIZE)) {
		EXPECT(is_vmalloc_addr(objects[0]));
		magslab_free(wrong, objects[0]);
		EXPECT(reports_are(MAGSLAB_OTHER_FREE, 1));
		supply_put(SUPPLY);
		cache_end();
	}
	magslab_cache_destroy(wrong);
}

/* Whoever waits for too long before he writes does no harm, and tries again. */
static void guard_write_after_free(unsigned long unused)
{
	unsigned int tries = 0;
	bool written;
	u8 *object;

	if (!cache_begin(MAGSLAB_GUARD, SIZE))
		return;
	supply_put(SUPPLY);
	do {
		msleep(100);
		object = magslab_alloc(cache, GFP_KERNEL);
		EXPECT(is_vmalloc_addr(object));
		magslab_free(cache, object);
		written = can_write(object);
	} while (!written && ++tries < 100);
	EXPECT(written);
	/* It is unmapped soon, and when the cache goes at the latest. */
	magslab_cache_destroy(cache);
	EXPECT(reports_are(MAGSLAB_WRITE_AFTER_FREE, 1));
}

static bool becomes_unmapped(u8 *byte)
{
	unsigned int tries;

	for (tries = 0; tries < 500; tries++) {
		if (!can_read(byte) && !can_write(byte))
			return true;
		msleep(20);
	}
	return false;
}

static void guard_unmapped(unsigned long unused)
{
	u8 *left, *right;

	if (!cache_begin(MAGSLAB_GUARD, SIZE))
		return;
	left = object_at(false);
	right = object_at(true);
	if (!EXPECT(left && right))
		return;
	EXPECT(can_read(left) && can_read(right + SIZE - 1));
	EXPECT(!can_read(right + SIZE) && !can_write(right + SIZE));
	EXPECT(!can_read(page_of(left) + PAGE_SIZE));
	supply_put(SUPPLY);
	EXPECT(becomes_unmapped(left) && becomes_unmapped(right));
	/* Whose it was is not forgotten. */
	magslab_free(cache, right);
	EXPECT(reports_are(MAGSLAB_DOUBLE_FREE, 1));
	cache_end();
}

/* On another CPU, which has to be told that the page is not there any more. */
static void use_there(void *address)
{
	EXPECT(can_read(address));
}

static void use_there_again(void *address)
{
	EXPECT(!can_read(address) && !can_write(address));
}

static void guard_unmapped_for_all_cpus(unsigned long unused)
{
	unsigned int cpu =
		cpumask_any_but(cpu_online_mask, raw_smp_processor_id());

	if (cpu >= nr_cpu_ids)
		return test_skip("there is no other CPU");
	if (!cache_begin(MAGSLAB_GUARD, SIZE))
		return;
	EXPECT(is_vmalloc_addr(objects[0]));
	smp_call_function_single(cpu, use_there, objects[0], true);
	supply_put(SUPPLY);
	EXPECT(becomes_unmapped(objects[0]));
	smp_call_function_single(cpu, use_there_again, objects[0], true);
	cache_end();
}

static void guard_leak_at_destroy(unsigned long unused)
{
	unsigned int i;

	if (!cache_begin(MAGSLAB_GUARD, SIZE))
		return;
	EXPECT(is_vmalloc_addr(objects[0]));
	for (i = 1; i < SUPPLY; i++)
		magslab_free(cache, objects[i]);
	magslab_cache_destroy(cache);
	EXPECT(reports_are(MAGSLAB_LEAK, 1));
	EXPECT(can_write(objects[0]));
}

/*
 * Bad frees at random
 */

/* Enough rounds with a new cache each that most slabs have been told of once. */
#define FREES_PER_ROUND 1000

struct bad_free {
	const char *name;
	enum magslab_corruption class;
	void *(*pick)(void);
	unsigned long done;
	unsigned long found;
};

/* Freed, by this CPU just now, by another CPU, or long ago and in its slab. */
#define POOL 24

static void *here[POOL], *there[POOL], *in_slab[POOL];
static void *heap, *virtual;
static unsigned int far_cpu;

/* How many of the first objects are in use. */
static unsigned int live;

static void *any_of(void **pool)
{
	return pool[get_random_u32_below(POOL)];
}

static void *pick_here(void)
{
	return any_of(here);
}

static void *pick_there(void)
{
	return any_of(there);
}

static void *pick_in_slab(void)
{
	return any_of(in_slab);
}

static void *pick_live(void)
{
	return objects[get_random_u32_below(live)];
}

static void *pick_interior(void)
{
	return pick_live() + 1 + get_random_u32_below(SIZE - 1);
}

/* Slabs are one page of 63 objects: the maps, and what is left over. */
static void *pick_slab_end(void)
{
	unsigned long page = (unsigned long)pick_live() & PAGE_MASK;

	return (void *)(page + PAGE_SIZE - 1 - get_random_u32_below(SIZE));
}

static void *pick_heap(void)
{
	return heap + get_random_u32_below(PAGE_SIZE);
}

static void *pick_virtual(void)
{
	return virtual + get_random_u32_below(PAGE_SIZE);
}

static void *pick_stack(void)
{
	return task_stack_page(current) + get_random_u32_below(THREAD_SIZE);
}

static void *pick_user(void)
{
	return (void *)(1 + (get_random_u64() & (TASK_SIZE_MAX - 1)) / 2);
}

static void *pick_error(void)
{
	return ERR_PTR(-1L - get_random_u32_below(MAX_ERRNO));
}

static void *pick_anything(void)
{
	unsigned long address = get_random_u64();

	/* Not where one of our objects may begin. */
	return (void *)(address | 1);
}

static void *pick_other(void)
{
	return others_object;
}

static struct bad_free bad_frees[] = {
	{ "in-this-cpus-magazine", MAGSLAB_DOUBLE_FREE, pick_here },
	{ "in-another-cpus-magazine", MAGSLAB_DOUBLE_FREE, pick_there },
	{ "in-its-slab", MAGSLAB_DOUBLE_FREE, pick_in_slab },
	{ "interior", MAGSLAB_INTERIOR_FREE, pick_interior },
	{ "end-of-slab", MAGSLAB_INTERIOR_FREE, pick_slab_end },
	{ "other-cache", MAGSLAB_OTHER_FREE, pick_other },
	{ "kmalloc", MAGSLAB_FOREIGN_FREE, pick_heap },
	{ "vmalloc", MAGSLAB_FOREIGN_FREE, pick_virtual },
	{ "stack", MAGSLAB_FOREIGN_FREE, pick_stack },
	{ "user", MAGSLAB_FOREIGN_FREE, pick_user },
	{ "error-pointer", MAGSLAB_FOREIGN_FREE, pick_error },
	{ "random-number", MAGSLAB_FOREIGN_FREE, pick_anything },
};

/* Reports of what nobody did. */
static unsigned long false_reports;

static void free_there(void *unused)
{
	unsigned int i;

	for (i = 0; i < POOL; i++)
		magslab_free(cache, there[i]);
}

static bool fill_pool(void **pool)
{
	return magslab_alloc_bulk(cache, GFP_KERNEL, POOL, pool) == POOL;
}

/*
 * A new cache: objects in use, in their slabs, and in magazines of two CPUs.
 * Nothing is allocated after that, so no slot is handed out again.
 */
static bool round_begin(void)
{
	reports_begin();
	cache = magslab_cache_create("safety", SIZE, 0, MAGSLAB_HARDENED, NULL);
	if (!EXPECT(!IS_ERR(cache)))
		return false;
	if (!EXPECT(supply_take(SUPPLY, GFP_KERNEL) && fill_pool(in_slab) &&
		    fill_pool(there) && fill_pool(here)))
		return false;
	live = SUPPLY;
	magslab_free_bulk(cache, POOL, in_slab);
	magslab_cache_shrink(cache);
	smp_call_function_single(far_cpu, free_there, NULL, true);
	magslab_free_bulk(cache, POOL, here);
	return true;
}

static void round_end(void)
{
	supply_put(live);
	magslab_cache_destroy(cache);
	false_reports += !reports_are(0, 0);
}

/* One that is right, now and then. */
static void free_well(void)
{
	if (live == SUPPLY / 2 || get_random_u32_below(8))
		return;
	magslab_free(cache, objects[--live]);
	false_reports += !reports_are(0, 0);
}

static void free_badly(struct bad_free *bad)
{
	magslab_free(cache, bad->pick());
	bad->done++;
	bad->found += reports_are(bad->class, 1);
}

static void random_round(unsigned int nr)
{
	unsigned int i;

	if (!round_begin())
		return;
	for (; nr; nr--) {
		free_well();
		i = get_random_u32_below(ARRAY_SIZE(bad_frees));
		free_badly(&bad_frees[i]);
	}
	round_end();
	cond_resched();
}

static void random_bad_frees(unsigned long unused)
{
	unsigned int left = random_frees, nr, i;

	far_cpu = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
	if (far_cpu >= nr_cpu_ids)
		return test_skip("there is no other CPU");
	heap = kmalloc(PAGE_SIZE, GFP_KERNEL);
	virtual = vmalloc(PAGE_SIZE);
	if (EXPECT(heap && virtual)) {
		for (; left; left -= nr) {
			nr = min_t(unsigned int, left, FREES_PER_ROUND);
			random_round(nr);
		}
	}
	vfree(virtual);
	kfree(heap);
	for (i = 0; i < ARRAY_SIZE(bad_frees); i++)
		test_expect(bad_frees[i].found == bad_frees[i].done,
			    bad_frees[i].name);
	EXPECT(false_reports == 0);
}

static int figures_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(bad_frees); i++)
		len += sysfs_emit_at(buffer, len, "%s %lu %lu\n",
				     bad_frees[i].name, bad_frees[i].done,
				     bad_frees[i].found);
	return len + sysfs_emit_at(buffer, len, "false %lu\n", false_reports);
}

static const struct kernel_param_ops figures_ops = {
	.get = figures_get,
};
module_param_cb(figures, &figures_ops, NULL, 0444);
MODULE_PARM_DESC(figures,
		 "random bad frees: class, done, found; false reports");

static const struct test_case cases[] = {
	{ "hardened_double_free_adjacent", double_free_adjacent,
	  MAGSLAB_HARDENED },
	{ "hardened_double_free_distant", double_free_distant,
	  MAGSLAB_HARDENED },
	{ "hardened_foreign_free", foreign_free, MAGSLAB_HARDENED },
	{ "hardened_interior_free", interior_free, MAGSLAB_HARDENED },
	{ "hardened_other_free", other_free, MAGSLAB_HARDENED },
	{ "hardened_free_map_of_ones", free_map_overwritten, 0xff },
	{ "hardened_free_map_of_zeros", free_map_overwritten, 0 },
	{ "hardened_leak_at_destroy", leak_at_destroy, MAGSLAB_HARDENED },
	{ "debug_double_free_adjacent", double_free_adjacent, MAGSLAB_DEBUG },
	{ "debug_double_free_distant", double_free_distant, MAGSLAB_DEBUG },
	{ "debug_foreign_free", foreign_free, MAGSLAB_DEBUG },
	{ "debug_interior_free", interior_free, MAGSLAB_DEBUG },
	{ "debug_other_free", other_free, MAGSLAB_DEBUG },
	{ "debug_overflow_by_one", overflow_by_one },
	{ "debug_underflow_by_one", underflow_by_one },
	{ "debug_write_after_free", write_after_free },
	{ "debug_leak_at_destroy", leak_at_destroy, MAGSLAB_DEBUG },
	{ "hardened_random_bad_frees", random_bad_frees },
	{ "guard_double_free_adjacent", double_free_adjacent, MAGSLAB_GUARD },
	{ "guard_foreign_free", foreign_free, MAGSLAB_GUARD },
	{ "guard_interior_free", interior_free, MAGSLAB_GUARD },
	{ "guard_other_free", guard_other_free, MAGSLAB_HARDENED },
	{ "guard_other_free_of_two", guard_other_free, MAGSLAB_GUARD },
	{ "guard_overflow", guard_overflow },
	{ "guard_underflow", guard_underflow },
	{ "guard_write_after_free", guard_write_after_free },
	{ "guard_unmapped", guard_unmapped },
	{ "guard_unmapped_for_all_cpus", guard_unmapped_for_all_cpus },
	{ "guard_runs_out", guard_runs_out },
	{ "guard_leak_at_destroy", guard_leak_at_destroy },
};

static int __init magslab_safety_mod_init(void)
{
	if (random_frees > 10000000)
		return -EINVAL;
	other = magslab_cache_create("safety-other", SIZE, 0, 0, NULL);
	if (IS_ERR(other))
		return PTR_ERR(other);
	others_object = magslab_alloc(other, GFP_KERNEL);
	if (others_object) {
		test_run_cases(cases, ARRAY_SIZE(cases));
		magslab_free(other, others_object);
	}
	magslab_cache_destroy(other);
	return others_object ? 0 : -ENOMEM;
}

static void __exit magslab_safety_mod_exit(void)
{
}

module_init(magslab_safety_mod_init);
module_exit(magslab_safety_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: safety modes");
MODULE_LICENSE("GPL");

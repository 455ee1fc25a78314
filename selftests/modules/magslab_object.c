// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is promised of an object: what is in it, where it lies, that it was
 * constructed once. And which caches can be made.
 */
#include <linux/err.h>
#include <linux/jump_label.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>

#include "cases.h"
#include "ledger.h"
#include "supply.h"

/*
 * Contents
 */

static void throw_init_on_alloc(bool on)
{
	if (on)
		static_branch_enable(&init_on_alloc);
	else
		static_branch_disable(&init_on_alloc);
}

/*
 * The kernels that distributions ship zero everything at allocation, which
 * would hide an allocator that forgets __GFP_ZERO. Their switch is thrown for
 * as long as a case runs. That of init_on_free must not be: pages that are
 * free already would be taken for zero.
 */
static void with_init_on_alloc(bool on, void (*function)(gfp_t gfp), gfp_t gfp)
{
	bool was_on = static_key_enabled(&init_on_alloc);

	if (on != was_on)
		throw_init_on_alloc(on);
	function(gfp);
	if (on != was_on)
		throw_init_on_alloc(was_on);
}

static bool objects_are_zero(unsigned int nr)
{
	size_t size = magslab_cache_size(cache);
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!body_is_zero(objects[i], size))
			return false;
	return true;
}

/* From the magazines, from the depot behind them, and from slabs. */
static void expect_zero(gfp_t gfp)
{
	if (!EXPECT(supply_dirty(SUPPLY)) || !EXPECT(supply_take(SUPPLY, gfp)))
		return;
	EXPECT(objects_are_zero(SUPPLY));
	supply_scribble(SUPPLY);
	supply_put(SUPPLY);

	if (!EXPECT(magslab_alloc_bulk(cache, gfp, SUPPLY, objects) == SUPPLY))
		return;
	EXPECT(objects_are_zero(SUPPLY));
	magslab_free_bulk(cache, SUPPLY, objects);
}

static void gfp_zero(unsigned long unused)
{
	with_init_on_alloc(false, expect_zero, GFP_KERNEL | __GFP_ZERO);
}

static void init_on_alloc_on(unsigned long unused)
{
	with_init_on_alloc(true, expect_zero, GFP_KERNEL);
}

/* This looks at memory that was freed: it still belongs to the cache. */
static void expect_free_zero(void)
{
	kasan_disable_current();
	EXPECT(objects_are_zero(SUPPLY));
	kasan_enable_current();
}

static void init_on_free_on(unsigned long unused)
{
	if (!static_key_enabled(&init_on_free))
		return test_skip("booted without init_on_free=1");

	if (!EXPECT(supply_dirty(SUPPLY)))
		return;
	expect_free_zero();

	if (!EXPECT(supply_take(SUPPLY, GFP_KERNEL)))
		return;
	supply_scribble(SUPPLY);
	magslab_free_bulk(cache, SUPPLY, objects);
	expect_free_zero();
}

/* A word that could serve as a link to an object, or to its page. */
static bool is_link(unsigned long word)
{
	unsigned int i;

	for (i = 0; i < SUPPLY; i++)
		if ((word ^ (unsigned long)objects[i]) < PAGE_SIZE)
			return true;
	return false;
}

static unsigned int count_links(const unsigned long *word)
{
	size_t i, words = magslab_cache_size(cache) / sizeof(*word);
	unsigned int links = 0;

	/* They are free. */
	kasan_disable_current();
	for (i = 0; i < words; i++)
		links += is_link(READ_ONCE(word[i]));
	kasan_enable_current();
	return links;
}

static void no_links_in_free_objects(unsigned long unused)
{
	unsigned int i, links = 0;

	/* One in eight stays live, so that no slab goes away. */
	if (!EXPECT(supply_take(SUPPLY, GFP_KERNEL)))
		return;
	for (i = 0; i < SUPPLY; i++)
		if (i % 8)
			magslab_free(cache, objects[i]);
	for (i = 0; i < SUPPLY; i++)
		if (i % 8)
			links += count_links(objects[i]);
	EXPECT(links == 0);

	magslab_cache_shrink(cache);
	for (i = 0; i < SUPPLY; i++)
		if (i % 8)
			links += count_links(objects[i]);
	EXPECT(links == 0);
	for (i = 0; i < SUPPLY; i += 8)
		magslab_free(cache, objects[i]);
}

/*
 * Places
 */

static unsigned int count_above_zone(enum zone_type zone)
{
	unsigned int i, nr = 0;

	for (i = 0; i < SUPPLY; i++)
		nr += page_zonenum(virt_to_page(objects[i])) > zone;
	return nr;
}

/* Ordinary objects are at hand, but not what is asked for. */
static void gfp_zone_honoured(unsigned long zone_flag)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | (__force gfp_t)zone_flag;

	if (!EXPECT(supply_dirty(SUPPLY)))
		return;
	if (!count_above_zone(gfp_zone(gfp)))
		return test_skip("all memory is in this zone");
	if (!supply_take(SUPPLY, gfp))
		return test_skip("no memory in this zone");
	EXPECT(count_above_zone(gfp_zone(gfp)) == 0);
	supply_put(SUPPLY);

	if (!EXPECT(magslab_alloc_bulk(cache, gfp, SUPPLY, objects) == SUPPLY))
		return;
	EXPECT(count_above_zone(gfp_zone(gfp)) == 0);
	magslab_free_bulk(cache, SUPPLY, objects);
}

static unsigned int count_off_node(int nid)
{
	unsigned int i, nr = 0;

	for (i = 0; i < SUPPLY; i++)
		nr += page_to_nid(virt_to_page(objects[i])) != nid;
	return nr;
}

static long take_there(void *unused)
{
	return supply_take(SUPPLY, GFP_KERNEL);
}

/* Any CPU of another node, or nr_cpu_ids. */
static unsigned int cpu_elsewhere(int nid)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu_to_node(cpu) != nid)
			return cpu;
	return nr_cpu_ids;
}

static void gfp_thisnode(unsigned long unused)
{
	int here = numa_mem_id();
	unsigned int cpu = cpu_elsewhere(here);

	if (cpu >= nr_cpu_ids)
		return test_skip("one node has all CPUs");

	/* Objects of the other node fill this CPU's magazines. */
	if (!EXPECT(work_on_cpu(cpu, take_there, NULL)))
		return;
	EXPECT(count_off_node(here));
	supply_put(SUPPLY);

	if (!EXPECT(supply_take(SUPPLY, GFP_KERNEL | __GFP_THISNODE)))
		return;
	EXPECT(count_off_node(here) == 0);
	supply_put(SUPPLY);
}

/*
 * Constructors
 */

#define CONSTRUCTED_SIZE 128

static struct ledger constructed;

static void construct(void *object)
{
	ledger_add(&constructed, object, 0);
	body_fill(object, CONSTRUCTED_SIZE, 0);
}

/* Each object is in the ledger of those that were constructed, and intact. */
static void expect_constructed(void)
{
	unsigned int i, missed = 0, changed = 0;
	struct ledger_entry entry;

	for (i = 0; i < SUPPLY; i++) {
		if (!ledger_remove(&constructed, objects[i], &entry))
			missed++;
		else
			ledger_add(&constructed, objects[i], 0);
		if (!body_intact(objects[i], CONSTRUCTED_SIZE, 0))
			changed++;
	}
	EXPECT(missed == 0);
	EXPECT(changed == 0);
	EXPECT(atomic64_read(&constructed.twice) == 0);
}

static void ctor_rounds(struct magslab_cache *ctor_cache)
{
	unsigned int round;

	for (round = 0; round < 3; round++) {
		if (!EXPECT(magslab_alloc_bulk(ctor_cache, GFP_KERNEL, SUPPLY,
					       objects) == SUPPLY))
			return;
		expect_constructed();
		magslab_free_bulk(ctor_cache, SUPPLY, objects);
	}
}

/* Once for each object, before it is first handed out, and never again. */
static void ctor_once(unsigned long unused)
{
	struct magslab_cache *ctor_cache;

	if (!EXPECT(!ledger_init(&constructed)))
		return;
	ctor_cache = magslab_cache_create("object-ctor", CONSTRUCTED_SIZE, 0, 0,
					  construct);
	if (EXPECT(!IS_ERR(ctor_cache)))
		ctor_rounds(ctor_cache);
	magslab_cache_destroy(ctor_cache);
	ledger_fini(&constructed);
}

/*
 * The rest of the API
 */

#define NAME_OF_63 \
	"123456789-123456789-123456789-123456789-123456789-123456789-123"

static const struct {
	const char *what;
	const char *name;
	size_t size;
	size_t align;
	unsigned long flags;
	int error;
} refused[] = {
	{ "size 0", "x", 0, 0, 0, -EINVAL },
	{ "size 1", "x", 1, 0, 0, -EINVAL },
	{ "size 7", "x", 7, 0, 0, -EINVAL },
	{ "size 64K+1", "x", MAGSLAB_MAX_SIZE + 1, 0, 0, -EINVAL },
	{ "size 2^32+64", "x", (1UL << 32) + 64, 0, 0, -EINVAL },
	{ "size 2^64-1", "x", SIZE_MAX, 0, 0, -EINVAL },
	{ "align 3", "x", 64, 3, 0, -EINVAL },
	{ "align of two pages", "x", 64, 2 * PAGE_SIZE, 0, -EINVAL },
	{ "align 2^32+8", "x", 64, (1UL << 32) + 8, 0, -EINVAL },
	{ "align 2^64-1", "x", 64, SIZE_MAX, 0, -EINVAL },
	{ "flag 4", "x", 64, 0, BIT(4), -EINVAL },
	{ "flag 15", "x", 64, 0, BIT(15), -EINVAL },
	{ "flag 16", "x", 64, 0, BIT(16), -EINVAL },
	{ "flag 63", "x", 64, 0, BIT(63), -EINVAL },
	{ "no name", NULL, 64, 0, 0, -EINVAL },
	{ "empty name", "", 64, 0, 0, -EINVAL },
	{ "name .", ".", 64, 0, 0, -EINVAL },
	{ "name ..", "..", 64, 0, 0, -EINVAL },
	{ "blank in name", "x y", 64, 0, 0, -EINVAL },
	{ "slash in name", "x/y", 64, 0, 0, -EINVAL },
	{ "newline in name", "x\n", 64, 0, 0, -EINVAL },
	{ "DEL in name", "x\x7f", 64, 0, 0, -EINVAL },
	{ "byte 0x80 in name", "x\x80", 64, 0, 0, -EINVAL },
	{ "name of 64", NAME_OF_63 "4", 64, 0, 0, -EINVAL },
	{ "name taken", "object", 64, 0, 0, -EEXIST },
};

static void create_refused(unsigned long unused)
{
	struct magslab_cache *bad;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		bad = magslab_cache_create(refused[i].name, refused[i].size,
					   refused[i].align, refused[i].flags,
					   NULL);
		test_expect(PTR_ERR(bad) == refused[i].error, refused[i].what);
		magslab_cache_destroy(bad);
	}
}

static void create_at_limits(unsigned long unused)
{
	struct magslab_cache *large;
	void *object;

	large = magslab_cache_create(NAME_OF_63, MAGSLAB_MAX_SIZE, PAGE_SIZE,
				     MAGSLAB_FLAGS_ALL, NULL);
	if (!EXPECT(!IS_ERR(large)))
		return;
	EXPECT(magslab_cache_size(large) == MAGSLAB_MAX_SIZE);
	object = magslab_alloc(large, GFP_KERNEL);
	if (EXPECT(object))
		memset(object, 0xa5, MAGSLAB_MAX_SIZE);
	EXPECT(IS_ALIGNED((unsigned long)object, PAGE_SIZE));
	magslab_free(large, object);
	magslab_cache_destroy(large);
}

static void null_does_nothing(unsigned long unused)
{
	unsigned long pages = magslab_cache_pages(cache);

	magslab_free(cache, NULL);
	magslab_cache_destroy(NULL);
	magslab_cache_destroy(ERR_PTR(-ENOMEM));
	EXPECT(magslab_cache_pages(cache) == pages);
}

/* Without a reclaim bit, what the cache holds is all there is. */
static void bulk_all_or_none(unsigned long unused)
{
	unsigned int held = 0;

	magslab_cache_shrink(cache);
	if (!EXPECT(supply_take(1, GFP_KERNEL)))
		return;
	supply_put(1);
	while (held < SUPPLY && (objects[held] = magslab_alloc(cache, 0)))
		held++;
	supply_put(held);
	if (!EXPECT(held && held < SUPPLY))
		return;

	EXPECT(magslab_alloc_bulk(cache, 0, held + 1, objects) == 0);
	if (EXPECT(supply_take(held, 0)))
		supply_put(held);
}

static void shrink_gives_all(unsigned long unused)
{
	unsigned long pages;

	if (!EXPECT(supply_dirty(SUPPLY)))
		return;
	pages = magslab_cache_pages(cache);
	EXPECT(pages);
	EXPECT(magslab_cache_shrink(cache) == pages);
	EXPECT(magslab_cache_pages(cache) == 0);
}

static const struct test_case cases[] = {
	{ "gfp_zero", gfp_zero },
	{ "init_on_alloc", init_on_alloc_on },
	{ "init_on_free", init_on_free_on },
	{ "no_links_in_free_objects", no_links_in_free_objects },
	{ "gfp_dma", gfp_zone_honoured, (__force unsigned long)__GFP_DMA },
	{ "gfp_dma32", gfp_zone_honoured, (__force unsigned long)__GFP_DMA32 },
	{ "gfp_thisnode", gfp_thisnode },
	{ "ctor_once", ctor_once },
	{ "create_refused", create_refused },
	{ "create_at_limits", create_at_limits },
	{ "null_does_nothing", null_does_nothing },
	{ "bulk_all_or_none", bulk_all_or_none },
	{ "shrink_gives_all", shrink_gives_all },
};

static int __init magslab_object_mod_init(void)
{
	cache = magslab_cache_create("object", 64, 0, 0, NULL);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	test_run_cases(cases, ARRAY_SIZE(cases));
	magslab_cache_destroy(cache);
	return 0;
}

static void __exit magslab_object_mod_exit(void)
{
}

module_init(magslab_object_mod_init);
module_exit(magslab_object_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: objects and caches");
MODULE_LICENSE("GPL");

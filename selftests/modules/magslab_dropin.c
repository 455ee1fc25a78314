// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmem_cache and kmalloc() as any module uses them. That it runs on magslab is
 * the compiler's doing, by linux/magslab_kmem.h; only the expectations know.
 */
#include <linux/fs.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cases.h"

#define NR 100

struct thing {
	struct rcu_head rcu;
	char user[40];
};

static struct kmem_cache *cache;
static void *objects[NR];
static unsigned int constructed;

static void construct(void *object)
{
	constructed++;
	*(unsigned long *)object = 0x600d;
}

static bool is_ours(const void *object)
{
	return magslab_cache_of(object) == cache;
}

/* Nothing that was allocated is left, so all slabs can be given back. */
static bool is_unused(struct kmem_cache *which)
{
	return kmem_cache_shrink(which) == 0;
}

/*
 * === Creation ===
 */

static void expect_cache(struct kmem_cache *made, unsigned int size,
			 unsigned int align)
{
	void *object;

	if (!EXPECT(made))
		return;
	EXPECT(kmem_cache_size(made) == size);
	object = kmem_cache_alloc(made, GFP_KERNEL);
	EXPECT(magslab_cache_of(object) == made);
	EXPECT(IS_ALIGNED((unsigned long)object, align));
	kmem_cache_free(made, object);
	kmem_cache_destroy(made);
}

static void create_forms(unsigned long unused)
{
	expect_cache(kmem_cache_create("form", 24, 0, 0, NULL), 24, 8);
	expect_cache(kmem_cache_create("form", 24, 64, SLAB_PANIC, NULL), 24,
		     64);
	/* Not a power of two. */
	expect_cache(kmem_cache_create("form", 24, 12, 0, NULL), 24, 16);
	expect_cache(kmem_cache_create_usercopy("form", 24, 0, 0, 8, 8, NULL),
		     24, 8);
	expect_cache(kmem_cache_create("form", 24, 0, SLAB_TYPESAFE_BY_RCU,
				       NULL),
		     24, 8);
	expect_cache(KMEM_CACHE(thing, SLAB_ACCOUNT | SLAB_RECLAIM_ACCOUNT),
		     sizeof(struct thing), __alignof__(struct thing));
	expect_cache(KMEM_CACHE_USERCOPY(thing, SLAB_HWCACHE_ALIGN, user),
		     sizeof(struct thing), 64);
}

/* The kernel's macro of this name is gone, and so is the way to ask for it. */
static void create_by_args(unsigned long unused)
{
#ifdef __kmem_cache_create_args
	struct kmem_cache_args args = { .align = 32, .ctor = construct };

	constructed = 0;
	expect_cache(kmem_cache_create("args", 24, &args, 0), 24, 32);
	EXPECT(constructed);
	expect_cache(kmem_cache_create("args", 24, NULL, 0), 24, 8);
#else
	test_skip("this kernel has no struct kmem_cache_args");
#endif
}

/* Whatever a cache is called, and though there are some of that name. */
static void create_names(unsigned long unused)
{
	static const char *const names[] = {
		"name",
		"name",
		"name",
		"a b/c\n",
		"",
		".",
		"..",
		NULL,
		"a name that is longer than any that magslab would give to a cache",
		"a name that is longer than any that magslab would give to a cache",
	};
	struct kmem_cache *made[ARRAY_SIZE(names)];
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		made[i] = kmem_cache_create(names[i], 32, 0, 0, NULL);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		expect_cache(made[i], 32, 8);
}

static void create_refused(unsigned long unused)
{
	EXPECT(!kmem_cache_create("dma", 32, 0, SLAB_CACHE_DMA, NULL));
	EXPECT(!kmem_cache_create("dma32", 32, 0, SLAB_CACHE_DMA32, NULL));
	EXPECT(!kmem_cache_create("large", 1 << 20, 0, 0, NULL));
}

static void constructor(unsigned long unused)
{
	struct kmem_cache *made;
	unsigned long *object;

	made = kmem_cache_create("constructor", 24, 0, 0, construct);
	if (!EXPECT(made))
		return;
	object = kmem_cache_alloc(made, GFP_KERNEL);
	EXPECT(object && *object == 0x600d);
	kmem_cache_free(made, object);
	kmem_cache_destroy(made);
}

/*
 * === Objects ===
 */

static void alloc_forms(unsigned long unused)
{
	struct super_block sb;

	objects[0] = kmem_cache_alloc(cache, GFP_KERNEL);
	objects[1] = kmem_cache_alloc(cache, GFP_KERNEL_ACCOUNT);
	objects[2] = kmem_cache_alloc_node(cache, GFP_KERNEL, NUMA_NO_NODE);
	objects[3] = kmem_cache_alloc_lru(cache, &sb.s_inode_lru, GFP_KERNEL);
	objects[4] = alloc_inode_sb(&sb, cache, GFP_KERNEL);
	objects[5] = kmem_cache_zalloc(cache, GFP_KERNEL);
	EXPECT(objects[5] && !memchr_inv(objects[5], 0, sizeof(struct thing)));
	EXPECT(kmem_cache_alloc_bulk(cache, GFP_KERNEL, NR - 6, objects + 6) ==
	       NR - 6);
	EXPECT(is_ours(objects[0]) && is_ours(objects[1]));
	EXPECT(is_ours(objects[2]) && is_ours(objects[3]));
	EXPECT(is_ours(objects[4]) && is_ours(objects[5]));
	EXPECT(is_ours(objects[6]) && is_ours(objects[NR - 1]));
	EXPECT(!is_unused(cache));
	kmem_cache_free_bulk(cache, NR, objects);
	EXPECT(is_unused(cache));
}

static bool take(void)
{
	return EXPECT(kmem_cache_alloc_bulk(cache, GFP_KERNEL, NR, objects) ==
		      NR);
}

/* Whatever the function, an object goes where it came from. */
static void free_forms(unsigned long unused)
{
	void (*callback)(const void *p) = kfree;
	int i = 0;

	if (!take())
		return;
	kmem_cache_free(cache, objects[i++]);
	kfree(objects[i++]);
	kfree_const(objects[i++]);
	kfree_link(objects[i++]);
	kfree_sensitive(objects[i++]);
	kvfree(objects[i++]);
	kvfree_sensitive(objects[i++], sizeof(struct thing));
	callback(objects[i++]);
	kmem_cache_free_bulk(cache, 2, objects + i);
	i += 2;
	kfree_bulk(NR - i, objects + i);
	EXPECT(is_unused(cache));
}

static void free_to_wrong_cache(unsigned long unused)
{
	struct kmem_cache *other = KMEM_CACHE(list_head, 0);

	if (!EXPECT(other) || !take())
		return;
	kmem_cache_free(other, objects[0]);
	kmem_cache_free_bulk(other, NR - 1, objects + 1);
	EXPECT(is_unused(cache));
	EXPECT(magslab_cache_pages(other) == 0);
	/* And one of the kernel's. */
	kmem_cache_free(other, kasprintf(GFP_KERNEL, "%d", NR));
	EXPECT(magslab_cache_pages(other) == 0);
	kmem_cache_destroy(other);
}

static void null_does_nothing(unsigned long unused)
{
	kfree(NULL);
	kfree(ZERO_SIZE_PTR);
	kvfree(NULL);
	kfree_const(NULL);
	kfree_sensitive(NULL);
	kmem_cache_destroy(NULL);
	EXPECT(true);
}

/* After a grace period, which destruction waits for. */
static void free_rcu(unsigned long unused)
{
	struct kmem_cache *made = KMEM_CACHE(thing, 0);
	struct thing *thing;
	int i;

	if (!EXPECT(made))
		return;
	rcu_read_lock();
	for (i = 0; i < NR; i++) {
		thing = kmem_cache_alloc(made, GFP_ATOMIC);
		if (EXPECT(thing))
			kfree_rcu(thing, rcu);
	}
	EXPECT(magslab_cache_pages(made));
	rcu_read_unlock();
	kmem_cache_destroy(made);
}

static void cleanup(unsigned long unused)
{
	{
		void *ours __free(kfree) = kmem_cache_alloc(cache, GFP_KERNEL);
		void *theirs __free(kfree) = kasprintf(GFP_KERNEL, "cleanup");

		EXPECT(is_ours(ours));
		EXPECT(theirs && !magslab_cache_of(theirs));
	}
	EXPECT(is_unused(cache));
}

static void pool_use(mempool_t *pool)
{
	int i;

	for (i = 0; i < NR; i++)
		objects[i] = mempool_alloc(pool, GFP_KERNEL);
	EXPECT(is_ours(objects[0]) && is_ours(objects[NR - 1]));
	for (i = 0; i < NR; i++)
		mempool_free(objects[i], pool);
}

static void mempools(unsigned long unused)
{
	mempool_t *pool = mempool_create_slab_pool(4, cache);
	mempool_t other;

	if (EXPECT(pool))
		pool_use(pool);
	mempool_destroy(pool);
	pool = mempool_create(4, mempool_alloc_slab, mempool_free_slab, cache);
	if (EXPECT(pool))
		pool_use(pool);
	mempool_destroy(pool);
	if (EXPECT(mempool_init_slab_pool(&other, 4, cache) == 0))
		pool_use(&other);
	mempool_exit(&other);
	EXPECT(is_unused(cache));
}

/*
 * === The kernel's memory ===
 */

static void kernels_cache(unsigned long unused)
{
	char *name = __getname();

	EXPECT(name && !magslab_owns(name));
	__putname(name);
	name = kmem_cache_zalloc(names_cachep, GFP_KERNEL);
	EXPECT(name && !magslab_owns(name));
	kmem_cache_free(names_cachep, name);
}

static void kernels_memory(unsigned long unused)
{
	void *small = kvmalloc(100, GFP_KERNEL);
	void *large = kvmalloc(8 << 20, GFP_KERNEL);
	char *short_text = kasprintf(GFP_KERNEL, "%d", NR), *text;

	EXPECT(small && !magslab_owns(small));
	EXPECT(large && is_vmalloc_addr(large));
	kvfree(small);
	kvfree(large);
	text = krealloc(short_text, 1000, GFP_KERNEL);
	EXPECT(text && !magslab_owns(text));
	EXPECT(ksize(text) >= 1000);
	kfree(text);
}

/*
 * === kmalloc() ===
 */

static void expect_memory(void *p, size_t size)
{
	if (!EXPECT(p))
		return;
	EXPECT(magslab_owns(p));
	EXPECT(ksize(p) >= size);
	memset(p, 0x5a, size);
	kfree(p);
}

static void kmalloc_forms(unsigned long unused)
{
	size_t size;

	for (size = 1; size <= 64 << 10; size = size * 5 / 2 + 3) {
		expect_memory(kmalloc(size, GFP_KERNEL), size);
		expect_memory(kzalloc(size, GFP_KERNEL), size);
		expect_memory(kmalloc_node(size, GFP_KERNEL, 0), size);
		expect_memory(kcalloc(3, size, GFP_KERNEL), 3 * size);
		expect_memory(kmalloc_array(3, size, GFP_KERNEL), 3 * size);
		expect_memory(kmalloc_array_node(3, size, GFP_KERNEL, 0),
			      3 * size);
		expect_memory(kcalloc_node(3, size, GFP_KERNEL, 0), 3 * size);
	}
	EXPECT(!kmalloc_array(SIZE_MAX / 2, 3, GFP_KERNEL));
	EXPECT(kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR);
}

static void expect_text(char *text, const char *wanted)
{
	EXPECT(text && !strcmp(text, wanted));
	expect_memory(text, strlen(wanted) + 1);
}

static void copies(unsigned long unused)
{
	expect_text(kstrdup("magazine", GFP_KERNEL), "magazine");
	expect_text(kstrndup("magazine", 3, GFP_KERNEL), "mag");
	expect_text(kmemdup_nul("magazine", 4, GFP_KERNEL), "maga");
	expect_text(kmemdup("magazine", 9, GFP_KERNEL), "magazine");
	EXPECT(!kstrdup(NULL, GFP_KERNEL));
	EXPECT(!kstrndup(NULL, 3, GFP_KERNEL));
}

static void resize(unsigned long unused)
{
	char *small = krealloc(NULL, 10, GFP_KERNEL), *p;

	if (!EXPECT(small && magslab_owns(small)))
		return;
	strscpy(small, "magazine", 10);
	p = krealloc_array(small, 100, 100, GFP_KERNEL);
	EXPECT(p && magslab_owns(p) && !strcmp(p, "magazine"));
	EXPECT(!krealloc_array(p, SIZE_MAX / 2, 3, GFP_KERNEL));
	expect_memory(p, 100 * 100);
}

static void pool_of_size(unsigned long unused)
{
	mempool_t *pool = mempool_create_kmalloc_pool(2, 100);
	void *p;

	if (!EXPECT(pool))
		return;
	p = mempool_alloc(pool, GFP_KERNEL);
	EXPECT(magslab_owns(p));
	mempool_free(p, pool);
	mempool_destroy(pool);
}

static const struct test_case cases[] = {
	{ "create_forms", create_forms },
	{ "create_by_args", create_by_args },
	{ "create_names", create_names },
	{ "create_refused", create_refused },
	{ "constructor", constructor },
	{ "alloc_forms", alloc_forms },
	{ "free_forms", free_forms },
	{ "free_to_wrong_cache", free_to_wrong_cache },
	{ "null_does_nothing", null_does_nothing },
	{ "free_rcu", free_rcu },
	{ "cleanup", cleanup },
	{ "mempools", mempools },
	{ "kernels_cache", kernels_cache },
	{ "kernels_memory", kernels_memory },
	{ "kmalloc_forms", kmalloc_forms },
	{ "copies", copies },
	{ "resize", resize },
	{ "pool_of_size", pool_of_size },
};

static int __init magslab_dropin_mod_init(void)
{
	cache = KMEM_CACHE(thing, SLAB_HWCACHE_ALIGN);
	if (!cache)
		return -ENOMEM;
	test_run_cases(cases, ARRAY_SIZE(cases));
	kmem_cache_destroy(cache);
	return 0;
}

static void __exit magslab_dropin_mod_exit(void)
{
}

module_init(magslab_dropin_mod_init);
module_exit(magslab_dropin_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: the names of the kernel's allocator");
MODULE_LICENSE("GPL");

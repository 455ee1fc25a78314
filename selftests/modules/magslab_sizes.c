// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of any size, beside the kernel's own: how much of it is wasted, where
 * it lies, and what becomes of what is none.
 */
#include <linux/bits.h>
#include <linux/irq_work.h>
#include <linux/kfence.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include <linux/magslab_kmalloc.h>

#include "cases.h"

#define MAX_SIZE 8192

static unsigned int leak;
module_param(leak, uint, 0444);
MODULE_PARM_DESC(leak, "forget so many objects of 100 bytes and of 20000");

/*
 * Waste
 */

/* Of sizes up to @to, from where the range before ends: bytes, largest part. */
struct waste_range {
	size_t to;
	unsigned long ours, ours_max;
	unsigned long theirs, theirs_max;
};

static struct waste_range waste_ranges[] = {
	{ 8 },	 { 16 },   { 32 },   { 64 },   { 128 },	 { 256 },
	{ 512 }, { 1024 }, { 2048 }, { 4096 }, { 8192 },
};

static size_t our_bytes(size_t size)
{
	void *p = magslab_kmalloc(size, GFP_KERNEL);
	size_t bytes = magslab_ksize(p);

	magslab_kfree(p);
	return bytes;
}

/* KFENCE takes an allocation now and then, and gives just what was asked for. */
static size_t their_bytes(size_t size)
{
	size_t bytes;
	void *p;

	do {
		p = kmalloc(size, GFP_KERNEL);
		bytes = is_kfence_address(p) ? 0 : ksize(p);
		kfree(p);
	} while (p && !bytes);
	return bytes;
}

static void waste_add(struct waste_range *range, size_t size)
{
	unsigned long ours = our_bytes(size) - size;
	unsigned long theirs = their_bytes(size) - size;

	EXPECT(ours <= theirs);
	range->ours += ours;
	range->ours_max = max(range->ours_max, ours);
	range->theirs += theirs;
	range->theirs_max = max(range->theirs_max, theirs);
}

static void waste_at_most_kmallocs(unsigned long unused)
{
	struct waste_range *range = waste_ranges;
	size_t size;

	for (size = 1; size <= MAX_SIZE; size++) {
		if (size > range->to)
			range++;
		waste_add(range, size);
	}
}

/* Per mille of what is taken from the allocator. */
static unsigned long part(unsigned long wasted, size_t from, size_t to)
{
	unsigned long asked = (from + to) * (to - from + 1) / 2;

	return 1000 * wasted / (asked + wasted);
}

static int waste_emit(char *buffer, int at, unsigned long mille,
		      unsigned long most)
{
	return sysfs_emit_at(buffer, at, " %9lu.%lu %% %6lu B", mille / 10,
			     mille % 10, most);
}

static int waste_emit_range(char *buffer, int at, size_t from,
			    const struct waste_range *r)
{
	int begin = at;

	at += sysfs_emit_at(buffer, at, "%5zu..%-4zu", from, r->to);
	at += waste_emit(buffer, at, part(r->ours, from, r->to), r->ours_max);
	at += waste_emit(buffer, at, part(r->theirs, from, r->to),
			 r->theirs_max);
	at += sysfs_emit_at(buffer, at, "\n");
	return at - begin;
}

static int waste_get(char *buffer, const struct kernel_param *kp)
{
	size_t i, from = 1;
	int at;

	at = sysfs_emit(buffer, "%11s %20s %20s\n", "bytes asked",
			"magslab mean max", "kmalloc mean max");
	for (i = 0; i < ARRAY_SIZE(waste_ranges); i++) {
		at += waste_emit_range(buffer, at, from, &waste_ranges[i]);
		from = waste_ranges[i].to + 1;
	}
	return at;
}

static const struct kernel_param_ops waste_ops = {
	.get = waste_get,
};
module_param_cb(waste, &waste_ops, NULL, 0444);
MODULE_PARM_DESC(waste, "a line for each range of sizes");

/*
 * Memory
 */

/* The compiler must not know how much was asked for: all there is gets used. */
static noinline void *take(size_t size, gfp_t gfp)
{
	void *p = magslab_kmalloc(size, gfp);

	OPTIMIZER_HIDE_VAR(p);
	return p;
}

static void aligned_and_usable(unsigned long unused)
{
	size_t size, usable;
	void *p;

	for (size = 1; size <= 3 * MAX_SIZE; size++) {
		p = take(size, GFP_KERNEL);
		if (!EXPECT(p))
			return;
		usable = magslab_ksize(p);
		EXPECT(usable >= size);
		EXPECT(usable == magslab_kmalloc_size_roundup(size));
		EXPECT(IS_ALIGNED((unsigned long)p,
				  min_t(size_t, size & -size, PAGE_SIZE)));
		memset(p, 0xa5, usable);
		magslab_kfree(p);
	}
}

static bool is_filled(const u8 *p, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != (u8)(i * 7 + 1))
			return false;
	return true;
}

static void fill(u8 *p, size_t from, size_t to)
{
	for (; from < to; from++)
		p[from] = from * 7 + 1;
}

static void realloc_keeps(unsigned long unused)
{
	size_t size, had = 0;
	u8 *p = NULL, *q;

	for (size = 1; size < 64 * 1024; size += size / 4 + 1) {
		q = magslab_krealloc(p, size, GFP_KERNEL);
		if (!EXPECT(q))
			break;
		p = q;
		EXPECT(is_filled(p, had));
		fill(p, had, size);
		had = size;
	}
	q = magslab_krealloc(p, 5, GFP_KERNEL);
	if (EXPECT(q == p))
		EXPECT(is_filled(q, 5));
	magslab_kfree(p);
}

static void too_large_is_null(unsigned long unused)
{
	size_t n = SIZE_MAX / 2 + 1, size = 2;

	OPTIMIZER_HIDE_VAR(n);
	OPTIMIZER_HIDE_VAR(size);
	EXPECT(!magslab_kmalloc_array(n, size, GFP_KERNEL));
	EXPECT(!magslab_kcalloc(n, size, GFP_KERNEL));
	EXPECT(!magslab_kmalloc(n, GFP_KERNEL | __GFP_NOWARN));
	EXPECT(!take(2 * KMALLOC_MAX_SIZE, GFP_KERNEL | __GFP_NOWARN));
}

static void in_zone(unsigned long size)
{
	gfp_t gfp = GFP_KERNEL | GFP_DMA | __GFP_NOWARN;
	void *p = take(size, gfp);

	if (!p)
		return test_skip("no memory in this zone");
	EXPECT(page_zonenum(virt_to_page(p)) <= gfp_zone(gfp));
	magslab_kfree(p);
}

static void on_node(unsigned long size)
{
	void *p;
	int nid;

	if (num_node_state(N_MEMORY) < 2)
		return test_skip("one node has all memory");
	for_each_node_state(nid, N_MEMORY) {
		p = magslab_kmalloc_node(size, GFP_KERNEL | __GFP_THISNODE,
					 nid);
		if (EXPECT(p))
			EXPECT(page_to_nid(virt_to_page(p)) == nid);
		magslab_kfree(p);
	}
}

/*
 * Contexts: objects come from what the cache holds, pages from nowhere. All of
 * it can be freed; on PREEMPT_RT large memory goes a little later.
 */
static void *interrupt_objects[2];

static void in_interrupt_swap(struct irq_work *work)
{
	EXPECT(in_hardirq());
	magslab_kfree(interrupt_objects[0]);
	magslab_kfree(interrupt_objects[1]);
	interrupt_objects[0] = take(200, GFP_ATOMIC);
	interrupt_objects[1] = take(20000, GFP_ATOMIC);
}

static void in_hardirq_objects_only(unsigned long unused)
{
	static struct irq_work work = IRQ_WORK_INIT_HARD(in_interrupt_swap);

	interrupt_objects[0] = take(200, GFP_KERNEL);
	interrupt_objects[1] = take(20000, GFP_KERNEL);
	EXPECT(interrupt_objects[0] && interrupt_objects[1]);
	irq_work_queue(&work);
	irq_work_sync(&work);
	EXPECT(interrupt_objects[0]);
	EXPECT(!interrupt_objects[1]);
	magslab_kfree(interrupt_objects[0]);
}

static void large_freed_with_irqs_off(unsigned long unused)
{
	void *p = take(20000, GFP_KERNEL), *q;

	EXPECT(p);
	local_irq_disable();
	magslab_kfree(p);
	q = take(20000, GFP_NOWAIT | __GFP_NOWARN);
	local_irq_enable();
	if (IS_ENABLED(CONFIG_PREEMPT_RT) ||
	    IS_ENABLED(CONFIG_PROVE_RAW_LOCK_NESTING))
		EXPECT(!q);
	magslab_kfree(q);
}

/*
 * What is none of it. Each is one message of magslab.
 */

static void bad_kernel(void)
{
	void *p = kmalloc(100, GFP_KERNEL);

	magslab_kfree(p);
	kfree(p);
}

static void bad_page(void)
{
	unsigned long p = __get_free_page(GFP_KERNEL);

	magslab_kfree_sensitive((void *)p);
	free_page(p);
}

static void bad_vmalloc(void)
{
	void *p = vmalloc(4096);

	magslab_kfree(p);
	vfree(p);
}

static void bad_middle(void)
{
	void *p = take(20000, GFP_KERNEL);

	magslab_kfree(p + 4096);
	magslab_kfree(p);
}

static void bad_twice(void)
{
	void *p = take(20000, GFP_KERNEL);

	magslab_kfree(p);
	magslab_kfree(p);
}

static const struct {
	const char *name;
	void (*run)(void);
} bad_things[] = {
	{ "kernel", bad_kernel },   { "page", bad_page },
	{ "vmalloc", bad_vmalloc }, { "middle", bad_middle },
	{ "twice", bad_twice },
};

static int bad_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_things); i++) {
		if (!sysfs_streq(val, bad_things[i].name))
			continue;
		bad_things[i].run();
		return 0;
	}
	return -EINVAL;
}

static const struct kernel_param_ops bad_ops = {
	.set = bad_set,
};
module_param_cb(bad, &bad_ops, NULL, 0200);
MODULE_PARM_DESC(bad, "free something wrong, by its name in bad_things");

static const struct test_case cases[] = {
	{ "waste_at_most_kmallocs", waste_at_most_kmallocs },
	{ "aligned_and_usable", aligned_and_usable },
	{ "realloc_keeps", realloc_keeps },
	{ "too_large_is_null", too_large_is_null },
	{ "object_in_zone", in_zone, 100 },
	{ "large_in_zone", in_zone, 20000 },
	{ "object_on_node", on_node, 100 },
	{ "large_on_node", on_node, 20000 },
	{ "in_hardirq_objects_only", in_hardirq_objects_only },
	{ "large_freed_with_irqs_off", large_freed_with_irqs_off },
};

static void forget(unsigned int nr)
{
	while (nr--) {
		take(100, GFP_KERNEL);
		take(20000, GFP_KERNEL);
	}
}

static int __init magslab_sizes_mod_init(void)
{
	if (leak)
		forget(leak);
	else
		test_run_cases(cases, ARRAY_SIZE(cases));
	return 0;
}

static void __exit magslab_sizes_mod_exit(void)
{
}

module_init(magslab_sizes_mod_init);
module_exit(magslab_sizes_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Memory of any size, tested");
MODULE_LICENSE("GPL");

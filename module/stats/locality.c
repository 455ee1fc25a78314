// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/jhash.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "alloc/cache.h"
#include "compat.h"
#include "stats/locality.h"

/**
 * struct locality_cpu - the window of a CPU, and those before
 * @allocs: allocations in the window so far
 * @pages: pages they were on
 * @sum: of windows that are over
 * @seen: hashes of the pages of this window
 *
 * Changed by single instructions, as an interrupt may come in between any two of them:
 * what that allocates is of one window or of the next.
 */
struct locality_cpu {
	unsigned int allocs;
	unsigned int pages;
	struct locality_sum sum;
	unsigned long seen[BITS_TO_LONGS(LOCALITY_HASHES)];
};

struct locality {
	struct locality_cpu __percpu *cpu;
};

static void *locality_create(struct magslab_cache *cache, unsigned int setting)
{
	struct locality *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return NULL;
	l->cpu = alloc_percpu(struct locality_cpu);
	if (!l->cpu) {
		kfree(l);
		return NULL;
	}
	return l;
}

static void locality_destroy(void *data)
{
	struct locality *l = data;

	free_percpu(l->cpu);
	kfree(l);
}

/* The window is full: what it was goes into the sum, and the next one begins. */
static void window_end(struct locality *l)
{
	struct locality_cpu *cpu = this_cpu_ptr(l->cpu);
	unsigned int pages = this_cpu_xchg(l->cpu->pages, 0), i;

	for (i = 0; i < ARRAY_SIZE(cpu->seen); i++)
		WRITE_ONCE(cpu->seen[i], 0);
	if (!cpu->sum.windows || pages < cpu->sum.least)
		WRITE_ONCE(cpu->sum.least, pages);
	if (pages > cpu->sum.most)
		WRITE_ONCE(cpu->sum.most, pages);
	this_cpu_add(l->cpu->sum.pages, pages);
	this_cpu_inc(l->cpu->sum.windows);
	this_cpu_write(l->cpu->allocs, 0);
}

/*
 * A multiplication, as hash_long() is, would not do: what it makes of two pages depends on
 * how far apart they are, so two runs of pages at a bad distance would be taken for one.
 */
u32 magslab_locality_hash(unsigned long pfn)
{
	u32 hash = jhash_2words(lower_32_bits(pfn), upper_32_bits(pfn), 0);

	return hash >> (32 - LOCALITY_HASH_BITS);
}
EXPORT_SYMBOL_FOR_TEST(magslab_locality_hash);

/* With preemption off. */
static void window_add(struct locality *l, const void *object)
{
	struct locality_cpu *cpu = this_cpu_ptr(l->cpu);
	u32 hash = magslab_locality_hash(page_to_pfn(virt_to_page(object)));

	if (!test_and_set_bit(hash, cpu->seen))
		this_cpu_inc(l->cpu->pages);
	if (this_cpu_inc_return(l->cpu->allocs) == LOCALITY_WINDOW)
		window_end(l);
}

static void locality_allocated(void *data, struct magslab_cache *cache,
			       void **objects, size_t nr,
			       const struct magslab_tapped *op, u64 now)
{
	size_t i;

	preempt_disable();
	for (i = 0; i < nr; i++)
		/* Guard mode gives each a page of its own, in no slab. */
		if (!is_vmalloc_addr(objects[i]))
			window_add(data, objects[i]);
	preempt_enable();
}

static void sum_add(struct locality_sum *all, const struct locality_sum *one)
{
	unsigned long windows = READ_ONCE(one->windows);
	unsigned int least = READ_ONCE(one->least);

	if (!windows)
		return;
	all->least = all->windows ? min(all->least, least) : least;
	all->most = max(all->most, READ_ONCE(one->most));
	all->pages += READ_ONCE(one->pages);
	all->windows += windows;
}

struct locality_sum magslab_locality_sum(void *data)
{
	const struct locality *l = data;
	struct locality_sum all = {};
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum_add(&all, &per_cpu_ptr(l->cpu, cpu)->sum);
	return all;
}
EXPORT_SYMBOL_FOR_TEST(magslab_locality_sum);

static void locality_show(struct seq_file *m, struct magslab_cache *cache,
			  void *data)
{
	struct locality_sum sum = magslab_locality_sum(data);
	unsigned int slabs = DIV_ROUND_UP(LOCALITY_WINDOW, cache->layout.nr);
	u64 tenths = 0;

	if (sum.windows)
		tenths = div64_ul((u64)sum.pages * 10, sum.windows);
	seq_printf(m, "windows: %lu\n", sum.windows);
	seq_printf(m, "pages_mean: %llu.%llu\n", tenths / 10, tenths % 10);
	seq_printf(m, "pages_least: %u\n", sum.least);
	seq_printf(m, "pages_most: %u\n", sum.most);
	seq_printf(m, "pages_packed: %u\n", slabs << cache->layout.order);
}

const struct magslab_instrument magslab_locality = {
	.name = "locality",
	.most = 1,
	.create = locality_create,
	.destroy = locality_destroy,
	.allocated = locality_allocated,
	.show = locality_show,
};
EXPORT_SYMBOL_FOR_TEST(magslab_locality);

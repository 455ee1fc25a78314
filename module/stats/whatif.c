// SPDX-License-Identifier: GPL-2.0-only
/* What magazines of other capacities would do, beside what those that are do. */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/magslab.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "compat.h"
#include "stats/whatif.h"

/**
 * struct whatif_measure - what really happened so far
 * @objects: allocated and freed
 * @misses: times neither magazine of the CPU was of use
 */
struct whatif_measure {
	u64 objects;
	u64 misses;
};

/**
 * struct whatif - what is known of a cache
 * @ghosts: of each CPU
 * @start: when it was started
 * @all: whether to show each capacity
 * @curve: for whoever reads, one at a time
 */
struct whatif {
	struct ghost __percpu *ghosts;
	struct whatif_measure start;
	bool all;
	struct ghost_curve curve;
};

/*
 * === What really happens ===
 */

/* What is past magazines is counted by objects, the rest by visits. */
static u64 misses_of(const struct magslab_cpu_census *census,
		     const struct magslab_cpu *cpu)
{
	return census->direct_allocs + census->direct_frees +
	       census->alloc_misses + census->free_misses -
	       READ_ONCE(cpu->allocs_by[MAGSLAB_LAYER_PREVIOUS]) -
	       READ_ONCE(cpu->frees_by[MAGSLAB_LAYER_PREVIOUS]);
}

static void measure(const struct magslab_cache *cache,
		    struct whatif_measure *measure)
{
	struct magslab_cpu_census census;
	unsigned int cpu;

	*measure = (struct whatif_measure){};
	for_each_possible_cpu(cpu) {
		magslab_census_take_cpu(cache, cpu, &census);
		measure->objects += census.allocs + census.frees;
		measure->misses +=
			misses_of(&census, per_cpu_ptr(cache->cpu, cpu));
	}
}

unsigned int magslab_whatif_measured(const struct magslab_cache *cache,
				     void *data)
{
	const struct whatif *whatif = data;
	struct whatif_measure now;

	measure(cache, &now);
	now.objects -= whatif->start.objects;
	now.misses -= whatif->start.misses;
	if (!now.objects)
		return 0;
	return 10000 -
	       div64_u64(min(now.misses, now.objects) * 10000, now.objects);
}
EXPORT_SYMBOL_FOR_TEST(magslab_whatif_measured);

/*
 * === Coming and going ===
 */

static void whatif_destroy(void *data)
{
	struct whatif *whatif = data;

	free_percpu(whatif->ghosts);
	kfree(whatif);
}

static void *whatif_create(struct magslab_cache *cache, unsigned int setting)
{
	struct whatif *whatif = kzalloc(sizeof(*whatif), GFP_KERNEL);
	unsigned int cpu;

	if (!whatif)
		return NULL;
	whatif->ghosts = alloc_percpu(struct ghost);
	if (!whatif->ghosts) {
		kfree(whatif);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		magslab_ghost_init(per_cpu_ptr(whatif->ghosts, cpu));
	measure(cache, &whatif->start);
	whatif->all = setting > 1;
	return whatif;
}

/*
 * === Being told ===
 */

static void whatif_allocated(void *data, struct magslab_cache *cache,
			     void **objects, size_t nr,
			     const struct magslab_tapped *op, u64 now)
{
	const struct whatif *whatif = data;

	magslab_ghost_tell(whatif->ghosts, GHOST_EMPTY, nr,
			   op->gfp & MAGSLAB_GFP_PARTICULAR);
}

/* What was refused is nobody's. */
static void whatif_freed(void *data, struct magslab_cache *cache, size_t nr,
			 const struct magslab_tapped *op, u64 now)
{
	const struct whatif *whatif = data;

	if (op->layer)
		magslab_ghost_tell(whatif->ghosts, GHOST_FULL, nr, false);
}

/*
 * === Telling ===
 */

const struct ghost_curve *magslab_whatif_curve(void *data)
{
	struct whatif *whatif = data;

	magslab_ghost_fold(whatif->ghosts, &whatif->curve);
	return &whatif->curve;
}
EXPORT_SYMBOL_FOR_TEST(magslab_whatif_curve);

unsigned int magslab_whatif_predicted(void *data, unsigned int capacity)
{
	return magslab_ghost_hits(magslab_whatif_curve(data), capacity);
}
EXPORT_SYMBOL_FOR_TEST(magslab_whatif_predicted);

static void show_percent(struct seq_file *m, const char *name,
			 unsigned int hits)
{
	seq_printf(m, "%s: %u.%02u\n", name, hits / 100, hits % 100);
}

static void show_sizing(struct seq_file *m, const struct magslab_sizing *sizing)
{
	bool pinned = READ_ONCE(sizing->pinned);
	unsigned int capacity = READ_ONCE(sizing->capacity);

	seq_printf(m, "capacity: %u\n", capacity);
	seq_printf(m, "pinned: %d\n", pinned);
	seq_printf(m, "controller: %u\n", pinned ? sizing->usual : capacity);
	seq_printf(m, "controller_most: %u\n", sizing->most);
}

static void show_now(struct seq_file *m, const struct magslab_cache *cache,
		     struct whatif *whatif)
{
	const struct ghost_curve *curve = &whatif->curve;
	unsigned int capacity = READ_ONCE(cache->sizing.capacity);

	show_sizing(m, &cache->sizing);
	show_percent(m, "predicted", magslab_ghost_hits(curve, capacity));
	if (magslab_counting_get())
		show_percent(m, "measured",
			     magslab_whatif_measured(cache, whatif));
	else
		seq_puts(m, "measured: unknown\n");
	seq_printf(m, "knee: %u\n", magslab_ghost_knee(curve));
}

static void show_capacity(struct seq_file *m, const struct magslab_cache *cache,
			  const struct ghost_curve *curve,
			  unsigned int capacity)
{
	unsigned int hits = magslab_ghost_hits(curve, capacity);
	u64 exchanges = div64_u64(curve->exchanges[capacity] * 100000,
				  curve->operations);
	u32 part;

	exchanges = div_u64_rem(exchanges, 100, &part);
	seq_printf(m, "%8u %4u.%02u %7llu.%02u %10u\n", capacity, hits / 100,
		   hits % 100, exchanges, part,
		   2 * capacity * cache->layout.stride);
}

/* Those that magazines have unasked, their neighbours, and the knee. */
static bool is_selected(unsigned int capacity, unsigned int knee)
{
	return capacity == knee || is_power_of_2(capacity) ||
	       (is_power_of_2(capacity + 2) && capacity >= 6);
}

static void show_table(struct seq_file *m, const struct magslab_cache *cache,
		       const struct ghost_curve *curve, bool all)
{
	unsigned int capacity, knee = magslab_ghost_knee(curve);

	seq_printf(m, "%8s %7s %10s %10s\n", "capacity", "hit", "exchanges",
		   "retained");
	for (capacity = 1; capacity <= GHOST_CAPACITIES; capacity++)
		if (all || is_selected(capacity, knee))
			show_capacity(m, cache, curve, capacity);
}

static void whatif_show(struct seq_file *m, struct magslab_cache *cache,
			void *data)
{
	const struct ghost_curve *curve = magslab_whatif_curve(data);
	struct whatif *whatif = data;

	seq_printf(m, "operations: %llu\n", curve->operations);
	seq_printf(m, "unseen: %llu\n", curve->unseen);
	seq_printf(m, "past: %llu\n", curve->past);
	if (!curve->operations)
		return;
	show_now(m, cache, whatif);
	show_table(m, cache, curve, whatif->all);
}

/* 2 shows each capacity. */
const struct magslab_instrument magslab_whatif = {
	.name = "whatif",
	.most = 2,
	.create = whatif_create,
	.destroy = whatif_destroy,
	.allocated = whatif_allocated,
	.freed = whatif_freed,
	.show = whatif_show,
};
EXPORT_SYMBOL_FOR_TEST(magslab_whatif);

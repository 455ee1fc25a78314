// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long operations take: a histogram for each layer that has an object or takes
 * it, of allocations and of frees, and for objects of this CPU's node and of
 * others.
 */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/topology.h>

#include "compat.h"
#include "stats/latency.h"

/* Pairs of readings by which the clock is judged. An odd number has a middle. */
#define CLOCK_TRIES 101

/**
 * struct latency - what is known of a cache
 * @clock_median: nanoseconds from one reading of the clock to the next
 * @clock_min: the shortest time there was
 * @rows: a histogram each, on every CPU. One by one, as the whole is larger than
 *	per-CPU memory comes. NULL for other nodes, if there can be no other.
 * @whole: for whoever reads, one at a time
 */
struct latency {
	u64 clock_median;
	u64 clock_min;
	struct histogram __percpu
		*rows[LATENCY_OPERATIONS][LATENCY_TIERS][LATENCY_PLACES];
	struct histogram whole;
};

static const char *const operation_names[] = {
	[LATENCY_ALLOC] = "alloc",
	[LATENCY_FREE] = "free",
};

static const char *const tier_names[] = {
	[LATENCY_HIT] = "hit",	       [LATENCY_DEPOT] = "depot",
	[LATENCY_SLAB] = "slab",       [LATENCY_GROW] = "grow",
	[LATENCY_RESERVE] = "reserve", [LATENCY_FAIL] = "fail",
};

static const char *const place_names[] = {
	[LATENCY_LOCAL] = "local",
	[LATENCY_REMOTE] = "remote",
};

static const enum latency_tier tiers[MAGSLAB_NR_LAYERS] = {
	[MAGSLAB_LAYER_NONE] = LATENCY_FAIL,
	[MAGSLAB_LAYER_LOADED] = LATENCY_HIT,
	[MAGSLAB_LAYER_PREVIOUS] = LATENCY_HIT,
	[MAGSLAB_LAYER_DEPOT] = LATENCY_DEPOT,
	[MAGSLAB_LAYER_SLAB] = LATENCY_SLAB,
	[MAGSLAB_LAYER_GROW] = LATENCY_GROW,
	[MAGSLAB_LAYER_RESERVE] = LATENCY_RESERVE,
};

/*
 * === The clock ===
 */

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static void clock_judge(struct latency *latency, u64 *times)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < CLOCK_TRIES; i++) {
		start = magslab_instrument_clock();
		times[i] = magslab_instrument_clock() - start;
	}
	sort(times, CLOCK_TRIES, sizeof(*times), compare, NULL);
	latency->clock_min = times[0];
	latency->clock_median = times[CLOCK_TRIES / 2];
}

static bool latency_clock(struct latency *latency)
{
	u64 *times = kmalloc_array(CLOCK_TRIES, sizeof(*times), GFP_KERNEL);

	if (!times)
		return false;
	clock_judge(latency, times);
	kfree(times);
	return true;
}

/*
 * === Coming and going ===
 */

/* On a machine of one node nothing is from another. */
static unsigned int nr_places(void)
{
	return nr_node_ids > 1 ? LATENCY_PLACES : 1;
}

static unsigned int nr_rows(void)
{
	return LATENCY_OPERATIONS * LATENCY_TIERS * LATENCY_PLACES;
}

static struct histogram __percpu **row_at(struct latency *latency,
					  unsigned int i)
{
	return &latency->rows[0][0][0] + i;
}

static void latency_destroy(void *data)
{
	struct latency *latency = data;
	unsigned int i;

	for (i = 0; i < nr_rows(); i++)
		free_percpu(*row_at(latency, i));
	kfree(latency);
}

static bool latency_rows(struct latency *latency)
{
	unsigned int i;

	for (i = 0; i < nr_rows(); i++) {
		if (i % LATENCY_PLACES >= nr_places())
			continue;
		*row_at(latency, i) = alloc_percpu(struct histogram);
		if (!*row_at(latency, i))
			return false;
	}
	return true;
}

static void *latency_create(struct magslab_cache *cache, unsigned int setting)
{
	struct latency *latency = kzalloc(sizeof(*latency), GFP_KERNEL);

	if (!latency)
		return NULL;
	if (latency_clock(latency) && latency_rows(latency))
		return latency;
	latency_destroy(latency);
	return NULL;
}

/*
 * === Being told ===
 */

/*
 * Whether an object lies on another node than this CPU's. An address given to a
 * free may be anything, and what lies apart is not mapped one to one: neither has
 * a page to ask.
 */
static bool is_remote(const void *object)
{
	return nr_node_ids > 1 && virt_addr_valid(object) &&
	       page_to_nid(virt_to_page(object)) != numa_mem_id();
}

static void latency_add(struct latency *latency,
			enum latency_operation operation,
			enum magslab_layer layer, bool remote,
			const struct magslab_tapped *op, u64 now)
{
	/* An operation that began when nobody looked. */
	if (!op->start)
		return;
	magslab_histogram_add(latency->rows[operation][tiers[layer]][remote],
			      now - op->start);
}

static void latency_allocated(void *data, struct magslab_cache *cache,
			      void **objects, size_t nr,
			      const struct magslab_tapped *op, u64 now)
{
	enum magslab_layer layer = nr ? op->layer : MAGSLAB_LAYER_NONE;

	latency_add(data, LATENCY_ALLOC, layer, nr && is_remote(objects[0]), op,
		    now);
}

static void latency_freeing(void *data, struct magslab_cache *cache,
			    void **objects, size_t nr,
			    struct magslab_tapped *op, u64 now)
{
	op->remote = nr && is_remote(objects[0]);
}

static void latency_freed(void *data, struct magslab_cache *cache, size_t nr,
			  const struct magslab_tapped *op, u64 now)
{
	latency_add(data, LATENCY_FREE, op->layer, op->remote, op, now);
}

/*
 * === Telling ===
 */

static const struct histogram *fold(struct latency *latency, unsigned int row)
{
	const struct histogram __percpu *each = *row_at(latency, row);

	if (each)
		magslab_histogram_fold(each, &latency->whole);
	else
		memset(&latency->whole, 0, sizeof(latency->whole));
	return &latency->whole;
}

const struct histogram *magslab_latency_row(void *data,
					    enum latency_operation operation,
					    enum latency_tier tier,
					    enum latency_place place)
{
	return fold(data, (operation * LATENCY_TIERS + tier) * LATENCY_PLACES +
				  place);
}
EXPORT_SYMBOL_FOR_TEST(magslab_latency_row);

static void show_percentiles(struct seq_file *m, const struct histogram *whole)
{
	static const unsigned int percentiles[] = { 5000, 9000, 9900, 9990,
						    9999 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(percentiles); i++)
		seq_printf(m, " %10llu",
			   magslab_histogram_percentile(whole, percentiles[i]));
}

static void show_row(struct seq_file *m, struct latency *latency,
		     unsigned int row)
{
	unsigned int layer = row / LATENCY_PLACES;
	const struct histogram *whole = fold(latency, row);
	u64 total = magslab_histogram_total(whole);

	if (!total)
		return;
	seq_printf(m, "%-9s %-7s %-6s %12llu",
		   operation_names[layer / LATENCY_TIERS],
		   tier_names[layer % LATENCY_TIERS],
		   place_names[row % LATENCY_PLACES], total);
	show_percentiles(m, whole);
	seq_printf(m, " %10lu %10llu\n", whole->max,
		   div64_u64(whole->sum, total));
}

static void latency_show(struct seq_file *m, struct magslab_cache *cache,
			 void *data)
{
	struct latency *latency = data;
	unsigned int row;

	seq_printf(m, "clock_ns: median %llu, min %llu; part of all figures\n",
		   latency->clock_median, latency->clock_min);
	seq_printf(m,
		   "%-9s %-7s %-6s %12s %10s %10s %10s %10s %10s %10s %10s\n",
		   "operation", "layer", "where", "count", "p50", "p90", "p99",
		   "p99.9", "p99.99", "max", "mean");
	for (row = 0; row < nr_rows(); row++)
		show_row(m, latency, row);
}

const struct magslab_instrument magslab_latency = {
	.name = "latency",
	.most = 1,
	.create = latency_create,
	.destroy = latency_destroy,
	.allocated = latency_allocated,
	.freeing = latency_freeing,
	.freed = latency_freed,
	.show = latency_show,
};
EXPORT_SYMBOL_FOR_TEST(magslab_latency);

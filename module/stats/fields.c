// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "compat.h"
#include "stats/fields.h"
#include "stats/figures.h"

/* Narrower than most names, wide enough for most counters. */
#define CELL_WIDTH 12

/* clang-format off */

/* What is of another type does not compile. */
#define KIND(type, member)				\
	_Generic((typeof_member(type, member))0,	\
		 unsigned int: STATS_UINT,		\
		 unsigned long: STATS_ULONG,		\
		 long long: STATS_LLONG)

#define FIELD(type, title, member) {			\
	.name = title,					\
	.offset = offsetof(type, member),		\
	.kind = KIND(type, member),			\
}

/* clang-format on */

#define FIGURE(title, member) FIELD(struct stats_figures, title, member)
#define CENSUS(title, member) FIGURE(title, census.member)
#define CPUS(title, member) FIGURE(title, census.cpus.member)
#define CORRUPTION(title, class) FIGURE(title, corruption[class])

const struct stats_field stats_is[] = {
	FIGURE("object_size", object_size),
	FIGURE("object_stride", object_stride),
	FIGURE("align", align),
	FIGURE("objects_per_slab", objects_per_slab),
	FIGURE("page_limit", page_limit),
	FIGURE("pages_per_slab", pages_per_slab),
	FIGURE("magazine_capacity", magazine_capacity),
	{}
};

const struct stats_field stats_has[] = {
	CENSUS("live_objects", live_objects),
	CENSUS("apart_objects", apart_objects),
	CENSUS("capacity_objects", capacity_objects),
	FIGURE("magazine_objects", magazine_objects),
	CENSUS("depot_objects", depot_objects),
	CENSUS("free_slab_objects", free_slab_objects),
	CENSUS("uncounted_objects", uncounted_objects),
	CENSUS("reserve_objects", reserve_objects),
	CENSUS("reserve_size", reserve_size),
	CENSUS("rcu_objects", rcu_objects),
	CENSUS("rcu_slabs", rcu_slabs),
	CENSUS("dead_objects", dead_objects),
	FIGURE("slabs_partial", slabs_partial),
	CENSUS("slabs_full", slabs[MAGSLAB_SLAB_FULL]),
	CENSUS("slabs_empty", slabs[MAGSLAB_SLAB_EMPTY]),
	CENSUS("pages", pages),
	CENSUS("depot_full", depot_full),
	CENSUS("depot_empty", depot_empty),
	{}
};

const struct stats_field stats_did[] = {
	CPUS("allocs", allocs),
	CPUS("frees", frees),
	CPUS("alloc_failures", failures),
	FIGURE("alloc_hits", alloc_hits),
	CPUS("alloc_misses", alloc_misses),
	FIGURE("free_hits", free_hits),
	CPUS("free_misses", free_misses),
	CPUS("direct_allocs", direct_allocs),
	CPUS("direct_frees", direct_frees),
	CPUS("interrupts", interrupts),
	CENSUS("limit_refusals", limit_refusals),
	CENSUS("page_failures", page_failures),
	CENSUS("rcu_stranded", rcu_stranded),
	CENSUS("reserve_allocs", reserve_allocs),
	CENSUS("reserve_waits", reserve_waits),
	CPUS("refills", refills),
	CPUS("drains", drains),
	CPUS("remote_frees", remote_frees),
	CENSUS("slabs_created", slabs_created),
	CENSUS("slabs_destroyed", slabs_destroyed),
	CENSUS("depot_locks", depot_locks),
	CENSUS("depot_contended", depot_contended),
	CENSUS("slabs_quarantined", slabs_quarantined),
	CENSUS("slab_locks", slab_locks),
	CENSUS("slab_contended", slab_contended),
	CENSUS("settled_objects", settled_objects),
	CENSUS("rejected_frees", rejected_frees),
	CPUS("allocs_by_previous", allocs_by[MAGSLAB_LAYER_PREVIOUS]),
	CPUS("allocs_by_depot", allocs_by[MAGSLAB_LAYER_DEPOT]),
	CPUS("allocs_by_slab", allocs_by[MAGSLAB_LAYER_SLAB]),
	CPUS("allocs_by_grow", allocs_by[MAGSLAB_LAYER_GROW]),
	CPUS("allocs_by_reserve", allocs_by[MAGSLAB_LAYER_RESERVE]),
	CPUS("frees_by_previous", frees_by[MAGSLAB_LAYER_PREVIOUS]),
	CPUS("frees_by_depot", frees_by[MAGSLAB_LAYER_DEPOT]),
	CPUS("frees_by_slab", frees_by[MAGSLAB_LAYER_SLAB]),
	CPUS("frees_by_grow", frees_by[MAGSLAB_LAYER_GROW]),
	CPUS("frees_by_reserve", frees_by[MAGSLAB_LAYER_RESERVE]),
	FIGURE("corruptions", corruptions),
	CORRUPTION("corruption_double_free", MAGSLAB_DOUBLE_FREE),
	CORRUPTION("corruption_foreign_free", MAGSLAB_FOREIGN_FREE),
	CORRUPTION("corruption_interior_free", MAGSLAB_INTERIOR_FREE),
	CORRUPTION("corruption_other_free", MAGSLAB_OTHER_FREE),
	CORRUPTION("corruption_overflow", MAGSLAB_OVERFLOW),
	CORRUPTION("corruption_underflow", MAGSLAB_UNDERFLOW),
	CORRUPTION("corruption_write_after_free", MAGSLAB_WRITE_AFTER_FREE),
	CORRUPTION("corruption_free_map", MAGSLAB_FREE_MAP),
	CORRUPTION("corruption_leak", MAGSLAB_LEAK),
	CORRUPTION("corruption_use_after_free", MAGSLAB_USE_AFTER_FREE),
	CORRUPTION("corruption_out_of_bounds", MAGSLAB_OUT_OF_BOUNDS),
	{}
};

#define CPU(title, member) FIELD(struct stats_cpu, title, member)

const struct stats_field stats_of_cpu[] = {
	CPU("loaded", census.loaded),
	CPU("previous", census.previous),
	CPU("allocs", census.allocs),
	CPU("frees", census.frees),
	CPU("alloc_misses", census.alloc_misses),
	CPU("free_misses", census.free_misses),
	CPU("direct_allocs", census.direct_allocs),
	CPU("direct_frees", census.direct_frees),
	CPU("alloc_hits", alloc_hits),
	CPU("free_hits", free_hits),
	CPU("refills", census.refills),
	CPU("drains", census.drains),
	CPU("remote_frees", census.remote_frees),
	CPU("interrupts", census.interrupts),
	CPU("alloc_failures", census.failures),
	CPU("allocs_by_previous", census.allocs_by[MAGSLAB_LAYER_PREVIOUS]),
	CPU("allocs_by_depot", census.allocs_by[MAGSLAB_LAYER_DEPOT]),
	CPU("allocs_by_slab", census.allocs_by[MAGSLAB_LAYER_SLAB]),
	CPU("allocs_by_grow", census.allocs_by[MAGSLAB_LAYER_GROW]),
	CPU("allocs_by_reserve", census.allocs_by[MAGSLAB_LAYER_RESERVE]),
	CPU("frees_by_previous", census.frees_by[MAGSLAB_LAYER_PREVIOUS]),
	CPU("frees_by_depot", census.frees_by[MAGSLAB_LAYER_DEPOT]),
	CPU("frees_by_slab", census.frees_by[MAGSLAB_LAYER_SLAB]),
	CPU("frees_by_grow", census.frees_by[MAGSLAB_LAYER_GROW]),
	CPU("frees_by_reserve", census.frees_by[MAGSLAB_LAYER_RESERVE]),
	{}
};

#define NODE(title, member) FIELD(struct stats_node, title, member)
#define SLABS(title, list) NODE(title, census.slabs[list])

const struct stats_field stats_of_node[] = {
	SLABS("slabs_full", MAGSLAB_SLAB_FULL),
	NODE("slabs_partial", slabs_partial),
	SLABS("slabs_empty", MAGSLAB_SLAB_EMPTY),
	SLABS("slabs_partial_1", MAGSLAB_SLAB_PARTIAL),
	SLABS("slabs_partial_2", MAGSLAB_SLAB_PARTIAL + 1),
	SLABS("slabs_partial_3", MAGSLAB_SLAB_PARTIAL + 2),
	SLABS("slabs_partial_4", MAGSLAB_SLAB_PARTIAL + 3),
	NODE("free_slab_objects", census.free_slab_objects),
	NODE("uncounted_objects", census.uncounted_objects),
	NODE("dead_objects", census.dead_objects),
	NODE("depot_full", census.depot_full),
	NODE("depot_empty", census.depot_empty),
	NODE("depot_objects", census.depot_objects),
	NODE("slabs_created", census.slabs_created),
	NODE("slabs_destroyed", census.slabs_destroyed),
	NODE("slabs_quarantined", census.slabs_quarantined),
	NODE("depot_locks", census.depot_locks),
	NODE("depot_contended", census.depot_contended),
	NODE("slab_locks", census.slab_locks),
	NODE("slab_contended", census.slab_contended),
	NODE("settled_objects", census.settled_objects),
	NODE("rejected_frees", census.rejected_frees),
	{}
};

static_assert(SLAB_PARTIAL_LISTS == 4);

static void add_one(const struct stats_field *field, void *sum,
		    const void *record)
{
	const void *value = record + field->offset;
	void *to = sum + field->offset;

	switch (field->kind) {
	case STATS_UINT:
		*(unsigned int *)to += *(const unsigned int *)value;
		break;
	case STATS_ULONG:
		*(unsigned long *)to += *(const unsigned long *)value;
		break;
	case STATS_LLONG:
		*(long long *)to += *(const long long *)value;
		break;
	}
}

/**
 * stats_add - add figures to sums
 * @fields: which figures
 * @sum: the sums, a record of the same type
 * @record: the figures
 *
 * Context: Any.
 */
void stats_add(const struct stats_field *fields, void *sum, const void *record)
{
	for (; fields->name; fields++)
		add_one(fields, sum, record);
}
EXPORT_SYMBOL_FOR_TEST(stats_add);

/**
 * stats_print_value - print a figure
 * @m: where to
 * @width: at least so many characters, filled up from the left
 * @field: which figure
 * @record: what it is a figure of
 *
 * Context: Any.
 */
void stats_print_value(struct seq_file *m, int width,
		       const struct stats_field *field, const void *record)
{
	const void *value = record + field->offset;

	switch (field->kind) {
	case STATS_UINT:
		seq_printf(m, "%*u", width, *(const unsigned int *)value);
		break;
	case STATS_ULONG:
		seq_printf(m, "%*lu", width, *(const unsigned long *)value);
		break;
	case STATS_LLONG:
		seq_printf(m, "%*lld", width, *(const long long *)value);
		break;
	}
}

/* "name: value" lines. */
void stats_print_lines(struct seq_file *m, const struct stats_field *fields,
		       const void *record)
{
	for (; fields->name; fields++) {
		seq_printf(m, "%s: ", fields->name);
		stats_print_value(m, 0, fields, record);
		seq_putc(m, '\n');
	}
}

/* Members of a JSON object. */
void stats_print_members(struct seq_file *m, const struct stats_field *fields,
			 const void *record)
{
	const char *comma = "";

	for (; fields->name; fields++) {
		seq_printf(m, "%s\"%s\":", comma, fields->name);
		stats_print_value(m, 0, fields, record);
		comma = ",";
	}
}

static int cell_width(const struct stats_field *field)
{
	return max_t(int, strlen(field->name), CELL_WIDTH);
}

/* The names, to stand above what stats_print_cells() prints. */
void stats_print_heads(struct seq_file *m, const struct stats_field *fields)
{
	for (; fields->name; fields++)
		seq_printf(m, " %*s", cell_width(fields), fields->name);
	seq_putc(m, '\n');
}

/* The rest of a line of a table. */
void stats_print_cells(struct seq_file *m, const struct stats_field *fields,
		       const void *record)
{
	for (; fields->name; fields++) {
		seq_putc(m, ' ');
		stats_print_value(m, cell_width(fields), fields, record);
	}
	seq_putc(m, '\n');
}

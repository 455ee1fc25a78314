// SPDX-License-Identifier: GPL-2.0-only
#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/stddef.h>
#include <linux/string.h>

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
	CENSUS("settled_objects", settled_objects),
	CENSUS("rejected_frees", rejected_frees),
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
	{}
};

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

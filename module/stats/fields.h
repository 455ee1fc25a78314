/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of figures, in one place: whatever is told of a cache has the same
 * name in every file.
 */
#ifndef MAGSLAB_STATS_FIELDS_H
#define MAGSLAB_STATS_FIELDS_H

#include <linux/types.h>

struct seq_file;

enum stats_kind {
	STATS_UINT,
	STATS_ULONG,
	STATS_LLONG,
};

/**
 * struct stats_field - a figure that has a name
 * @name: as users see it
 * @offset: where it is in its record, in bytes
 * @kind: what type it is of there
 *
 * A table of them ends with one that has no name.
 */
struct stats_field {
	const char *name;
	unsigned int offset;
	enum stats_kind kind;
};

/* Of struct stats_figures: what a cache is, has and did. */
extern const struct stats_field stats_is[];
extern const struct stats_field stats_has[];
extern const struct stats_field stats_did[];
/* Of struct stats_cpu. */
extern const struct stats_field stats_of_cpu[];
/* Of struct stats_node. */
extern const struct stats_field stats_of_node[];

void stats_add(const struct stats_field *fields, void *sum, const void *record);

void stats_print_value(struct seq_file *m, int width,
		       const struct stats_field *field, const void *record);
void stats_print_lines(struct seq_file *m, const struct stats_field *fields,
		       const void *record);
void stats_print_members(struct seq_file *m, const struct stats_field *fields,
			 const void *record);
void stats_print_heads(struct seq_file *m, const struct stats_field *fields);
void stats_print_cells(struct seq_file *m, const struct stats_field *fields,
		       const void *record);

#endif /* MAGSLAB_STATS_FIELDS_H */

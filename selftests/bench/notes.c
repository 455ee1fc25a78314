// SPDX-License-Identifier: GPL-2.0-only
/* What below the tables tells of figures that are missing or worth less. */

#include "bench.h"

static __u32 dropped(const struct row *row)
{
	return row->result.switched + row->result.migrated;
}

/* Whether a larger share of the blocks was dropped in @a than in @b. */
static bool is_worse(const struct row *a, const struct row *b)
{
	return (__u64)dropped(a) * (b->result.blocks + dropped(b)) >
	       (__u64)dropped(b) * (a->result.blocks + dropped(a));
}

static void print_dropped(const struct report *report)
{
	const struct row *worst = NULL;
	__u64 sum = 0, all = 0;
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		sum += dropped(row);
		all += dropped(row) + row->result.blocks;
		if (dropped(row) && (!worst || is_worse(row, worst)))
			worst = row;
	}
	if (!worst)
		return;
	printf("%llu of %llu blocks were left out for a context switch or a wrong CPU,\n"
	       "most in %s, %s: %u of %u.\n",
	       sum, all, worst->result.name, worst->backend->name,
	       dropped(worst), dropped(worst) + worst->result.blocks);
}

static void print_partial(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->nr_rows; i++)
		if (report->rows[i].partial)
			printf("%s, %s: cut short by the time limit\n",
			       report->rows[i].result.name,
			       report->rows[i].backend->name);
}

static void print_missing(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		if (row->result.error)
			printf("- %s, %s: %s\n", row->result.name,
			       row->backend->name,
			       error_name(row->result.error));
	}
}

void notes_print(const struct report *report)
{
	putchar('\n');
	print_missing(report);
	print_partial(report);
	print_dropped(report);
	events_print(report);
}

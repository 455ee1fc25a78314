// SPDX-License-Identifier: GPL-2.0-only
/* What the rungs of the ladder change, and what came of that. */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "ladder.h"

const struct rung rungs[] = {
	{ LADDER_BASE, "-", "magslab, by the ladder's code", false },
	{ "magslab", "-", "magslab itself: reads as the above", false },
	{ "ladder-bh", "guard", "softirqs off", false },
	{ "ladder-irqsave", "guard", "interrupts off, then as before", false },
	{ "ladder-irq", "guard", "interrupts off, then on", false },
	{ "ladder-local-lock", "guard", "local_lock", false },
	{ "ladder-spinlock", "guard", "a spinlock for each CPU", false },
	{ "ladder-no-depot", "depot", "none", false },
	{ "ladder-sorted", "NUMA", "each free looks for its node", false },
	{ "ladder-fifo", "order", "first in, first out", false },
	{ "ladder-rounds-6", "magazine", "6 objects", false },
	{ "ladder-rounds-14", "magazine", "14 objects", false },
	{ "ladder-rounds-30", "magazine", "30 objects", false },
	{ "ladder-rounds-62", "magazine", "62 objects", false },
	{ "ladder-rounds-254", "magazine", "254 objects", false },
	{ "ladder-UNSAFE-unzeroed", "zeroing", "none, UNSAFE: leaks data",
	  false },
	{ "ladder-uncounted", "statistics", "none", false },
	{ "ladder-counted-twice", "statistics", "each call by layer too",
	  false },
	{ "magslab-hardened", "safety", "bad frees are found", false },
	{ "magslab-debug", "safety", "bad writes are found", true },
	{ "magslab-quarantine", "safety", "freed objects wait", true },
	{ "magslab-guard", "safety", "some objects on guarded pages", false },
	{ "magslab-sheaf", "several", "two sheaves, a barn of 10 + 10", false },
	{},
};

const struct rung *rung_find(const char *name)
{
	const struct rung *rung;

	for (rung = rungs; rung->backend; rung++)
		if (!strcmp(rung->backend, name))
			return rung;
	return NULL;
}

static void put_worth(struct libscols_line *line, const struct duel_row *row,
		      size_t backend)
{
	const struct interval *difference = &row->differences[backend];

	if (!difference->units)
		return;
	grid_figure(line, 5, "%+.3f", difference->estimate);
	grid_figure(line, 6, "%+.3f", difference->low);
	grid_figure(line, 7, "%+.3f", difference->high);
	grid_figure(line, 8, "%+.2f %%",
		    100 * expm1(row->ratios[backend].estimate));
}

static void add_line(struct libscols_table *table, const struct duel *duel,
		     const struct duel_row *row, size_t backend)
{
	const char *name = duel->plan->backends[backend]->name;
	const struct rung *rung = rung_find(name);
	struct libscols_line *line;

	/* The floors, which a duel has beside those that were asked for. */
	if (!rung)
		return;
	line = grid_line(table);
	grid_cell(line, 0, row->name);
	grid_cell(line, 1, name);
	grid_cell(line, 2, rung->element);
	grid_cell(line, 3, rung->instead);
	grid_figure(line, 4, "%.3f", duel_median(duel, row, backend));
	if (backend)
		put_worth(line, row, backend);
	grid_cell(line, 9, backend ? duel_verdict(row, backend) : "reference");
}

/**
 * ladder_print - show what each element is worth
 * @duel: of rungs with the base
 * @conditions: CONDITION_* bits
 */
void ladder_print(const struct duel *duel, unsigned int conditions)
{
	static const struct duel_table shape = {
		.columns = { "workload", "rung", "element", "instead", "median",
			     "worth", "from", "to", "ratio", "verdict" },
		.first_figure = 4,
		.end_figure = 9,
		.add_line = add_line,
	};

	duel_print_table(duel, conditions, &shape);
}

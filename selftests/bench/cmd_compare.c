// SPDX-License-Identifier: GPL-2.0-only
/* compare: is anything slower in one result than in another? Needs no device. */
#include <math.h>
#include <string.h>

#include "bench.h"
#include "compare.h"
#include "grid.h"

static const char help[] =
	"Usage: magslab-bench compare [OPTION]... BEFORE.json AFTER.json\n"
	"Find what is slower, in two results of run or of duel (by --json).\n"
	"\n"
	"      --threshold PERCENT  a change that may be smaller is none (default: 2)\n"
	"      --level PERCENT      confidence, 50 to 99.99 (default: 98); duels have\n"
	"                           their own\n"
	"  -q, --quiet              say nothing, the exit code tells\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 nothing is slower, 1 something is, 2 bad option, or the files\n"
	"cannot be compared.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_LEVEL | OPTIONS_COMPARE,
	.operands = 2,
};

static void put_percent(struct libscols_line *line, size_t column,
			double logarithm)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%+.2f %%", 100 * expm1(logarithm));
	grid_cell(line, column, cell);
}

static const char *verdict_text(enum verdict verdict, bool floor)
{
	static const char *const texts[] = {
		[VERDICT_SAME] = "-",
		[VERDICT_FASTER] = "faster",
		[VERDICT_SLOWER] = "slower",
	};

	if (floor && verdict != VERDICT_SAME)
		return "floor moved";
	return texts[verdict];
}

static void add_line(struct libscols_table *table, const struct change *change,
		     enum verdict verdict)
{
	struct libscols_line *line = grid_line(table);

	grid_cell(line, 0, change->after->name);
	put_percent(line, 1, change->estimate);
	put_percent(line, 2, change->estimate - change->off);
	put_percent(line, 3, change->estimate + change->off);
	grid_cell(line, 4, verdict_text(verdict, change->after->floor));
}

static struct libscols_table *new_table(void)
{
	static const char *const columns[] = { "row", "change", "from", "to",
					       "verdict" };
	struct libscols_table *table = grid_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		grid_column(table, columns[i], i > 0 && i < 4);
	return table;
}

/* A machine that differs is worth a look before anybody is blamed. */
static void print_differences(const struct document *before,
			      const struct document *after)
{
	struct json_object *old =
		document_object(before, before->root, "fingerprint");
	struct json_object *new =
		document_object(after, after->root, "fingerprint");
	struct json_object *other;

	json_object_object_foreach(new, name, value)
	{
		if (!json_object_object_get_ex(old, name, &other) ||
		    json_object_equal(value, other))
			continue;
		printf("# %s: %s, was %s\n", name,
		       json_object_get_string(value),
		       json_object_get_string(other));
	}
}

static void print_unmatched(const struct measurements *all,
			    const struct measurements *other, const char *path)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (!measurements_match(all, i, other))
			printf("Only in %s: %s\n", path, all->rows[i].name);
}

/* What there is of each row. Returns how many rows are slower. */
static size_t judge(const struct measurements *before,
		    const struct measurements *after, double threshold,
		    struct libscols_table *table, size_t *matched)
{
	const struct measured *old;
	enum verdict verdict;
	struct change change;
	size_t slower = 0;
	size_t i;

	*matched = 0;
	for (i = 0; i < after->nr; i++) {
		old = measurements_match(after, i, before);
		if (!old)
			continue;
		change = change_of(old, &after->rows[i]);
		verdict = change_verdict(&change, threshold);
		slower += verdict == VERDICT_SLOWER && !after->rows[i].floor;
		add_line(table, &change, verdict);
		++*matched;
	}
	return slower;
}

/* Instructions are not to be compared with nanoseconds. */
static void check_clocks(const struct document *before,
			 const struct document *after)
{
	struct json_object *old =
		document_object(before, before->root, "fingerprint");
	struct json_object *new =
		document_object(after, after->root, "fingerprint");

	if (before->kind != after->kind)
		quit(EXIT_USAGE, "%s: not of the same command as %s",
		     after->path, before->path);
	if (strcmp(document_text(before, old, "clock"),
		   document_text(after, new, "clock")))
		quit(EXIT_USAGE, "%s: not of the same clock as %s", after->path,
		     before->path);
}

static int compare(const struct options *options, const struct document *before,
		   const struct document *after)
{
	struct libscols_table *table = new_table();
	struct measurements old, new;
	size_t matched, slower;

	check_clocks(before, after);
	measurements_of(&old, before, options->level);
	measurements_of(&new, after, options->level);
	slower = judge(&old, &new, options->threshold / 100, table, &matched);
	if (!matched)
		quit(EXIT_USAGE, "%s: no row of %s is in it", after->path,
		     before->path);
	if (options->quiet) {
		scols_unref_table(table);
	} else {
		print_differences(before, after);
		grid_print(table);
		print_unmatched(&old, &new, before->path);
		print_unmatched(&new, &old, after->path);
		printf("%zu rows, %zu slower by more than %g %%\n", matched,
		       slower, options->threshold);
	}
	measurements_free(&old);
	measurements_free(&new);
	return slower ? EXIT_FAILED : EXIT_OK;
}

int cmd_compare(int argc, char **argv)
{
	struct document before, after;
	struct options options;
	int code;

	options_parse(&options, &syntax, argc, argv);
	document_load(&before, options.operands[0]);
	document_load(&after, options.operands[1]);
	code = compare(&options, &before, &after);
	document_free(&before);
	document_free(&after);
	return code;
}

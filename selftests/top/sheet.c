// SPDX-License-Identifier: GPL-2.0-only
/* Cells are added one after the other; a row ends where the columns do. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "message.h"
#include "sheet.h"

/* From here on a compact number has a letter. */
#define COMPACT_LIMIT 100000

size_t sheet_rows(const struct sheet *sheet)
{
	return sheet->nr_columns ? sheet->nr_cells / sheet->nr_columns : 0;
}

const char *sheet_cell(const struct sheet *sheet, size_t row, size_t column)
{
	return sheet->cells[row * sheet->nr_columns + column];
}

/* All columns come before the first cell. Those above the limit are left out. */
void sheet_column(struct sheet *sheet, const char *title, bool is_text,
		  unsigned int expendable)
{
	struct sheet_column *column = &sheet->columns[sheet->nr_columns];

	if (sheet->nr_columns == SHEET_COLUMNS)
		quit(EXIT_FAILED, "more than %d columns", SHEET_COLUMNS);
	snprintf(column->title, sizeof(column->title), "%s", title);
	column->is_text = is_text;
	column->expendable = expendable;
	sheet->nr_columns++;
}

static void sheet_grow(struct sheet *sheet)
{
	if (sheet->nr_cells < sheet->room)
		return;
	sheet->room = 2 * sheet->room + 256;
	sheet->cells =
		realloc(sheet->cells, sheet->room * sizeof(*sheet->cells));
	if (!sheet->cells)
		quit(EXIT_FAILED, "out of memory");
}

void sheet_text(struct sheet *sheet, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		quit(EXIT_FAILED, "out of memory");
	sheet_grow(sheet);
	sheet->cells[sheet->nr_cells++] = copy;
}

/* Three digits and a letter, as in 1.23M. */
static void print_compact(char *cell, double value)
{
	static const char letters[] = "kMGTPE";
	const char *letter = letters;
	int digits;

	for (value /= 1000; fabs(value) >= 999.5 && letter[1]; letter++)
		value /= 1000;
	digits = fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
	snprintf(cell, CELL_SIZE, "%.*f%c", digits, value, *letter);
}

void sheet_number(struct sheet *sheet, int64_t value)
{
	char cell[CELL_SIZE];

	if (sheet->compact && llabs(value) >= COMPACT_LIMIT)
		print_compact(cell, value);
	else
		snprintf(cell, sizeof(cell), "%" PRId64, value);
	sheet_text(sheet, cell);
}

/* Rounded down, so that 100 means all. NAN is what nobody knows. */
void sheet_percent(struct sheet *sheet, double value)
{
	char cell[CELL_SIZE] = "-";

	if (!isnan(value))
		snprintf(cell, sizeof(cell), "%.0f%%", floor(value));
	sheet_text(sheet, cell);
}

void sheet_rate(struct sheet *sheet, double value)
{
	char cell[CELL_SIZE] = "-";

	if (!isnan(value) && sheet->compact && value >= COMPACT_LIMIT)
		print_compact(cell, value);
	else if (!isnan(value))
		snprintf(cell, sizeof(cell), "%.0f", value);
	sheet_text(sheet, cell);
}

/* Of a table without rows, libsmartcols would print nothing at all. */
static void print_titles(const struct sheet *sheet)
{
	size_t i;

	for (i = 0; i < sheet->nr_columns; i++)
		printf("%s%s", i ? " " : "", sheet->columns[i].title);
	putchar('\n');
}

/* @most: rows; 0 for all. Where the output goes makes no difference. */
void sheet_print(const struct sheet *sheet, size_t most)
{
	size_t rows = sheet_rows(sheet), row, column;
	struct libscols_table *table;

	if (!rows) {
		print_titles(sheet);
		return;
	}
	table = grid_new();
	for (column = 0; column < sheet->nr_columns; column++)
		grid_column(table, sheet->columns[column].title,
			    !sheet->columns[column].is_text);
	for (row = 0; row < rows && (!most || row < most); row++) {
		struct libscols_line *line = grid_line(table);

		for (column = 0; column < sheet->nr_columns; column++)
			grid_cell(line, column, sheet_cell(sheet, row, column));
	}
	grid_print(table);
}

/* What is left is an empty sheet of the same kind. */
void sheet_free(struct sheet *sheet)
{
	while (sheet->nr_cells)
		free(sheet->cells[--sheet->nr_cells]);
	free(sheet->cells);
	sheet->cells = NULL;
	sheet->room = 0;
	sheet->nr_columns = 0;
}

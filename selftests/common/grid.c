// SPDX-License-Identifier: GPL-2.0-only
/* Tables as libsmartcols draws them. What cannot be drawn ends the program. */
#include <math.h>
#include <stdio.h>

#include "grid.h"
#include "message.h"

struct libscols_table *grid_new(void)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		quit(EXIT_FAILED, "out of memory");
	/* Nothing is cut off, wherever the output goes. */
	scols_table_enable_maxout(table, 0);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	return table;
}

void grid_column(struct libscols_table *table, const char *name, bool number)
{
	if (!scols_table_new_column(table, name, 0,
				    number ? SCOLS_FL_RIGHT : 0))
		quit(EXIT_FAILED, "out of memory");
}

struct libscols_line *grid_line(struct libscols_table *table)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		quit(EXIT_FAILED, "out of memory");
	return line;
}

void grid_cell(struct libscols_line *line, size_t column, const char *text)
{
	if (scols_line_set_data(line, column, text))
		quit(EXIT_FAILED, "out of memory");
}

/* What is not finite is not known. */
void grid_figure(struct libscols_line *line, size_t column, const char *format,
		 double value)
{
	char cell[CELL_SIZE] = "-";

	if (isfinite(value))
		snprintf(cell, sizeof(cell), format, value);
	grid_cell(line, column, cell);
}

void grid_print(struct libscols_table *table)
{
	scols_print_table(table);
	scols_unref_table(table);
}

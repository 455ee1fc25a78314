/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in rows and columns, to be printed or drawn. */
#ifndef MAGSLAB_TOP_SHEET_H
#define MAGSLAB_TOP_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SHEET_COLUMNS 64

/* Numbers are at the right of their column, text at its left. */
struct sheet_column {
	char title[24];
	bool is_text;
	/* The highest goes first where there is little room; 0 never goes. */
	unsigned int expendable;
};

/* Compact numbers have a few digits and a letter when they are large. */
struct sheet {
	bool compact;
	struct sheet_column columns[SHEET_COLUMNS];
	size_t nr_columns;
	char **cells;
	size_t nr_cells;
	size_t room;
};

size_t sheet_rows(const struct sheet *sheet);
const char *sheet_cell(const struct sheet *sheet, size_t row, size_t column);
void sheet_column(struct sheet *sheet, const char *title, bool is_text,
		  unsigned int expendable);
void sheet_text(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet, int64_t value);
void sheet_percent(struct sheet *sheet, double value);
void sheet_rate(struct sheet *sheet, double value);
void sheet_print(const struct sheet *sheet, size_t most);
void sheet_free(struct sheet *sheet);

#endif /* MAGSLAB_TOP_SHEET_H */

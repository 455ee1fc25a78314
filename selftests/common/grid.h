/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_COMMON_GRID_H
#define MAGSLAB_COMMON_GRID_H

#include <libsmartcols.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of a cell that is printed into. */
#define CELL_SIZE 32

struct libscols_table *grid_new(void);
void grid_column(struct libscols_table *table, const char *name, bool number);
struct libscols_line *grid_line(struct libscols_table *table);
void grid_cell(struct libscols_line *line, size_t column, const char *text);
void grid_figure(struct libscols_line *line, size_t column, const char *format,
		 double value);
void grid_print(struct libscols_table *table);

#endif /* MAGSLAB_COMMON_GRID_H */

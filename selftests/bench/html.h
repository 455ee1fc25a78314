/* SPDX-License-Identifier: GPL-2.0-only */
/* HTML that is well-formed XML as well. All text is escaped. */
#ifndef MAGSLAB_BENCH_HTML_H
#define MAGSLAB_BENCH_HTML_H

#include <stdbool.h>
#include <stdio.h>

void html_text(FILE *to, const char *text);
void html_element(FILE *to, const char *name, const char *text);

/* A table: its columns, then rows of cells. A figure stands at the right. */
void html_table_begin(FILE *to, const char *caption);
void html_column(FILE *to, const char *name, bool figure);
void html_table_rows(FILE *to);
void html_row_begin(FILE *to, const char *name);
void html_cell(FILE *to, const char *text);
void html_figure(FILE *to, const char *format, double value);
void html_row_end(FILE *to);
void html_table_end(FILE *to);

#endif /* MAGSLAB_BENCH_HTML_H */

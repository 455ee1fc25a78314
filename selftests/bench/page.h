/* SPDX-License-Identifier: GPL-2.0-only */
/* The report's parts: a page, a section for each file, figures and tables. */
#ifndef MAGSLAB_BENCH_PAGE_H
#define MAGSLAB_BENCH_PAGE_H

#include <stdio.h>

#include "chart.h"
#include "document.h"

/* page.c */
void page_put(FILE *to, const struct document *documents, size_t nr);

/* section.c */
const char *section_kind(const struct document *document);
void section_command(FILE *to, const struct document *document,
		     struct json_object *command);
void section_put(FILE *to, const struct document *documents, size_t index);

/* origin.c */
void origin_put(FILE *to, const struct document *document);
void origin_put_clock(FILE *to, const struct document *document);
void origin_put_conditions(FILE *to, const struct document *document);

/* figure.c */
void figure_put(FILE *to, const struct chart *chart, size_t section,
		size_t index);

/* tables.c */
void tables_put(FILE *to, const struct document *document,
		const struct chart *chart, size_t index);
void tables_put_all(FILE *to, const struct document *document);

#endif /* MAGSLAB_BENCH_PAGE_H */

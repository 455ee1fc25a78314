// SPDX-License-Identifier: GPL-2.0-only
/* A chart as a part of a page: gnuplot's drawing without what makes it a file. */
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "message.h"
#include "page.h"

/* What a reader hears who cannot see it. */
static void put_label(FILE *to, const struct chart *chart)
{
	static const char *const kinds[] = {
		[CHART_CURVES] = "Curves",	 [CHART_BARS] = "Bars",
		[CHART_INTERVALS] = "Intervals", [CHART_LINES] = "Lines",
		[CHART_TAILS] = "Tails",
	};
	size_t i;

	fprintf(to, "%s: ", kinds[chart->kind]);
	html_text(to, chart->title);
	fputs("; ", to);
	html_text(to, chart->y_label);
	for (i = 0; i < chart->nr_series; i++) {
		fputs(i ? ", " : "; ", to);
		html_text(to, chart->series[i].name);
	}
}

/* Where names of a drawing's parts begin. Names of back-ends have no such quotes. */
static size_t names_a_part(const char *at)
{
	static const char *const before[] = { " id='", "xlink:href='#",
					      "'url(#", " id=\"" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(before); i++)
		if (!strncmp(at, before[i], strlen(before[i])))
			return strlen(before[i]);
	return 0;
}

/* All drawings call their parts the same; on one page each has its own. */
static void put_parts(FILE *to, const char *body, size_t section, size_t index)
{
	while (*body) {
		size_t length = names_a_part(body);

		if (!length) {
			fputc(*body++, to);
			continue;
		}
		fwrite(body, 1, length, to);
		fprintf(to, "f%zu-%zu-", section + 1, index + 1);
		body += length;
	}
}

/* From "<svg" its size, and what comes after its title, which is gnuplot's. */
static void put_drawing(FILE *to, const struct chart *chart,
			const char *drawing, size_t section, size_t index)
{
	const char *svg = strstr(drawing, "<svg");
	const char *body = svg ? strstr(svg, "<g ") : NULL;
	double width, height;
	const char *box;

	box = svg ? strstr(svg, "viewBox=\"0 0 ") : NULL;
	if (!body || !box || box > body ||
	    sscanf(box, "viewBox=\"0 0 %lf %lf\"", &width, &height) != 2)
		quit(EXIT_FAILED, "gnuplot drew something else than SVG");
	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\"\n"
		"xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n"
		"viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"",
		width, height);
	put_label(to, chart);
	fputs("\">\n", to);
	put_parts(to, body, section, index);
}

void figure_put(FILE *to, const struct chart *chart, size_t section,
		size_t index)
{
	char *drawing = chart_draw(chart, CHART_AS_SVG);

	fputs("<figure>\n", to);
	put_drawing(to, chart, drawing, section, index);
	fputs("</figure>\n", to);
	free(drawing);
}

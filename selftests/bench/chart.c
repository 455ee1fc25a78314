// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnuplot reads a script out of a file that has no name, and writes the drawing
 * to a pipe.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chart.h"
#include "message.h"

#define TEXT_COLUMNS 78
#define TEXT_LINES 24
#define SVG_WIDTH 900
#define SVG_HEIGHT 420
#define SVG_LETTERS 75

struct chart *chart_new(enum chart_kind kind, size_t points, size_t series)
{
	struct chart *chart = allocate(1, sizeof(*chart));
	size_t i;

	chart->kind = kind;
	chart->nr_points = points;
	chart->nr_series = series;
	chart->x = allocate(points, sizeof(*chart->x));
	chart->labels = allocate(points, sizeof(*chart->labels));
	chart->series = allocate(series, sizeof(*chart->series));
	for (i = 0; i < series; i++) {
		chart->series[i].y = allocate(points, sizeof(double));
		chart->series[i].low = allocate(points, sizeof(double));
		chart->series[i].high = allocate(points, sizeof(double));
	}
	return chart;
}

void chart_free(struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->nr_series; i++) {
		free(chart->series[i].y);
		free(chart->series[i].low);
		free(chart->series[i].high);
	}
	free(chart->series);
	free(chart->labels);
	free(chart->x);
	free(chart);
}

/*
 * What stands between quotes in a script. Names come from files: what could end
 * the quotes or the line is left out.
 */
static void put_string(FILE *script, const char *text)
{
	fputc('\'', script);
	for (; *text; text++)
		if (*text >= ' ' && *text != '\'' && *text != 0x7f)
			fputc(*text, script);
	fputc('\'', script);
}

static void put_setting(FILE *script, const char *what, const char *text)
{
	fprintf(script, "set %s ", what);
	put_string(script, text);
	fputs(" noenhanced\n", script);
}

static void put_number(FILE *script, double value)
{
	if (isfinite(value))
		fprintf(script, " %.9g", value);
	else
		fputs(" NaN", script);
}

static void put_data(FILE *script, const struct chart *chart, size_t index)
{
	const struct series *series = &chart->series[index];
	size_t i;

	fprintf(script, "$data%zu << EOD\n", index);
	for (i = 0; i < chart->nr_points; i++) {
		put_number(script, chart->x[i]);
		put_number(script, series->y[i]);
		put_number(script, series->low[i]);
		put_number(script, series->high[i]);
		fputc('\n', script);
	}
	fputs("EOD\n", script);
}

/* Whether labels stand beside each other, in an SVG of this width. */
static bool labels_fit(const struct chart *chart)
{
	size_t longest = 0;
	size_t i;

	for (i = 0; i < chart->nr_points; i++)
		if (strlen(chart->labels[i]) > longest)
			longest = strlen(chart->labels[i]);
	return longest * chart->nr_points <= SVG_LETTERS;
}

/*
 * In text every other one is a line lower, in SVG they are turned, or they would
 * run into each other.
 */
static void put_labels(FILE *script, const struct chart *chart,
		       enum chart_form form)
{
	size_t i;

	if (form == CHART_AS_SVG && !labels_fit(chart))
		fputs("set xtics rotate by -25\n", script);
	fputs("set xtics noenhanced (", script);
	for (i = 0; i < chart->nr_points; i++) {
		if (i)
			fputs(", ", script);
		if (form == CHART_AS_TEXT && i % 2)
			fputs("\"\\n\".", script);
		put_string(script, chart->labels[i]);
		fprintf(script, " %zu", i);
	}
	fprintf(script, ")\nset xrange [-0.6:%g]\n", chart->nr_points - 0.4);
}

static void put_axes(FILE *script, const struct chart *chart,
		     enum chart_form form)
{
	switch (chart->kind) {
	case CHART_CURVES:
		fputs("set logscale xy\n", script);
		break;
	case CHART_LINES:
		fputs("set yrange [0:]\n", script);
		break;
	case CHART_TAILS:
		fputs("set logscale xy\nset yrange [:1]\n", script);
		break;
	case CHART_BARS:
		put_labels(script, chart, form);
		fputs("set logscale y\nset boxwidth 0.8 relative\n"
		      "set style fill solid 0.7\n",
		      script);
		break;
	case CHART_INTERVALS:
		put_labels(script, chart, form);
		fputs("set xzeroaxis\n", script);
		break;
	}
}

/* Where the n-th series' bar or interval is, in its place on the axis. */
static double offset_of(const struct chart *chart, size_t index)
{
	return (index + 0.5) * 0.8 / chart->nr_series - 0.4;
}

static void put_curve(FILE *script, const struct chart *chart, size_t index)
{
	double offset = offset_of(chart, index);

	fprintf(script, "%s$data%zu using ", index ? ", " : "plot ", index);
	switch (chart->kind) {
	case CHART_CURVES:
		fputs("1:2 with linespoints", script);
		break;
	case CHART_BARS:
		fprintf(script, "($0%+g):2:(%g) with boxes", offset,
			0.8 / chart->nr_series);
		break;
	case CHART_LINES:
		fputs("1:2 with lines", script);
		break;
	case CHART_TAILS:
		fputs("1:2 with fsteps", script);
		break;
	case CHART_INTERVALS:
		fprintf(script, "($0%+g):2:3:4 with yerrorbars", offset);
		break;
	}
	fputs(" title ", script);
	put_string(script, chart->series[index].name);
	fputs(" noenhanced", script);
}

static void put_terminal(FILE *script, enum chart_form form)
{
	if (form == CHART_AS_TEXT)
		fprintf(script, "set terminal dumb noenhanced size %d,%d\n",
			TEXT_COLUMNS, TEXT_LINES);
	else
		fprintf(script,
			"set terminal svg noenhanced size %d,%d dynamic font 'sans-serif,13'\n",
			SVG_WIDTH, SVG_HEIGHT);
}

static void put_script(FILE *script, const struct chart *chart,
		       enum chart_form form)
{
	size_t i;

	put_terminal(script, form);
	put_setting(script, "title", chart->title);
	put_setting(script, "xlabel", chart->x_label);
	put_setting(script, "ylabel", chart->y_label);
	fputs("set key outside right top\nset grid ytics\n", script);
	put_axes(script, chart, form);
	for (i = 0; i < chart->nr_series; i++)
		put_data(script, chart, i);
	for (i = 0; i < chart->nr_series; i++)
		put_curve(script, chart, i);
	fputc('\n', script);
}

/* All that a program writes. */
static char *read_all(FILE *from)
{
	size_t size = 0, room = 4096;
	char *all = allocate(room, 1);
	size_t got;

	while ((got = fread(all + size, 1, room - size - 1, from))) {
		size += got;
		if (room - size > 1)
			continue;
		room *= 2;
		all = realloc(all, room);
		if (!all)
			quit(EXIT_FAILED, "out of memory");
	}
	all[size] = '\0';
	return all;
}

static char *run_gnuplot(FILE *script)
{
	char command[64];
	char *drawing;
	FILE *pipe;

	snprintf(command, sizeof(command), "gnuplot /dev/fd/%d",
		 fileno(script));
	pipe = popen(command, "r");
	if (!pipe)
		quit(EXIT_FAILED, "cannot start gnuplot");
	drawing = read_all(pipe);
	if (pclose(pipe))
		quit(EXIT_FAILED,
		     "gnuplot failed; is it there? (apt-get install gnuplot-nox)");
	return drawing;
}

/* Whether gnuplot is there. */
bool chart_can_draw(void)
{
	return !system("command -v gnuplot >/dev/null 2>&1");
}

/**
 * chart_draw - draw a chart
 * @chart: with a point at the least
 * @form: text, of the width of a terminal, or SVG
 *
 * Return: the drawing; free() it.
 */
char *chart_draw(const struct chart *chart, enum chart_form form)
{
	FILE *script = tmpfile();
	char *drawing;

	if (!script)
		quit(EXIT_FAILED, "no temporary file");
	put_script(script, chart, form);
	if (fflush(script))
		quit(EXIT_FAILED, "no room for a temporary file");
	drawing = run_gnuplot(script);
	fclose(script);
	return drawing;
}

// SPDX-License-Identifier: GPL-2.0-only
/* plot: a result drawn in the terminal, or as SVG. Needs no device. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "chart.h"

static const char help[] =
	"Usage: magslab-bench plot [-o NAME.svg] FILE\n"
	"Draw a result that run, duel or sweep wrote by --json. Needs gnuplot.\n"
	"\n"
	"  -o, --output NAME.svg    write SVG instead of text; of several charts the\n"
	"                           second goes to NAME-2.svg, and so on\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 drawn, 1 gnuplot or the output failed, 2 bad option, or FILE\n"
	"is no result.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_FILE,
	.operands = 1,
};

/* NAME-2.svg of NAME.svg. */
static char *path_of(const char *output, size_t index)
{
	size_t length = strlen(output) - strlen(".svg");
	char *path = NULL;

	if (!index)
		return strdup(output);
	if (asprintf(&path, "%.*s-%zu.svg", (int)length, output, index + 1) < 0)
		return NULL;
	return path;
}

static int write_svg(const struct chart *chart, const char *output,
		     size_t index)
{
	char *path = path_of(output, index);
	char *drawing = chart_draw(chart, CHART_AS_SVG);
	FILE *file = path ? fopen(path, "we") : NULL;
	bool failed = !file || fputs(drawing, file) < 0;

	if ((file && fclose(file)) || failed) {
		complain("--output: cannot write '%s': %s",
			 path ? path : output, strerror(errno));
		failed = true;
	}
	free(drawing);
	free(path);
	return failed ? EXIT_FAILED : EXIT_OK;
}

static int print_text(const struct chart *chart)
{
	char *drawing = chart_draw(chart, CHART_AS_TEXT);

	fputs(drawing, stdout);
	free(drawing);
	return EXIT_OK;
}

static void check_output(const char *output)
{
	size_t length = output ? strlen(output) : 0;

	if (output && (length < 5 || strcmp(output + length - 4, ".svg")))
		quit(EXIT_USAGE, "--output: '%s' does not end in .svg", output);
}

int cmd_plot(int argc, char **argv)
{
	struct document document;
	struct options options;
	struct chart **charts;
	int code = EXIT_OK;
	size_t nr, i;

	options_parse(&options, &syntax, argc, argv);
	check_output(options.output);
	document_load(&document, options.operands[0]);
	nr = charts_of(&document, &charts);
	for (i = 0; i < nr && !code; i++)
		code = options.output ?
			       write_svg(charts[i], options.output, i) :
			       print_text(charts[i]);
	charts_free(charts, nr);
	document_free(&document);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/* report: results as one page of HTML, to be mailed around. Needs no device. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "page.h"

static const char help[] =
	"Usage: magslab-bench report -o NAME.html FILE...\n"
	"Make one page of results that run, duel or sweep wrote by --json: tables, plots\n"
	"and what it takes to do it again. It needs no network. Needs gnuplot.\n"
	"\n"
	"  -o, --output NAME.html   the page; replaced as a whole, or not at all\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 written, 1 gnuplot or the output failed, 2 bad option, or a FILE\n"
	"is no result.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_FILE,
	.operands = 1,
	.most = 64,
};

static void check_output(const struct options *options)
{
	const char *output = options->output;
	size_t length = output ? strlen(output) : 0;

	if (!output)
		quit(EXIT_USAGE, "--output: it takes a name, see --help");
	if (length < 6 || strcmp(output + length - 5, ".html"))
		quit(EXIT_USAGE, "--output: '%s' does not end in .html",
		     output);
}

static size_t load(struct document *documents, char **paths)
{
	size_t nr;

	for (nr = 0; paths[nr]; nr++)
		document_load(&documents[nr], paths[nr]);
	return nr;
}

/* In memory first: what is wrong with a file may be found late. */
static char *draw(const struct document *documents, size_t nr)
{
	char *page = NULL;
	size_t size;
	FILE *to = open_memstream(&page, &size);

	if (!to)
		quit(EXIT_FAILED, "out of memory");
	page_put(to, documents, nr);
	if (ferror(to) || fclose(to))
		quit(EXIT_FAILED, "out of memory");
	return page;
}

int cmd_report(int argc, char **argv)
{
	struct document documents[64];
	struct options options;
	size_t nr;
	char *page;
	int code;

	options_parse(&options, &syntax, argc, argv);
	check_output(&options);
	nr = load(documents, options.operands);
	page = draw(documents, nr);
	code = outfile_write(options.output, page, strlen(page));
	free(page);
	while (nr--)
		document_free(&documents[nr]);
	return code;
}

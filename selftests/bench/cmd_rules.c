// SPDX-License-Identifier: GPL-2.0-only
/* rules: what of the rules of thumb about memory holds. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "json.h"
#include "rules.h"

#define DEFAULT_TIME 600

static const char help[] =
	"Usage: magslab-bench rules [OPTION]...\n"
	"Measure how the costs of a stack, a data segment, heaps and a collector grow\n"
	"with n, and show the rules of thumb beside what was found; and a plot, if there\n"
	"is gnuplot.\n"
	"\n"
	"      --most N             up to n = N, 2048 to 1048576 (default: 1048576), from\n"
	"                           a 1024th of it, or 64, doubling\n"
	"      --time SECONDS       begin with no n that would take longer (default: 600)\n"
	"      --level PERCENT      confidence, 50 to 99.99 (default: 98)\n"
	"\n"
	"  -j, --json FILE          write the figures to FILE too, for plot and\n"
	"                           report; with '-' to stdout, instead of tables\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 all was measured that there was time for, 1 a run failed, 2 bad\n"
	"option or value (nothing was run), 3 no device, 4 no permission, 130\n"
	"interrupted (what was measured until then is shown, as partial).\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_OUTPUT | OPTIONS_LEVEL | OPTIONS_TIME | OPTIONS_RULES,
};

static struct json_object *document_of(const struct rules *rules,
				       const struct fingerprint *print)
{
	struct json_object *root = rules_json(rules);

	add(root, "command", json_command());
	add(root, "fingerprint", json_fingerprint(print));
	return root;
}

static void print_plot(struct json_object *root)
{
	struct document document = { .path = "rules",
				     .root = root,
				     .kind = DOCUMENT_SWEEP };
	struct chart **charts;
	char *drawing;
	size_t nr;

	if (!chart_can_draw())
		return;
	nr = charts_of(&document, &charts);
	drawing = chart_draw(charts[0], CHART_AS_TEXT);
	putchar('\n');
	fputs(drawing, stdout);
	free(drawing);
	charts_free(charts, nr);
}

static void print_all(const struct rules *rules,
		      const struct fingerprint *print, struct json_object *root)
{
	fingerprint_print(print, stdout);
	rules_print(rules);
	if (rules->done)
		print_plot(root);
}

static int write_json(struct json_object *root, FILE *file)
{
	if (!json_print(root, file) && (file == stdout || !fclose(file)))
		return EXIT_OK;
	complain("--json: cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

static int show(struct rules *rules, const struct device *device, FILE *json)
{
	struct fingerprint print;
	struct json_object *root;

	rules_fit(rules);
	fingerprint_take(&print, device);
	root = document_of(rules, &print);
	if (!rules->options->quiet && json != stdout)
		print_all(rules, &print, root);
	if (json)
		return write_json(root, json);
	json_object_put(root);
	return EXIT_OK;
}

int cmd_rules(int argc, char **argv)
{
	struct rules *rules = allocate(1, sizeof(*rules));
	struct options options;
	struct device device;
	FILE *json = NULL;
	int code, shown;

	options_parse(&options, &syntax, argc, argv);
	if (!options.time_given)
		options.time = DEFAULT_TIME;
	device_open(&device);
	if (options.json)
		json = json_open(options.json);
	rules->options = &options;
	code = rules_run(rules, &device);
	shown = show(rules, &device, json);
	device_close(&device);
	free(rules);
	return code ? code : shown;
}

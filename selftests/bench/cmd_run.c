// SPDX-License-Identifier: GPL-2.0-only
/* run: the figures of one workload or of a profile, back-ends side by side. */
#include <string.h>

#include "bench.h"
#include "latency.h"
#include "timeline.h"

static const char help[] =
	"Usage: magslab-bench [run] [OPTION]...\n"
	"Measure kernel memory allocators beside each other, by /dev/magslab.\n"
	"\n"
	"What to measure:\n"
	"  -p, --profile NAME       smoke, quick (default), workloads, full\n"
	"                           or memory\n"
	"  -w, --workload NAME[:N]  this workload instead, of N objects; may be\n"
	"                           given several times\n"
	"  -b, --backend NAME,...   these back-ends (default: all)\n"
	"  -s, --size BYTES         object size (default: 64)\n"
	"      --packed             objects aligned as pointers are, not as cache\n"
	"                           lines are\n"
	"      --cpus N             CPUs that work at the same time (default: 1)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n" HELP_AXES
	"\n"
	"How to measure:\n"
	"      --blocks N           blocks per CPU and back-end\n"
	"      --block-ops N        operations per block\n"
	"      --latency            time each call by itself, and show the tail; with\n"
	"                           --detail by the way it took\n"
	"      --timeline           look at memory while the workload goes on, and for\n"
	"                           ten seconds after all was freed\n"
	"      --turns N            turns of each back-end, A B C C B A ...\n"
	"      --seed N             of the shuffles\n"
	"      --timeout SECONDS    longest time for one workload\n"
	"\n"
	"What to show:\n"
	"  -j, --json FILE          write the results to FILE too; with '-' to\n"
	"                           stdout, instead of tables\n"
	"      --detail             one line per result, with its spread\n"
	"      --lines              cache lines and pages too, counted in another\n"
	"                           turn\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -l, --list               show back-ends and workloads, and end\n"
	"  -h, --help               show this, and end; 'help' shows the other\n"
	"                           commands\n"
	"      --version            show the version, and end\n"
	"\n"
	"Exit codes: 0 all was measured, 1 a run failed, 2 bad option or value\n"
	"(nothing was run), 3 no device, 4 no permission, 130 interrupted (what\n"
	"was measured until then is shown).\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_WHAT | OPTIONS_HOW | OPTIONS_OUTPUT | OPTIONS_RUN |
		  OPTIONS_AXES | OPTIONS_LATENCY | OPTIONS_LINES,
};

static bool wants_tables(const struct options *options)
{
	return !options->quiet &&
	       (!options->json || strcmp(options->json, "-"));
}

static void print_costs(const struct options *options, const struct plan *plan,
			const struct report *report)
{
	table_print(report, plan);
	if (options->detail)
		table_print_detail(report);
	table_print_shared(report, plan);
	lines_print(report, plan);
	memory_print(report, plan);
}

static void print_tables(const struct options *options, const struct plan *plan,
			 const struct fingerprint *print,
			 const struct report *report)
{
	fingerprint_print(print, stdout);
	if (options->latency)
		latency_print(report, options->detail);
	else if (options->timeline)
		timeline_print(report);
	else
		print_costs(options, plan, report);
	notes_print(report);
}

static int measure(const struct options *options, const struct device *device)
{
	struct fingerprint print;
	struct report report = {};
	struct plan plan;
	FILE *json = NULL;
	int code;

	if (options->lines && !(device->info.features & MAGSLAB_FEATURE_LINES))
		quit(EXIT_USAGE,
		     "--lines: this magslab.ko does not count them");
	plan_make(&plan, options, device);
	if (options->json)
		json = json_open(options->json);
	fingerprint_take(&print, device);
	code = runner_run(device, &plan, options, &report);

	if (report.nr_rows && wants_tables(options))
		print_tables(options, &plan, &print, &report);
	if (json && json_write(json, &print, &report))
		code = code ? code : EXIT_FAILED;
	report_free(&report);
	plan_free(&plan);
	return code;
}

int cmd_run(int argc, char **argv)
{
	struct options options;
	struct device device;
	int code = EXIT_OK;

	options_parse(&options, &syntax, argc, argv);
	device_open(&device);
	if (options.list)
		list_print(&device);
	else
		code = measure(&options, &device);
	device_close(&device);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/* magslab-bench: see bench.h for the parts, --help for the use. */
#include <string.h>

#include "bench.h"

const char *const program_name = "magslab-bench";

/* The line of progress is not to run into what is said. */
void message_prepare(void)
{
	progress_hide();
}

static bool wants_tables(const struct options *options)
{
	return !options->quiet &&
	       (!options->json || strcmp(options->json, "-"));
}

static void print_tables(const struct options *options, const struct plan *plan,
			 const struct fingerprint *print,
			 const struct report *report)
{
	fingerprint_print(print, stdout);
	table_print(report, plan);
	if (options->detail)
		table_print_detail(report);
	table_print_locks(report, plan);
	memory_print(report, plan);
	notes_print(report);
}

static int measure(const struct options *options, const struct device *device)
{
	struct fingerprint print;
	struct report report = {};
	struct plan plan;
	FILE *json = NULL;
	int code;

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

int main(int argc, char **argv)
{
	struct options options;
	struct device device;
	int code = EXIT_OK;

	options_parse(&options, argc, argv);
	device_open(&device);
	if (options.list)
		list_print(&device);
	else
		code = measure(&options, &device);
	device_close(&device);
	if (fflush(stdout) && !code)
		code = EXIT_FAILED;
	return code;
}

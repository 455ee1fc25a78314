// SPDX-License-Identifier: GPL-2.0-only
/* sweep: how a cost grows with the number of objects, their size, or the CPUs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "sweep.h"

static const char help[] =
	"Usage: magslab-bench sweep --over AXIS=VALUES [OPTION]...\n"
	"Measure one workload at each value of an axis, and fit how its cost grows.\n"
	"\n"
	"      --over AXIS=VALUES   AXIS is count (objects of the workload), size\n"
	"                           (bytes of an object) or cpus. VALUES is\n"
	"                           FIRST..LAST, doubling, or VALUE,VALUE,...\n"
	"  -b, --backend A,B,...    (default: magslab,kmem_cache)\n"
	"  -w, --workload NAME[:N]  one (default: burst)\n"
	"  -s, --size BYTES         object size (default: 64)\n"
	"      --packed             objects aligned as pointers are\n"
	"      --cpus N             CPUs that work at the same time (default: 1)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n" HELP_AXES
	"\n"
	"      --level PERCENT      confidence, 50 to 99.99 (default: 98)\n"
	"      --blocks N           blocks per value, CPU and back-end\n"
	"      --block-ops N        operations per block\n"
	"      --seed N             of the shuffles\n"
	"\n"
	"  -j, --json FILE          write the figures to FILE too, for plot and\n"
	"                           report; with '-' to stdout, instead of tables\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 all was measured, 1 a run failed, 2 bad option or value\n"
	"(nothing was run), 3 no device, 4 no permission, 130 interrupted (what\n"
	"was measured until then is shown, as partial).\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_WHAT | OPTIONS_HOW | OPTIONS_OUTPUT | OPTIONS_LEVEL |
		  OPTIONS_SWEEP | OPTIONS_AXES,
};

static void default_to(struct options *options)
{
	static const char names[][MAGSLAB_NAME_SIZE] = { "magslab",
							 "kmem_cache" };
	static const struct workload_choice burst = { .name = "burst" };

	if (!options->over)
		quit(EXIT_USAGE, "--over: it takes an axis, see --help");
	if (!options->nr_backends) {
		memcpy(options->backends, names, sizeof(names));
		options->nr_backends = ARRAY_SIZE(names);
	}
	if (options->nr_workloads > 1)
		quit(EXIT_USAGE, "--workload: a sweep takes one");
	if (!options->nr_workloads)
		options->workloads[options->nr_workloads++] = burst;
}

static int write_json(const struct sweep *sweep,
		      const struct fingerprint *print, FILE *file)
{
	struct json_object *root = sweep_json(sweep);

	add(root, "command", json_command());
	add(root, "fingerprint", json_fingerprint(print));
	if (!json_print(root, file) && (file == stdout || !fclose(file)))
		return EXIT_OK;
	complain("--json: cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

static int show(struct sweep *sweep, const struct device *device, FILE *json)
{
	struct fingerprint print;
	int code = EXIT_OK;

	sweep_fit(sweep, sweep->options->level);
	fingerprint_take(&print, device);
	if (!sweep->options->quiet && json != stdout) {
		fingerprint_print(&print, stdout);
		sweep_print(sweep);
	}
	if (json)
		code = write_json(sweep, &print, json);
	return code;
}

static int measure(struct sweep *sweep, const struct device *device)
{
	FILE *json = NULL;
	int code, shown;

	if (sweep->options->json)
		json = json_open(sweep->options->json);
	code = sweep_run(sweep, device);
	shown = show(sweep, device, json);
	return code ? code : shown;
}

int cmd_sweep(int argc, char **argv)
{
	struct sweep *sweep = allocate(1, sizeof(*sweep));
	struct sweep_over over;
	struct options options;
	struct device device;
	struct plan plan;
	int code;

	options_parse(&options, &syntax, argc, argv);
	default_to(&options);
	sweep_over_parse(&over, options.over);
	device_open(&device);
	sweep_check(&over, &options, &device);
	plan_make(&plan, &options, &device);
	sweep->over = &over;
	sweep->options = &options;
	sweep->plan = &plan;
	sweep->step = plan.steps;
	code = measure(sweep, &device);
	plan_free(&plan);
	device_close(&device);
	free(sweep);
	return code;
}

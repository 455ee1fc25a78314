// SPDX-License-Identifier: GPL-2.0-only
/* duel: is one back-end faster than another, or can that not be told? */
#include <string.h>

#include "duel.h"

static const char help[] =
	"Usage: magslab-bench duel [OPTION]...\n"
	"Compare back-ends with the first one named, in many short rounds.\n"
	"\n"
	"  -b, --backend A,B,...    A is the reference (default: kmem_cache,magslab)\n"
	"  -w, --workload NAME[:N]  (default: pair); each has a duel of its own\n"
	"  -s, --size BYTES         object size (default: 64)\n"
	"      --packed             objects aligned as pointers are\n"
	"      --cpus N             CPUs that work at the same time (default: 1)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n" HELP_AXES
	"\n"
	"      --time SECONDS       of each workload's duel (default: 10)\n"
	"      --level PERCENT      confidence, 50 to 99.99 (default: 98)\n"
	"      --strict             bad conditions are an error\n"
	"      --blocks N           blocks per round, CPU and back-end\n"
	"      --block-ops N        operations per block\n"
	"      --seed N             of the first round; decides all others\n"
	"\n"
	"  -j, --json FILE          write all rounds to FILE too; with '-' to\n"
	"                           stdout, instead of tables\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 done, whatever the verdicts; 1 a round failed, 2 bad option or\n"
	"value (nothing was run), 3 no device, 4 no permission, 5 bad conditions with\n"
	"--strict, 130 interrupted (the rounds until then are shown, as partial).\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_WHAT | OPTIONS_HOW | OPTIONS_OUTPUT | OPTIONS_DUEL |
		  OPTIONS_LEVEL | OPTIONS_AXES,
};

static void default_to(struct options *options)
{
	static const char names[][MAGSLAB_NAME_SIZE] = { "kmem_cache",
							 "magslab" };
	static const struct workload_choice pair = { .name = "pair" };

	if (!options->nr_backends) {
		memcpy(options->backends, names, sizeof(names));
		options->nr_backends = ARRAY_SIZE(names);
	}
	if (options->nr_backends < 2)
		quit(EXIT_USAGE, "--backend: a duel takes two at the least");
	if (!options->nr_workloads)
		options->workloads[options->nr_workloads++] = pair;
}

int cmd_duel(int argc, char **argv)
{
	struct options options;
	struct device device;
	int code;

	options_parse(&options, &syntax, argc, argv);
	default_to(&options);
	device_open(&device);
	code = duel_session(&options, &device, duel_print);
	device_close(&device);
	return code;
}

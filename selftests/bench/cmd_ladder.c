// SPDX-License-Identifier: GPL-2.0-only
/* ladder: a duel of magslab with itself, one design element changed at a time. */
#include <string.h>

#include "ladder.h"

static const char help[] =
	"Usage: magslab-bench ladder [OPTION]...\n"
	"Tell what each design element of magslab is worth: a duel with back-ends that\n"
	"are magslab but for that element. Worth is what an operation costs more with the\n"
	"other choice; below zero, the other is cheaper here.\n"
	"\n"
	"  -b, --backend A,B,...    rungs to climb, of those that 'list' shows as ladder-*\n"
	"                           and magslab* (default: all but the slowest)\n"
	"  -w, --workload NAME[:N]  (default: pair); each has a duel of its own\n"
	"  -s, --size BYTES         object size (default: 64)\n"
	"      --packed             objects aligned as pointers are\n"
	"      --cpus N             CPUs that work at the same time (default: 1)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n"
	"\n"
	"      --time SECONDS       of each workload's duel (default: 30)\n"
	"      --level PERCENT      confidence, 50 to 99.99 (default: 98)\n"
	"      --strict             bad conditions are an error\n"
	"      --blocks N           blocks per round, CPU and rung\n"
	"      --block-ops N        operations per block\n"
	"      --seed N             of the first round; decides all others\n"
	"\n"
	"  -j, --json FILE          write all rounds to FILE too, as duel does; with '-'\n"
	"                           to stdout, instead of tables\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: those of duel.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_WHAT | OPTIONS_HOW | OPTIONS_OUTPUT | OPTIONS_DUEL |
		  OPTIONS_LEVEL,
};

#define DEFAULT_TIME 30

static void add(struct options *options, const char *name)
{
	if (options->nr_backends == MAX_BACKENDS)
		quit(EXIT_USAGE, "--backend: more than %d rungs",
		     MAX_BACKENDS - 1);
	strcpy(options->backends[options->nr_backends++], name);
}

/* Those this kernel has, but for the base, which goes first. */
static void add_all(struct options *options, const struct device *device)
{
	const struct rung *rung;

	for (rung = rungs + 1; rung->backend; rung++)
		if (!rung->by_name && device_backend(device, rung->backend))
			add(options, rung->backend);
}

static void add_chosen(struct options *options, const struct options *chosen)
{
	size_t i;

	for (i = 0; i < chosen->nr_backends; i++)
		add(options, chosen->backends[i]);
}

static void check(const struct options *options)
{
	size_t i;

	for (i = 0; i < options->nr_backends; i++)
		if (!rung_find(options->backends[i]))
			quit(EXIT_USAGE,
			     "--backend: '%s' is no rung of the ladder",
			     options->backends[i]);
}

/* What is fought: the base, and then the rungs. */
static void climb(struct options *options, const struct device *device)
{
	static const struct workload_choice pair = { .name = "pair" };
	struct options chosen = *options;

	options->nr_backends = 0;
	add(options, LADDER_BASE);
	if (chosen.nr_backends)
		add_chosen(options, &chosen);
	else
		add_all(options, device);
	if (!options->nr_workloads)
		options->workloads[options->nr_workloads++] = pair;
	if (!options->time_given)
		options->time = DEFAULT_TIME;
}

int cmd_ladder(int argc, char **argv)
{
	struct options options;
	struct device device;
	int code;

	options_parse(&options, &syntax, argc, argv);
	check(&options);
	device_open(&device);
	climb(&options, &device);
	code = duel_session(&options, &device, ladder_print);
	device_close(&device);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "bench.h"

enum {
	OPTION_BLOCKS = 256,
	OPTION_BLOCK_OPS,
	OPTION_CPUS,
	OPTION_DETAIL,
	OPTION_GFP,
	OPTION_PACKED,
	OPTION_SEED,
	OPTION_TIMEOUT,
	OPTION_TURNS,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "block-ops", required_argument, NULL, OPTION_BLOCK_OPS },
	{ "blocks", required_argument, NULL, OPTION_BLOCKS },
	{ "cpus", required_argument, NULL, OPTION_CPUS },
	{ "detail", no_argument, NULL, OPTION_DETAIL },
	{ "gfp", required_argument, NULL, OPTION_GFP },
	{ "help", no_argument, NULL, 'h' },
	{ "json", required_argument, NULL, 'j' },
	{ "list", no_argument, NULL, 'l' },
	{ "packed", no_argument, NULL, OPTION_PACKED },
	{ "profile", required_argument, NULL, 'p' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "size", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "turns", required_argument, NULL, OPTION_TURNS },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "workload", required_argument, NULL, 'w' },
	{}
};

static const char help[] =
	"Usage: magslab-bench [OPTION]...\n"
	"Measure kernel memory allocators beside each other, by /dev/magslab.\n"
	"\n"
	"What to measure:\n"
	"  -p, --profile NAME       smoke, quick (default), full or memory\n"
	"  -w, --workload NAME[:N]  this workload instead, of N objects; may be\n"
	"                           given several times\n"
	"  -b, --backend NAME,...   these back-ends (default: all)\n"
	"  -s, --size BYTES         object size (default: 64)\n"
	"      --packed             objects aligned as pointers are, not as cache\n"
	"                           lines are\n"
	"      --cpus N             CPUs that work at the same time (default: 1)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n"
	"\n"
	"How to measure:\n"
	"      --blocks N           blocks per CPU and back-end\n"
	"      --block-ops N        operations per block\n"
	"      --turns N            turns of each back-end, A B C C B A ...\n"
	"      --seed N             of the shuffles\n"
	"      --timeout SECONDS    longest time for one workload\n"
	"\n"
	"What to show:\n"
	"  -j, --json FILE          write the results to FILE too; with '-' to\n"
	"                           stdout, instead of tables\n"
	"      --detail             one line per result, with its spread\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -l, --list               show back-ends and workloads, and end\n"
	"  -h, --help               show this, and end\n"
	"      --version            show the version, and end\n"
	"\n"
	"Exit codes: 0 all was measured, 1 a run failed, 2 bad option or value\n"
	"(nothing was run), 3 no device, 4 no permission, 130 interrupted (what\n"
	"was measured until then is shown).\n";

static __u32 parse_number32(const char *option, const char *text)
{
	return parse_number(option, text, 1, UINT_MAX);
}

static void copy_name(const char *option, char *to, const char *from,
		      size_t length)
{
	if (!length || length >= MAGSLAB_NAME_SIZE)
		quit(EXIT_USAGE, "%s: '%.*s' is not a name", option,
		     (int)length, from);
	memcpy(to, from, length);
	to[length] = '\0';
}

static void add_workload(struct options *options, const char *text)
{
	struct workload_choice *choice;
	size_t length = strcspn(text, ":");

	if (options->nr_workloads == MAX_SELECTED)
		quit(EXIT_USAGE, "--workload: more than %d", MAX_SELECTED);
	choice = &options->workloads[options->nr_workloads++];
	copy_name("--workload", choice->name, text, length);
	if (text[length])
		choice->count = parse_number("--workload", text + length + 1, 1,
					     ULLONG_MAX);
}

static void add_backends(struct options *options, const char *text)
{
	for (;;) {
		size_t length = strcspn(text, ",");

		if (options->nr_backends == MAX_BACKENDS)
			quit(EXIT_USAGE, "--backend: more than %d",
			     MAX_BACKENDS);
		copy_name("--backend", options->backends[options->nr_backends],
			  text, length);
		options->nr_backends++;
		if (!text[length])
			return;
		text += length + 1;
	}
}

static __u32 gfp_class(const char *text)
{
	__u32 i;

	for (i = 0; i < nr_gfp_names; i++)
		if (!strcmp(gfp_names[i], text))
			return i;
	quit(EXIT_USAGE, "--gfp: '%s' is not kernel, atomic or nowait", text);
}

static const char *profile_name(const char *text)
{
	if (!plan_profile_exists(text))
		quit(EXIT_USAGE,
		     "--profile: '%s' is not smoke, quick, full or memory",
		     text);
	return text;
}

static const char *file_name(const char *text)
{
	if (!*text)
		quit(EXIT_USAGE, "--json: '' is not a file name");
	return text;
}

static void parse_measure(struct options *options, int option, const char *text)
{
	switch (option) {
	case OPTION_BLOCKS:
		options->blocks = parse_number32("--blocks", text);
		break;
	case OPTION_BLOCK_OPS:
		options->block_ops = parse_number32("--block-ops", text);
		break;
	case OPTION_CPUS:
		options->cpus = parse_number32("--cpus", text);
		break;
	case OPTION_GFP:
		options->gfp = gfp_class(text);
		break;
	case OPTION_SEED:
		options->seed = parse_number("--seed", text, 0, ULLONG_MAX);
		break;
	case OPTION_TIMEOUT:
		options->timeout = parse_number32("--timeout", text);
		break;
	case OPTION_TURNS:
		options->turns = parse_number32("--turns", text);
		break;
	case 's':
		options->size = parse_number("--size", text, 1, ULLONG_MAX);
		break;
	}
}

static void parse_one(struct options *options, int option, const char *text)
{
	switch (option) {
	case 'b':
		add_backends(options, text);
		break;
	case 'h':
		show_and_end(help);
		break;
	case 'j':
		options->json = file_name(text);
		break;
	case 'l':
		options->list = true;
		break;
	case 'p':
		options->profile = profile_name(text);
		break;
	case 'q':
		options->quiet = true;
		break;
	case 'w':
		add_workload(options, text);
		break;
	case OPTION_DETAIL:
		options->detail = true;
		break;
	case OPTION_PACKED:
		options->packed = true;
		break;
	case OPTION_VERSION:
		show_and_end("magslab-bench " BENCH_VERSION "\n");
		break;
	case '?':
		/* getopt has said which. */
		exit(EXIT_USAGE);
	default:
		parse_measure(options, option, text);
	}
}

void options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){ .cpus = 1, .seed = 1 };
	while ((option = getopt_long(argc, argv, "b:hj:lp:qs:w:", long_options,
				     NULL)) != -1)
		parse_one(options, option, optarg);
	if (optind < argc)
		quit(EXIT_USAGE, "'%s' is not an option", argv[optind]);
	if (options->profile && options->nr_workloads)
		quit(EXIT_USAGE, "--profile and --workload exclude each other");
}

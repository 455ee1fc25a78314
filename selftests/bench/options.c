// SPDX-License-Identifier: GPL-2.0-only
/* The command line, of all commands. */
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
	OPTION_LEVEL,
	OPTION_OVER,
	OPTION_PACKED,
	OPTION_SEED,
	OPTION_STRICT,
	OPTION_THRESHOLD,
	OPTION_TIME,
	OPTION_TIMEOUT,
	OPTION_TURNS,
	OPTION_VERSION,
};

/* Every option there is, and the groups of which a command takes some. */
static const struct known {
	struct option option;
	unsigned int groups;
} known[] = {
	{ { "backend", required_argument, NULL, 'b' }, OPTIONS_WHAT },
	{ { "block-ops", required_argument, NULL, OPTION_BLOCK_OPS },
	  OPTIONS_HOW },
	{ { "blocks", required_argument, NULL, OPTION_BLOCKS }, OPTIONS_HOW },
	{ { "cpus", required_argument, NULL, OPTION_CPUS }, OPTIONS_WHAT },
	{ { "detail", no_argument, NULL, OPTION_DETAIL }, OPTIONS_RUN },
	{ { "gfp", required_argument, NULL, OPTION_GFP }, OPTIONS_WHAT },
	{ { "help", no_argument, NULL, 'h' }, OPTIONS_ALL },
	{ { "json", required_argument, NULL, 'j' }, OPTIONS_OUTPUT },
	{ { "level", required_argument, NULL, OPTION_LEVEL }, OPTIONS_LEVEL },
	{ { "list", no_argument, NULL, 'l' }, OPTIONS_RUN },
	{ { "output", required_argument, NULL, 'o' }, OPTIONS_FILE },
	{ { "over", required_argument, NULL, OPTION_OVER }, OPTIONS_SWEEP },
	{ { "packed", no_argument, NULL, OPTION_PACKED }, OPTIONS_WHAT },
	{ { "profile", required_argument, NULL, 'p' }, OPTIONS_RUN },
	{ { "quiet", no_argument, NULL, 'q' },
	  OPTIONS_OUTPUT | OPTIONS_COMPARE },
	{ { "seed", required_argument, NULL, OPTION_SEED }, OPTIONS_HOW },
	{ { "size", required_argument, NULL, 's' }, OPTIONS_WHAT },
	{ { "strict", no_argument, NULL, OPTION_STRICT }, OPTIONS_DUEL },
	{ { "threshold", required_argument, NULL, OPTION_THRESHOLD },
	  OPTIONS_COMPARE },
	{ { "time", required_argument, NULL, OPTION_TIME }, OPTIONS_DUEL },
	{ { "timeout", required_argument, NULL, OPTION_TIMEOUT }, OPTIONS_RUN },
	{ { "turns", required_argument, NULL, OPTION_TURNS }, OPTIONS_RUN },
	{ { "version", no_argument, NULL, OPTION_VERSION }, OPTIONS_ALL },
	{ { "workload", required_argument, NULL, 'w' }, OPTIONS_WHAT },
};

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

/* Per cent of confidence. At 100 an interval would be without end. */
static double confidence(const char *text)
{
	double value;
	char *end;

	value = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || !(value >= 50) ||
	    value > 99.99)
		quit(EXIT_USAGE, "--level: '%s' is not from 50 to 99.99", text);
	return value;
}

/* Per cent by which something may change. */
static double change(const char *text)
{
	double value;
	char *end;

	value = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || !(value <= 1000))
		quit(EXIT_USAGE, "--threshold: '%s' is not from 0 to 1000",
		     text);
	return value;
}

static const char *profile_name(const char *text)
{
	if (!plan_profile_exists(text))
		quit(EXIT_USAGE,
		     "--profile: '%s' is not smoke, quick, full or memory",
		     text);
	return text;
}

static const char *file_name(const char *option, const char *text)
{
	if (!*text)
		quit(EXIT_USAGE, "%s: '' is not a file name", option);
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
	case OPTION_LEVEL:
		options->level = confidence(text);
		break;
	case OPTION_STRICT:
		options->strict = true;
		break;
	case OPTION_THRESHOLD:
		options->threshold = change(text);
		break;
	case OPTION_TIME:
		options->time = parse_number("--time", text, 1, 86400);
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
	case 'j':
		options->json = file_name("--json", text);
		break;
	case 'l':
		options->list = true;
		break;
	case 'o':
		options->output = file_name("--output", text);
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
	case OPTION_OVER:
		options->over = text;
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

/* The part of the options that a command takes, as getopt_long() wants it. */
static void choose(unsigned int groups, struct option *options, char *letters)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		const struct option *option = &known[i].option;

		if (!(known[i].groups & groups))
			continue;
		*options++ = *option;
		if (option->val >= OPTION_BLOCKS)
			continue;
		*letters++ = option->val;
		if (option->has_arg)
			*letters++ = ':';
	}
}

static void take_operands(struct options *options, const struct syntax *syntax,
			  int argc, char **argv)
{
	int most = syntax->most ? syntax->most : syntax->operands;

	options->operands = argv + optind;
	if (argc - optind > most)
		quit(EXIT_USAGE,
		     syntax->most ? "'%s' is one file too many" :
				    "'%s' is not an option",
		     argv[optind + most]);
	if (argc - optind < syntax->operands)
		quit(EXIT_USAGE, "it takes %d file%s%s, see --help",
		     syntax->operands, syntax->operands == 1 ? "" : "s",
		     syntax->most ? " or more" : "");
}

void options_parse(struct options *options, const struct syntax *syntax,
		   int argc, char **argv)
{
	struct option accepted[ARRAY_SIZE(known) + 1] = {};
	char letters[2 * ARRAY_SIZE(known) + 1] = "";
	int option;

	*options = (struct options){
		.cpus = 1,
		.seed = 1,
		.time = 10,
		.level = 98,
		.threshold = 2,
	};
	choose(syntax->groups, accepted, letters);
	while ((option = getopt_long(argc, argv, letters, accepted, NULL)) !=
	       -1) {
		if (option == 'h')
			show_and_end(syntax->help);
		parse_one(options, option, optarg);
	}
	take_operands(options, syntax, argc, argv);
	if (options->profile && options->nr_workloads)
		quit(EXIT_USAGE, "--profile and --workload exclude each other");
}

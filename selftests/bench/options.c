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
	OPTION_BUFFER,
	OPTION_CACHE,
	OPTION_CPUS,
	OPTION_DESCRIBE,
	OPTION_DETAIL,
	OPTION_EVENTS,
	OPTION_GFP,
	OPTION_LATENCY,
	OPTION_LEVEL,
	OPTION_LINES,
	OPTION_MAX_BYTES,
	OPTION_MIN_BYTES,
	OPTION_MOST,
	OPTION_ON_CPU,
	OPTION_OVER,
	OPTION_PACKED,
	OPTION_RATE,
	OPTION_SEED,
	OPTION_SPEED,
	OPTION_STRICT,
	OPTION_TASK,
	OPTION_THRESHOLD,
	OPTION_TIME,
	OPTION_TIMELINE,
	OPTION_TIMEOUT,
	OPTION_TURNS,
	OPTION_VERSION,
	OPTION_CONTEXT,
	OPTION_TOUCH,
	OPTION_ZERO,
	OPTION_PLACE,
	OPTION_HOTPLUG,
	OPTION_PRESSURE,
};

/* Every option there is, and the groups of which a command takes some. */
static const struct known {
	struct option option;
	unsigned int groups;
} known[] = {
	{ { "backend", required_argument, NULL, 'b' },
	  OPTIONS_WHAT | OPTIONS_ON },
	{ { "block-ops", required_argument, NULL, OPTION_BLOCK_OPS },
	  OPTIONS_HOW | OPTIONS_REPLAY },
	{ { "blocks", required_argument, NULL, OPTION_BLOCKS }, OPTIONS_HOW },
	{ { "buffer", required_argument, NULL, OPTION_BUFFER },
	  OPTIONS_RECORD },
	{ { "cache", required_argument, NULL, OPTION_CACHE }, OPTIONS_RECORD },
	{ { "cpus", required_argument, NULL, OPTION_CPUS },
	  OPTIONS_WHAT | OPTIONS_ON },
	{ { "describe", no_argument, NULL, OPTION_DESCRIBE }, OPTIONS_REPLAY },
	{ { "detail", no_argument, NULL, OPTION_DETAIL },
	  OPTIONS_RUN | OPTIONS_REPLAY },
	{ { "events", required_argument, NULL, OPTION_EVENTS },
	  OPTIONS_RECORD },
	{ { "gfp", required_argument, NULL, OPTION_GFP },
	  OPTIONS_WHAT | OPTIONS_ON },
	{ { "help", no_argument, NULL, 'h' }, OPTIONS_ALL },
	{ { "json", required_argument, NULL, 'j' }, OPTIONS_OUTPUT },
	{ { "latency", no_argument, NULL, OPTION_LATENCY }, OPTIONS_LATENCY },
	{ { "level", required_argument, NULL, OPTION_LEVEL }, OPTIONS_LEVEL },
	{ { "lines", no_argument, NULL, OPTION_LINES }, OPTIONS_LINES },
	{ { "list", no_argument, NULL, 'l' }, OPTIONS_RUN },
	{ { "max-bytes", required_argument, NULL, OPTION_MAX_BYTES },
	  OPTIONS_RECORD },
	{ { "min-bytes", required_argument, NULL, OPTION_MIN_BYTES },
	  OPTIONS_RECORD },
	{ { "most", required_argument, NULL, OPTION_MOST }, OPTIONS_RULES },
	{ { "on-cpu", required_argument, NULL, OPTION_ON_CPU },
	  OPTIONS_RECORD },
	{ { "output", required_argument, NULL, 'o' }, OPTIONS_FILE },
	{ { "over", required_argument, NULL, OPTION_OVER }, OPTIONS_SWEEP },
	{ { "packed", no_argument, NULL, OPTION_PACKED },
	  OPTIONS_WHAT | OPTIONS_ON },
	{ { "profile", required_argument, NULL, 'p' }, OPTIONS_RUN },
	{ { "quiet", no_argument, NULL, 'q' },
	  OPTIONS_OUTPUT | OPTIONS_COMPARE | OPTIONS_QUIET },
	{ { "rate", required_argument, NULL, OPTION_RATE }, OPTIONS_ESCAPE },
	{ { "seed", required_argument, NULL, OPTION_SEED }, OPTIONS_HOW },
	{ { "size", required_argument, NULL, 's' }, OPTIONS_WHAT },
	{ { "speed", required_argument, NULL, OPTION_SPEED }, OPTIONS_REPLAY },
	{ { "strict", no_argument, NULL, OPTION_STRICT }, OPTIONS_DUEL },
	{ { "task", required_argument, NULL, OPTION_TASK }, OPTIONS_RECORD },
	{ { "threshold", required_argument, NULL, OPTION_THRESHOLD },
	  OPTIONS_COMPARE },
	{ { "time", required_argument, NULL, OPTION_TIME },
	  OPTIONS_DUEL | OPTIONS_TIME },
	{ { "timeline", no_argument, NULL, OPTION_TIMELINE }, OPTIONS_LATENCY },
	{ { "timeout", required_argument, NULL, OPTION_TIMEOUT },
	  OPTIONS_RUN | OPTIONS_REPLAY },
	{ { "turns", required_argument, NULL, OPTION_TURNS },
	  OPTIONS_RUN | OPTIONS_REPLAY },
	{ { "version", no_argument, NULL, OPTION_VERSION }, OPTIONS_ALL },
	{ { "workload", required_argument, NULL, 'w' }, OPTIONS_WHAT },
	{ { "context", required_argument, NULL, OPTION_CONTEXT },
	  OPTIONS_AXES },
	{ { "touch", required_argument, NULL, OPTION_TOUCH }, OPTIONS_AXES },
	{ { "zero", no_argument, NULL, OPTION_ZERO }, OPTIONS_AXES },
	{ { "place", required_argument, NULL, OPTION_PLACE }, OPTIONS_AXES },
	{ { "hotplug", required_argument, NULL, OPTION_HOTPLUG },
	  OPTIONS_AXES },
	{ { "pressure", no_argument, NULL, OPTION_PRESSURE }, OPTIONS_AXES },
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
		     "--profile: '%s' is not smoke, quick, workloads, full or memory",
		     text);
	return text;
}

static const char *file_name(const char *option, const char *text)
{
	if (!*text)
		quit(EXIT_USAGE, "%s: '' is not a file name", option);
	return text;
}

/* Times the speed of the recording, to the thousandth. */
static __u32 times_speed(const char *text)
{
	double value;
	char *end;

	value = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || !(value >= 0.001) ||
	    value > 1000)
		quit(EXIT_USAGE, "--speed: '%s' is not from 0.001 to 1000",
		     text);
	return value * MAGSLAB_SPEED_AS_RECORDED + 0.5;
}

static const char *cache_name(const char *text)
{
	if (!*text || strlen(text) >= MAGSLAB_NAME_SIZE)
		quit(EXIT_USAGE, "--cache: '%s' is not a name", text);
	return text;
}

/* Numbers with commas between them. */
static void add_on_cpus(struct options *options, const char *text)
{
	char number[24];
	size_t length;
	__u64 cpu;

	for (;; text += length + 1) {
		length = strcspn(text, ",");
		snprintf(number, sizeof(number), "%.*s", (int)length, text);
		cpu = parse_number("--on-cpu", number, 0, MAX_CPUS - 1);
		options->on_cpus[cpu / CPUS_PER_WORD] |= 1ULL
							 << cpu % CPUS_PER_WORD;
		options->nr_on_cpus++;
		if (!text[length])
			return;
	}
}

static void parse_record(struct options *options, int option, const char *text)
{
	switch (option) {
	case OPTION_BUFFER:
		options->buffer = parse_number("--buffer", text, 1, 1 << 20);
		break;
	case OPTION_CACHE:
		options->cache = cache_name(text);
		break;
	case OPTION_DESCRIBE:
		options->describe = true;
		break;
	case OPTION_EVENTS:
		options->events = parse_number("--events", text, 2, 1 << 24);
		break;
	case OPTION_MAX_BYTES:
		options->max_bytes =
			parse_number("--max-bytes", text, 1, ULLONG_MAX);
		break;
	case OPTION_MIN_BYTES:
		options->min_bytes =
			parse_number("--min-bytes", text, 1, ULLONG_MAX);
		break;
	case OPTION_ON_CPU:
		add_on_cpus(options, text);
		break;
	case OPTION_MOST:
		options->most = parse_number("--most", text, 2048, 1 << 20);
		break;
	case OPTION_RATE:
		options->rate = parse_number("--rate", text, 1, 1000000);
		break;
	case OPTION_SPEED:
		options->speed = times_speed(text);
		break;
	case OPTION_TASK:
		options->task = parse_number("--task", text, 1, INT_MAX);
		break;
	}
}

static void parse_axes(struct options *options, int option, const char *text)
{
	switch (option) {
	case OPTION_CONTEXT:
		options->axes.context = axes_context(text);
		break;
	case OPTION_TOUCH:
		options->axes.touch = axes_touch(text);
		break;
	case OPTION_ZERO:
		options->axes.zero = true;
		break;
	case OPTION_PLACE:
		options->axes.around.place = surroundings_place(text);
		break;
	case OPTION_HOTPLUG:
		options->axes.around.hotplug_ms = surroundings_hotplug(text);
		break;
	case OPTION_PRESSURE:
		options->axes.around.pressure = true;
		break;
	default:
		parse_record(options, option, text);
	}
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
		options->gfp =
			parse_choice("--gfp", text, gfp_names, nr_gfp_names);
		options->gfp_given = true;
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
		options->time_given = true;
		break;
	case 's':
		options->size = parse_number("--size", text, 1, ULLONG_MAX);
		break;
	default:
		parse_axes(options, option, text);
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
	case OPTION_LATENCY:
		options->latency = true;
		break;
	case OPTION_LINES:
		options->lines = true;
		break;
	case OPTION_OVER:
		options->over = text;
		break;
	case OPTION_PACKED:
		options->packed = true;
		break;
	case OPTION_TIMELINE:
		options->timeline = true;
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
		.cpus = syntax->groups & OPTIONS_REPLAY ? 0 : 1,
		.seed = 1,
		.time = 10,
		.level = 98,
		.threshold = 2,
		.most = 1 << 20,
	};
	choose(syntax->groups, accepted, letters);
	while ((option = getopt_long(argc, argv, letters, accepted, NULL)) !=
	       -1) {
		if (option == 'h')
			show_and_end(syntax->help);
		parse_one(options, option, optarg);
	}
	take_operands(options, syntax, argc, argv);
	axes_check(options);
	if (options->profile && options->nr_workloads)
		quit(EXIT_USAGE, "--profile and --workload exclude each other");
	if (options->latency && options->timeline)
		quit(EXIT_USAGE, "--latency and --timeline exclude each other");
	if (options->max_bytes && options->max_bytes < options->min_bytes)
		quit(EXIT_USAGE, "--max-bytes: %llu is below --min-bytes",
		     options->max_bytes);
}

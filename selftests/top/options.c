// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "top.h"

#define LEAST_LIVE_MS 100
#define MOST_SECONDS 86400

enum {
	OPTION_CPUS = 256,
	OPTION_FROM,
	OPTION_HEATMAP,
	OPTION_NODES,
	OPTION_SLUB,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, OPTION_CPUS },
	{ "delay", required_argument, NULL, 'd' },
	{ "from", required_argument, NULL, OPTION_FROM },
	{ "heatmap", required_argument, NULL, OPTION_HEATMAP },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "lines", required_argument, NULL, 'n' },
	{ "nodes", required_argument, NULL, OPTION_NODES },
	{ "once", no_argument, NULL, 'o' },
	{ "slub", no_argument, NULL, OPTION_SLUB },
	{ "sort", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

static const char help[] =
	"Usage: magslab-top [OPTION]...\n"
	"Show magslab's caches, live, as slabtop(1) shows the kernel's.\n"
	"\n"
	"What to show:\n"
	"      --cpus NAME        CPUs of this cache\n"
	"      --nodes NAME       nodes of this cache\n"
	"      --slub             the kernel's caches beside those of the same size\n"
	"      --heatmap NAME     how full each slab of this cache is, and end\n"
	"  -s, --sort KEY         by live, objects, use, size, slabs, kib (default),\n"
	"                         hit, allocs, frees, misses or name\n"
	"  -n, --lines N          at most so many lines\n"
	"\n"
	"How to show it:\n"
	"  -o, --once             print it once, and end\n"
	"  -j, --json             print it once as JSON, and end\n"
	"  -d, --delay SECONDS    time between samples (default: 1), which rates are\n"
	"                         of; with --once or --json may be 0, for no rates\n"
	"      --from FILE        take samples from FILE and not from debugfs; given\n"
	"                         several times, from one after the other\n"
	"  -h, --help             show this, and end\n"
	"  -V, --version          show the version, and end\n"
	"\n"
	"Keys: arrows, Page Up and Page Down choose a cache; Enter or c shows its CPUs,\n"
	"n its nodes, s SLUB beside us, Esc goes back; < and > choose what to sort by,\n"
	"r turns the order round; q ends.\n"
	"\n"
	"Exit codes: 0 ended as wished (q, SIGINT, SIGTERM), 1 failed, 2 bad option or\n"
	"value, 3 no module, also if it goes away meanwhile, 4 no permission.\n";

/* Thousandths are enough, and all that is taken. */
static unsigned int parse_delay(const char *text)
{
	double seconds;
	char *end;

	if (!*text || text[strspn(text, "0123456789.")])
		quit(EXIT_USAGE, "--delay: '%s' is not a number of seconds",
		     text);
	seconds = strtod(text, &end);
	if (*end || end == text)
		quit(EXIT_USAGE, "--delay: '%s' is not a number of seconds",
		     text);
	if (seconds > MOST_SECONDS)
		quit(EXIT_USAGE, "--delay: %s is more than %d", text,
		     MOST_SECONDS);
	return seconds * 1000;
}

static enum column parse_sort(const char *text)
{
	enum column column;

	if (!column_find(text, &column))
		quit(EXIT_USAGE,
		     "--sort: '%s' is not live, objects, use, size, slabs, kib, hit, allocs, frees, misses or name",
		     text);
	return column;
}

/* Names become part of paths. */
static const char *parse_name(const char *option, const char *text)
{
	if (!*text || strchr(text, '/') || !strcmp(text, ".") ||
	    !strcmp(text, ".."))
		quit(EXIT_USAGE, "%s: '%s' is not the name of a cache", option,
		     text);
	return text;
}

static void set_view(struct options *options, enum view view, const char *name)
{
	if (options->view != VIEW_CACHES)
		quit(EXIT_USAGE,
		     "only one of --cpus, --nodes, --slub and --heatmap");
	options->view = view;
	options->name = name;
}

static void add_source(struct options *options, const char *text)
{
	if (!*text)
		quit(EXIT_USAGE, "--from: '' is not a file name");
	if (options->nr_from == MAX_SOURCES)
		quit(EXIT_USAGE, "--from: more than %d files", MAX_SOURCES);
	options->from[options->nr_from++] = text;
}

static void parse_view(struct options *options, int option, const char *text)
{
	switch (option) {
	case OPTION_CPUS:
		set_view(options, VIEW_CPUS, parse_name("--cpus", text));
		break;
	case OPTION_HEATMAP:
		set_view(options, VIEW_HEATMAP, parse_name("--heatmap", text));
		break;
	case OPTION_NODES:
		set_view(options, VIEW_NODES, parse_name("--nodes", text));
		break;
	case OPTION_SLUB:
		set_view(options, VIEW_SLUB, NULL);
		break;
	}
}

static void parse_one(struct options *options, int option, const char *text)
{
	switch (option) {
	case 'd':
		options->delay_ms = parse_delay(text);
		break;
	case 'h':
		show_and_end(help);
	case 'j':
		options->json = true;
		break;
	case 'n':
		options->lines = parse_number("--lines", text, 1, 1000000000);
		break;
	case 'o':
		options->once = true;
		break;
	case 's':
		options->sort = parse_sort(text);
		break;
	case 'V':
		show_and_end("magslab-top " TOP_VERSION "\n");
	case OPTION_FROM:
		add_source(options, text);
		break;
	case '?':
		/* getopt has said which. */
		exit(EXIT_USAGE);
	default:
		parse_view(options, option, text);
	}
}

static void check(const struct options *options)
{
	if (options->once && options->json)
		quit(EXIT_USAGE, "--once and --json exclude each other");
	if (options->json && options->view == VIEW_HEATMAP)
		quit(EXIT_USAGE, "--json and --heatmap exclude each other");
	if (!options->once && !options->json && options->view != VIEW_HEATMAP &&
	    options->delay_ms < LEAST_LIVE_MS)
		quit(EXIT_USAGE,
		     "--delay: less than 0.1 is only for --once and --json");
}

void options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){ .sort = COLUMN_KIB, .delay_ms = 1000 };
	while ((option = getopt_long(argc, argv, "d:hjn:os:V", long_options,
				     NULL)) != -1)
		parse_one(options, option, optarg);
	if (optind < argc)
		quit(EXIT_USAGE, "'%s' is not an option", argv[optind]);
	check(options);
}

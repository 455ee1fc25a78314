// SPDX-License-Identifier: GPL-2.0-only
/* escape: where the kernel's objects go while a command runs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "child.h"

static const char help[] =
	"Usage: magslab-bench escape [OPTION]... [-- COMMAND [ARGUMENT]...]\n"
	"Follow allocations of the running kernel to their frees while COMMAND runs, or\n"
	"for some time, and show for each call where its objects could have lived, those\n"
	"first that an arena would save the most calls.\n"
	"\n"
	"      --rate N             follow one of N allocations (default: 16)\n"
	"      --time SECONDS       longest time (default: 10; with COMMAND none)\n"
	"  -j, --json FILE          write it to FILE as JSON, too; with '-' to stdout,\n"
	"                           instead of the table\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 done, 1 COMMAND failed (what was seen is shown), 2 bad option or\n"
	"value, 3 magslab is not loaded, or there is no debugfs, 4 no permission.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_ESCAPE | OPTIONS_OUTPUT | OPTIONS_TIME,
	.most = MOST_WORDS,
};

#define SITES "/sys/kernel/debug/magslab/escape/sites"
#define DEFAULT_RATE 16
#define DEFAULT_SECONDS 10
#define LOOK_NS 10000000

/* 0 stops it. */
static void set_rate(__u32 rate)
{
	FILE *file = fopen(SITES, "we");
	int error = errno;

	if (file && fprintf(file, "%u", rate) > 0 && !fclose(file))
		return;
	if (file)
		error = errno;
	if (error == EACCES || error == EPERM)
		quit(EXIT_NO_PERMISSION,
		     "no permission to write " SITES ": try as root");
	quit(EXIT_NO_DEVICE,
	     "cannot write " SITES
	     ": %s. Is magslab.ko loaded, and debugfs mounted?",
	     strerror(error));
}

static void copy(const char *path, FILE *to)
{
	FILE *from = fopen(path, "re");
	char buffer[4096];
	size_t got;

	if (!from)
		quit(EXIT_FAILED, "cannot read %s: %s", path, strerror(errno));
	while ((got = fread(buffer, 1, sizeof(buffer), from)))
		fwrite(buffer, 1, got, to);
	fclose(from);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Returns the command's exit status. */
static int wait_for(pid_t *pid, double seconds)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	double end = now() + seconds;
	int code = EXIT_OK;

	while (!child_ended(pid, &code) && !runner_interrupted() &&
	       (!seconds || now() < end))
		nanosleep(&pause, NULL);
	return code;
}

static int show(const struct options *options)
{
	FILE *json = options->json ? json_open(options->json) : NULL;

	if (json != stdout && !options->quiet)
		copy(SITES, stdout);
	if (json)
		copy(SITES ".json", json);
	if (json && json != stdout && fclose(json)) {
		complain("--json: cannot write: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

static int follow(const struct options *options)
{
	int gate[2], code;
	pid_t pid = 0;

	runner_catch_signals();
	if (options->operands[0])
		pid = child_start(options->operands, gate);
	set_rate(options->rate);
	if (pid)
		child_go(gate);
	code = wait_for(&pid, options->time);
	child_end(pid);
	if (code != EXIT_NO_COMMAND && show(options))
		code = EXIT_FAILED;
	set_rate(0);
	return code;
}

int cmd_escape(int argc, char **argv)
{
	struct options options;
	int code;

	options_parse(&options, &syntax, argc, argv);
	if (!options.rate)
		options.rate = DEFAULT_RATE;
	if (!options.time_given)
		options.time = options.operands[0] ? 0 : DEFAULT_SECONDS;
	code = follow(&options);
	if (code == EXIT_NO_COMMAND)
		return EXIT_USAGE;
	if (code)
		complain("'%s' ended with status %d", options.operands[0],
			 code);
	return code ? EXIT_FAILED : EXIT_OK;
}

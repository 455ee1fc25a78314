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

static const struct command {
	const char *name;
	const char *line;
	int (*function)(int argc, char **argv);
} commands[] = {
	{ "run", "measure back-ends beside each other (the default)", cmd_run },
	{ "duel", "compare back-ends with one, with intervals and verdicts",
	  cmd_duel },
	{ "sweep", "measure along an axis, and fit how the cost grows",
	  cmd_sweep },
	{ "rules", "measure the rules of thumb: how costs grow with n",
	  cmd_rules },
	{ "record", "record what the kernel allocates and frees", cmd_record },
	{ "replay", "measure back-ends by what was recorded", cmd_replay },
	{ "escape", "follow the kernel's objects to where they escape",
	  cmd_escape },
	{ "compare", "find what is slower in one result than in another",
	  cmd_compare },
	{ "plot", "draw a result as text or SVG", cmd_plot },
	{ "report", "make one page of HTML of results", cmd_report },
	{ "ladder", "tell what each design element of magslab is worth",
	  cmd_ladder },
	{ "list", "show the back-ends and workloads there are", cmd_list },
};

static int show_commands(int argc, char **argv)
{
	size_t i;

	(void)argc;
	(void)argv;
	puts("Usage: magslab-bench COMMAND [OPTION]...\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].line);
	puts("\nmagslab-bench COMMAND --help tells more of each.");
	return EXIT_OK;
}

static int (*find(const char *name))(int argc, char **argv)
{
	size_t i;

	if (!strcmp(name, "help"))
		return show_commands;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].function;
	quit(EXIT_USAGE, "'%s' is not a command; 'help' shows them", name);
}

/* Without a command, options are those of run. */
static int dispatch(int argc, char **argv)
{
	int (*function)(int argc, char **argv);

	if (argc < 2 || argv[1][0] == '-')
		return cmd_run(argc, argv);
	function = find(argv[1]);
	argv[1] = argv[0];
	return function(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int code;

	command_remember(argc, argv);
	code = dispatch(argc, argv);
	if (fflush(stdout) && !code)
		code = EXIT_FAILED;
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/* magslab-top: see top.h for the parts, --help for the use. */
#include <stdio.h>

#include "live.h"

const char *const program_name = "magslab-top";

/* What is said is for the terminal as it was. */
void message_prepare(void)
{
	screen_end();
}

static int show(const struct options *options)
{
	if (options->view == VIEW_HEATMAP)
		return heatmap_show(options);
	if (options->json)
		return document_show(options);
	if (options->once)
		return once_show(options);
	return live_show(options);
}

int main(int argc, char **argv)
{
	struct options options;
	int code;

	options_parse(&options, argc, argv);
	code = show(&options);
	if (fflush(stdout) && !code)
		code = EXIT_FAILED;
	return code;
}

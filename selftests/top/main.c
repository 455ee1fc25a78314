// SPDX-License-Identifier: GPL-2.0-only
/* magslab-top: see top.h for the parts, --help for the use. */
#include <stdio.h>

#include "top.h"

const char *const program_name = "magslab-top";

void message_prepare(void)
{
}

static int show(const struct options *options)
{
	if (options->view == VIEW_HEATMAP)
		return heatmap_show(options);
	if (options->json)
		return document_show(options);
	return once_show(options);
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

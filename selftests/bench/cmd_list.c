// SPDX-License-Identifier: GPL-2.0-only
/* list: what there is to measure. */
#include "bench.h"

static const struct syntax syntax = {
	.help = "Usage: magslab-bench list\n"
		"Show the back-ends and workloads there are.\n"
		"\n"
		"Exit codes: 0, 2 bad option, 3 no device, 4 no permission.\n",
	.groups = OPTIONS_NONE,
};

int cmd_list(int argc, char **argv)
{
	struct options options;
	struct device device;

	options_parse(&options, &syntax, argc, argv);
	device_open(&device);
	list_print(&device);
	device_close(&device);
	return EXIT_OK;
}

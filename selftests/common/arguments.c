// SPDX-License-Identifier: GPL-2.0-only
/* What options of all client programs have in common. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "arguments.h"

/* Does not return if the text is no number from @least to @most. */
unsigned long long parse_number(const char *option, const char *text,
				unsigned long long least,
				unsigned long long most)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end)
		quit(EXIT_USAGE, "%s: '%s' is not a number", option, text);
	if (errno || value < least || value > most)
		quit(EXIT_USAGE, "%s: %s is not from %llu to %llu", option,
		     text, least, most);
	return value;
}

/* For --help and --version. */
void show_and_end(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? EXIT_FAILED : EXIT_OK);
}

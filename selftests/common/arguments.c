// SPDX-License-Identifier: GPL-2.0-only
/* What options of all client programs have in common. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* "a, b or c", until the next call. */
static const char *alternatives(const char *const *names, size_t nr)
{
	static char list[128];
	const char *before = "";
	size_t i, used = 0;

	for (i = 0; i < nr && used < sizeof(list); i++) {
		used += snprintf(list + used, sizeof(list) - used, "%s%s",
				 before, names[i]);
		before = i + 2 < nr ? ", " : " or ";
	}
	return list;
}

/* Does not return if the text is none of the names. Else, which. */
unsigned int parse_choice(const char *option, const char *text,
			  const char *const *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], text))
			return i;
	quit(EXIT_USAGE, "%s: '%s' is not %s", option, text,
	     alternatives(names, nr));
}

/* For --help and --version. */
void show_and_end(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? EXIT_FAILED : EXIT_OK);
}

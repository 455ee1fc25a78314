// SPDX-License-Identifier: GPL-2.0-only
/* What is said on stderr, and how the program ends early. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"

static void say(const char *format, va_list arguments)
{
	message_prepare();
	fprintf(stderr, "%s: ", program_name);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

void quit(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	exit(code);
}

/* Zeroed. Does not return without. */
void *allocate(size_t nr, size_t size)
{
	void *memory = calloc(nr ? nr : 1, size);

	if (!memory)
		quit(EXIT_FAILED, "out of memory");
	return memory;
}

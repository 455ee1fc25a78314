// SPDX-License-Identifier: GPL-2.0-only
/* The command line as it was given: what it takes to do the same again. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "json.h"

static char **words;
static int nr_words;

/* getopt moves the words about, so they are kept before. */
void command_remember(int argc, char **argv)
{
	words = allocate(argc, sizeof(*words));
	memcpy(words, argv, argc * sizeof(*words));
	nr_words = argc;
}

struct json_object *json_command(void)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < nr_words; i++)
		json_object_array_add(array, text(words[i]));
	return array;
}

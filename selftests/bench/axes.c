// SPDX-License-Identifier: GPL-2.0-only
/* The circumstances of a run: chosen on the command line, and told with its results. */
#include <string.h>

#include "bench.h"
#include "json.h"

static const char *const context_names[] = {
	[MAGSLAB_CONTEXT_TASK] = "task",
	[MAGSLAB_CONTEXT_SOFTIRQ] = "softirq",
	[MAGSLAB_CONTEXT_HARDIRQ] = "hardirq",
};

__u32 axes_context(const char *text)
{
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(context_names); i++)
		if (!strcmp(context_names[i], text))
			return i;
	quit(EXIT_USAGE, "--context: '%s' is not task, softirq or hardirq",
	     text);
}

/* Interrupts cannot sleep; who says nothing of gfp gets what they can have. */
void axes_check(struct options *options)
{
	if (options->axes.context == MAGSLAB_CONTEXT_TASK ||
	    options->gfp != MAGSLAB_GFP_KERNEL)
		return;
	if (options->gfp_given)
		quit(EXIT_USAGE,
		     "--gfp: kernel may sleep, which --context %s may not",
		     context_names[options->axes.context]);
	options->gfp = MAGSLAB_GFP_ATOMIC;
}

void axes_apply(struct magslab_run *run, const struct axes *axes)
{
	run->context = axes->context;
}

/* What is not as usual, to be added to a list; valid until the next call. */
const char *axes_words(const struct axes *axes)
{
	static char words[128];

	words[0] = '\0';
	if (axes->context != MAGSLAB_CONTEXT_TASK)
		snprintf(words, sizeof(words), ", in %s",
			 context_names[axes->context]);
	return words;
}

void axes_json(struct json_object *to, const struct axes *axes)
{
	add(to, "context", text(context_names[axes->context]));
}

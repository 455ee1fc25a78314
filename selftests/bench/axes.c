// SPDX-License-Identifier: GPL-2.0-only
/* The circumstances of a run: chosen on the command line, and told with its results. */

#include "arguments.h"
#include "bench.h"
#include "json.h"

static const char *const context_names[] = {
	[MAGSLAB_CONTEXT_TASK] = "task",
	[MAGSLAB_CONTEXT_SOFTIRQ] = "softirq",
	[MAGSLAB_CONTEXT_HARDIRQ] = "hardirq",
};

static const char *const touch_names[] = {
	[MAGSLAB_TOUCH_NONE] = "none",
	[MAGSLAB_TOUCH_WRITE] = "write",
	[MAGSLAB_TOUCH_READ] = "read",
};

__u32 axes_context(const char *text)
{
	return parse_choice("--context", text, context_names,
			    ARRAY_SIZE(context_names));
}

__u32 axes_touch(const char *text)
{
	return parse_choice("--touch", text, touch_names,
			    ARRAY_SIZE(touch_names));
}

/* Interrupts cannot sleep; who says nothing of gfp gets what they can have. */
void axes_check(struct options *options)
{
	if (options->axes.context == MAGSLAB_CONTEXT_TASK)
		return;
	if (options->latency || options->timeline)
		quit(EXIT_USAGE, "--context: %s goes without %s",
		     context_names[options->axes.context],
		     options->latency ? "--latency" : "--timeline");
	if (options->gfp != MAGSLAB_GFP_KERNEL)
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
	run->touch = axes->touch;
	if (axes->zero)
		run->flags |= MAGSLAB_RUN_FLAG_ZERO;
	surroundings_apply(run, &axes->around);
}

/* What is not as usual, to be added to a list; valid until the next call. */
const char *axes_words(const struct axes *axes)
{
	static const char *const touched[] = {
		[MAGSLAB_TOUCH_NONE] = "",
		[MAGSLAB_TOUCH_WRITE] = ", written to",
		[MAGSLAB_TOUCH_READ] = ", read",
	};
	static char words[256];
	char around[128];
	bool task = axes->context == MAGSLAB_CONTEXT_TASK;

	surroundings_words(&axes->around, around, sizeof(around));
	snprintf(words, sizeof(words), "%s%s%s%s%s", task ? "" : ", in ",
		 task ? "" : context_names[axes->context],
		 axes->zero ? ", zeroed" : "", touched[axes->touch], around);
	return words;
}

void axes_json(struct json_object *to, const struct axes *axes)
{
	add(to, "context", text(context_names[axes->context]));
	add(to, "touch", text(touch_names[axes->touch]));
	add(to, "zero", boolean(axes->zero));
	surroundings_json(to, &axes->around);
}

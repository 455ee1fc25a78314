// SPDX-License-Identifier: GPL-2.0-only
/* What goes on around a run: chosen on the command line, and told with its results. */
#include <errno.h>

#include "arguments.h"
#include "bench.h"
#include "json.h"

static const char *const place_names[] = {
	[MAGSLAB_PLACE_ANY] = "any",
	[MAGSLAB_PLACE_NEAR] = "near",
	[MAGSLAB_PLACE_FAR] = "far",
};

__u32 surroundings_place(const char *text)
{
	return parse_choice("--place", text, place_names,
			    ARRAY_SIZE(place_names));
}

__u32 surroundings_hotplug(const char *text)
{
	return parse_number("--hotplug", text, 1, 10000);
}

static const char *first_option(const struct surroundings *around)
{
	if (around->place)
		return "--place";
	if (around->hotplug_ms)
		return "--hotplug";
	return around->pressure ? "--pressure" : NULL;
}

void surroundings_check(const struct options *options,
			const struct magslab_info *info)
{
	const struct surroundings *around = &options->axes.around;
	const char *option = first_option(around);

	if (option && !(info->features & MAGSLAB_FEATURE_SURROUNDINGS))
		quit(EXIT_USAGE, "%s: the module is too old for it", option);
	if (around->place && options->cpus < 2)
		quit(EXIT_USAGE, "--place: one CPU has no neighbours");
	if (around->hotplug_ms && options->cpus >= info->max_cpus)
		quit(EXIT_USAGE,
		     "--hotplug: %u CPUs leave none that can go; see --cpus",
		     options->cpus);
}

void surroundings_apply(struct magslab_run *run,
			const struct surroundings *around)
{
	run->place = around->place;
	run->hotplug_ms = around->hotplug_ms;
	if (around->pressure)
		run->flags |= MAGSLAB_RUN_FLAG_PRESSURE;
}

/* What is not as usual, to be added to a list. */
void surroundings_words(const struct surroundings *around, char *words,
			size_t size)
{
	char every[48] = "";

	if (around->hotplug_ms)
		snprintf(every, sizeof(every), ", a CPU going every %u ms",
			 around->hotplug_ms);
	snprintf(words, size, "%s%s%s%s", around->place ? ", CPUs " : "",
		 around->place ? place_names[around->place] : "", every,
		 around->pressure ? ", memory kept short" : "");
}

void surroundings_json(struct json_object *to,
		       const struct surroundings *around)
{
	add(to, "place", text(place_names[around->place]));
	add(to, "hotplug_ms", integer(around->hotplug_ms));
	add(to, "pressure", boolean(around->pressure));
}

/* Why a run was refused that might be had elsewhere, or NULL. */
const char *surroundings_error(int error)
{
	switch (error) {
	case EFBIG:
		return "--pressure: more than 16 GiB are available, too much to fill";
	case ENXIO:
		return "no CPU here is of another node (--place far), or can go (--hotplug)";
	default:
		return NULL;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/* What happened around runs: that it was as it was asked for. */
#include "bench.h"
#include "json.h"

struct events events_of(const struct magslab_run *run)
{
	return (struct events){
		.distance = run->distance,
		.hotplugs = run->hotplugs,
		.pressure_peak = run->pressure_peak,
		.pressure_calls = run->pressure_calls,
	};
}

void events_json(struct json_object *to, const struct events *events)
{
	add(to, "distance", integer(events->distance));
	add(to, "hotplugs", integer(events->hotplugs));
	add(to, "pressure_peak", integer(events->pressure_peak));
	add(to, "pressure_calls", integer(events->pressure_calls));
}

/* Added up, but for what is a measure. */
static struct events all_events(const struct report *report)
{
	struct events all = {};
	const struct row *row;
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		row = &report->rows[i];
		all.distance = row->events.distance;
		if (row->events.pressure_peak > all.pressure_peak)
			all.pressure_peak = row->events.pressure_peak;
		if (!row->first)
			continue;
		all.hotplugs += row->events.hotplugs;
		all.pressure_calls += row->events.pressure_calls;
	}
	return all;
}

/* That it was so, and not only asked for. */
void events_print(const struct report *report)
{
	const struct surroundings *around;
	struct events all = all_events(report);

	if (!report->nr_rows)
		return;
	around = &report->rows[0].axes.around;
	if (around->place)
		printf("- Each CPU is %u from the next one, by the firmware's measure; on\n"
		       "  one node it would be 10.\n",
		       all.distance);
	if (around->hotplug_ms)
		printf("- Meanwhile a CPU went offline and came back %u times. Blocks that a\n"
		       "  CPU was stopped in for that are left out.\n",
		       all.hotplugs);
	if (around->pressure)
		printf("- Meanwhile up to %llu MiB were taken to keep memory short, and the\n"
		       "  kernel asked for some of it %llu times.\n",
		       all.pressure_peak >> 20, all.pressure_calls);
}

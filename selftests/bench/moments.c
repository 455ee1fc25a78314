// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "message.h"
#include "moments.h"

#define MIB (1024.0 * 1024.0)
#define NS_PER_SECOND 1e9
#define MAX_MOMENTS 65536

static struct json_object *timelines_of(const struct document *document)
{
	return document_array(document, document->root, "timelines");
}

size_t moments_count(const struct document *document)
{
	if (!json_object_object_get_ex(document->root, "timelines", NULL))
		return 0;
	return json_object_array_length(timelines_of(document));
}

static struct chart *new_chart(const struct document *document,
			       struct json_object *timeline)
{
	struct json_object *moments =
		document_array(document, timeline, "moments");
	size_t nr = json_object_array_length(moments);
	struct chart *chart;

	if (!nr || nr > MAX_MOMENTS)
		quit(EXIT_USAGE, "%s: moments: not 1 to %d", document->path,
		     MAX_MOMENTS);
	chart = chart_new(CHART_LINES, nr, 2);
	snprintf(chart->title, CHART_TEXT,
		 "%.40s, objects of %.0f bytes: %.40s",
		 document_text(document, timeline, "workload"),
		 document_number(document, timeline, "size"),
		 document_text(document, timeline, "backend"));
	snprintf(chart->x_label, CHART_TEXT, "seconds");
	snprintf(chart->y_label, CHART_TEXT, "MiB");
	snprintf(chart->series[0].name, CHART_TEXT, "live");
	snprintf(chart->series[1].name, CHART_TEXT, "held");
	return chart;
}

struct chart *moments_chart(const struct document *document, size_t index)
{
	struct json_object *timeline =
		json_object_array_get_idx(timelines_of(document), index);
	struct chart *chart = new_chart(document, timeline);
	struct json_object *moments =
		document_array(document, timeline, "moments");
	size_t i;

	for (i = 0; i < chart->nr_points; i++) {
		struct json_object *one = json_object_array_get_idx(moments, i);

		chart->x[i] =
			document_number(document, one, "ns") / NS_PER_SECOND;
		chart->series[0].y[i] =
			document_number(document, one, "live") / MIB;
		/* Of some back-ends nobody can tell. */
		chart->series[1].y[i] = document_maybe(one, "held") / MIB;
	}
	return chart;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is shown, as one JSON document for other programs. Schema 1; members may be
 * added to it. A rate that is not known is null.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "top.h"

static struct json_object *or_null(double value)
{
	return isnan(value) ? NULL : rounded(value);
}

static struct json_object *totals(const struct sample *sample)
{
	struct json_object *object = json_object_new_object();
	struct totals totals;
	bool known;

	totals_take(&totals, sample);
	known = totals.rates.known;
	add(object, "caches", integer(sample->nr_caches));
	add(object, "live_objects", json_object_new_int64(totals.live));
	add(object, "objects", json_object_new_int64(totals.objects));
	add(object, "kib", json_object_new_int64(totals.kib));
	add(object, "hit_percent", or_null(percent(totals.hits, totals.calls)));
	add(object, "allocs_per_second",
	    known ? rounded(totals.rates.allocs) : NULL);
	add(object, "frees_per_second",
	    known ? rounded(totals.rates.frees) : NULL);
	add(object, "misses_per_second",
	    known ? rounded(totals.rates.misses) : NULL);
	return object;
}

static struct json_object *caches(const struct sample *sample,
				  const struct options *options)
{
	struct look look = { .sort = options->sort };
	const struct cache **order = columns_sort(sample, &look);
	struct json_object *array = json_object_new_array();
	size_t i, nr = sample->nr_caches;

	if (options->lines && options->lines < nr)
		nr = options->lines;
	for (i = 0; i < nr; i++) {
		struct json_object *object = json_object_new_object();

		columns_add_members(object, order[i], sample);
		json_object_array_add(array, object);
	}
	free(order);
	return array;
}

/* What was asked for besides. */
static void add_view(struct json_object *to, const struct sample *sample,
		     const struct options *options)
{
	const struct cache *cache = NULL;

	if (options->name) {
		cache = cache_need(sample, options->name);
		add(to, "cache", text(cache->name));
	}
	if (options->view == VIEW_CPUS)
		add(to, "cpus", cpus_document(cache));
	if (options->view == VIEW_NODES)
		add(to, "nodes", json_object_get(cache->nodes));
	if (options->view == VIEW_SLUB)
		add(to, "slub", slub_document(sample));
}

static struct json_object *document(const struct sample *sample,
				    const struct options *options)
{
	struct json_object *root = json_object_new_object();

	add(root, "schema", integer(1));
	add(root, "top", text(TOP_VERSION));
	add(root, "magslab", text(sample->version));
	add(root, "kernel", text(sample->kernel));
	add(root, "time_ns", json_object_new_int64(sample->time_ns));
	add(root, "seconds", rounded(sample->seconds));
	add(root, "counting", boolean(sample->counting));
	add(root, "totals", totals(sample));
	add(root, "caches", caches(sample, options));
	add_view(root, sample, options);
	return root;
}

int document_show(const struct options *options)
{
	struct sample sample;
	int code = EXIT_OK;

	samples_take(&sample, options);
	if (json_print(document(&sample, options), stdout)) {
		complain("--json: cannot write: %s", strerror(errno));
		code = EXIT_FAILED;
	}
	sample_free(&sample);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/* From the text of stats.json to figures. What is not as documented is refused. */
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "sample.h"

#define SCHEMA 1

/* Where a figure is: the part of a cache, the member, and the place for it. */
struct field {
	const char *part;
	const char *key;
	size_t offset;
};

#define FIGURE(part, key)                                 \
	{                                                 \
		part, #key, offsetof(struct figures, key) \
	}
#define OF_CPU(key)                                   \
	{                                             \
		NULL, #key, offsetof(struct cpu, key) \
	}

static const struct field figure_fields[] = {
	FIGURE("is", object_size),    FIGURE("is", object_stride),
	FIGURE("has", live_objects),  FIGURE("has", capacity_objects),
	FIGURE("has", slabs_partial), FIGURE("has", slabs_full),
	FIGURE("has", slabs_empty),   FIGURE("has", pages),
	FIGURE("did", allocs),	      FIGURE("did", frees),
	FIGURE("did", alloc_hits),    FIGURE("did", free_hits),
	FIGURE("did", alloc_misses),  FIGURE("did", free_misses),
};

static const struct field cpu_fields[] = {
	{ NULL, "cpu", offsetof(struct cpu, number) },
	OF_CPU(loaded),
	OF_CPU(previous),
	OF_CPU(allocs),
	OF_CPU(frees),
	OF_CPU(alloc_misses),
	OF_CPU(free_misses),
	OF_CPU(direct_allocs),
	OF_CPU(direct_frees),
};

static struct json_object *need(struct json_object *in, const char *key,
				enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(in, json_type_object) ||
	    !json_object_object_get_ex(in, key, &value) ||
	    !json_object_is_type(value, type))
		quit(EXIT_FAILED, "stats.json is not as documented: no %s '%s'",
		     json_type_to_name(type), key);
	return value;
}

static int64_t need_int(struct json_object *in, const char *key)
{
	return json_object_get_int64(need(in, key, json_type_int));
}

static bool need_bool(struct json_object *in, const char *key)
{
	return json_object_get_boolean(need(in, key, json_type_boolean));
}

static const char *need_text(struct json_object *in, const char *key)
{
	return json_object_get_string(need(in, key, json_type_string));
}

static void read_field(const struct field *field, struct json_object *from,
		       void *record)
{
	if (field->part)
		from = need(from, field->part, json_type_object);
	*(int64_t *)((char *)record + field->offset) =
		need_int(from, field->key);
}

/* Whatever is in a name, a terminal is not to take it for a command. */
static char *copy_name(const char *name)
{
	char *copy = strdup(name), *c;

	if (!copy)
		quit(EXIT_FAILED, "out of memory");
	for (c = copy; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return copy;
}

static void read_cpu(struct cpu *cpu, struct json_object *from)
{
	size_t i;

	cpu->online = need_bool(from, "online");
	for (i = 0; i < ARRAY_SIZE(cpu_fields); i++)
		read_field(&cpu_fields[i], from, cpu);
}

static void read_cache(struct cache *cache, struct json_object *from)
{
	struct json_object *cpus = need(from, "cpus", json_type_array);
	size_t i;

	cache->name = copy_name(need_text(from, "name"));
	for (i = 0; i < ARRAY_SIZE(figure_fields); i++)
		read_field(&figure_fields[i], from, &cache->figures);
	cache->nodes = need(from, "nodes", json_type_array);
	cache->nr_cpus = json_object_array_length(cpus);
	cache->cpus = allocate(cache->nr_cpus, sizeof(*cache->cpus));
	for (i = 0; i < cache->nr_cpus; i++)
		read_cpu(&cache->cpus[i], json_object_array_get_idx(cpus, i));
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct cache *)a)->name,
		      ((const struct cache *)b)->name);
}

static void read_caches(struct sample *sample)
{
	struct json_object *caches =
		need(sample->root, "caches", json_type_array);
	size_t i;

	sample->nr_caches = json_object_array_length(caches);
	sample->caches = allocate(sample->nr_caches, sizeof(*sample->caches));
	for (i = 0; i < sample->nr_caches; i++)
		read_cache(&sample->caches[i],
			   json_object_array_get_idx(caches, i));
	qsort(sample->caches, sample->nr_caches, sizeof(*sample->caches),
	      compare_names);
}

static void check_schema(struct json_object *root)
{
	int64_t schema = need_int(root, "schema");

	if (schema != SCHEMA)
		quit(EXIT_FAILED,
		     "stats.json is of schema %lld, this program is for %d",
		     (long long)schema, SCHEMA);
}

void sample_parse(struct sample *sample, const char *document)
{
	struct json_object *root;
	enum json_tokener_error error;

	root = json_tokener_parse_verbose(document, &error);
	if (!root)
		quit(EXIT_FAILED, "stats.json is not a JSON document: %s",
		     json_tokener_error_desc(error));
	check_schema(root);
	*sample = (struct sample){
		.root = root,
		.version = need_text(root, "magslab"),
		.kernel = need_text(root, "kernel"),
		.time_ns = need_int(root, "time_ns"),
		.page_size = need_int(root, "page_size"),
		.nr_cpus = need_int(root, "cpus"),
		.nr_nodes = need_int(root, "nodes"),
		.counting = need_bool(root, "counting"),
	};
	read_caches(sample);
}

/* Of an empty one, too. */
void sample_free(struct sample *sample)
{
	size_t i;

	for (i = 0; i < sample->nr_caches; i++) {
		free(sample->caches[i].name);
		free(sample->caches[i].cpus);
	}
	free(sample->caches);
	json_object_put(sample->root);
	*sample = (struct sample){};
}

/* Return: the cache, or NULL. */
struct cache *sample_find(const struct sample *sample, const char *name)
{
	struct cache like = { .name = (char *)name };

	return bsearch(&like, sample->caches, sample->nr_caches, sizeof(like),
		       compare_names);
}

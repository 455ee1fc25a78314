// SPDX-License-Identifier: GPL-2.0-only
/*
 * SLUB beside us: the kernel's own caches, each next to those of magslab whose
 * objects take the same room.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "top.h"

const char slub_words[] =
	"magslab: figures are exact at rest, and else right at some moment of the reading.\n"
	"SLUB: OBJS and SLABS are always exact, KIB is unless a slab had to be made smaller\n"
	"for want of memory. ACTIVE counts all objects of the slabs that CPUs work from, free\n"
	"or not, and so is up to DOUBT too high (- where sysfs does not tell); with more than\n"
	"10000 partial slabs on a node, newer kernels (6.12) estimate it from 10000 of them.\n"
	"The kernel merges caches of like objects: a line may be of several.\n";

/* A line of /proc/slabinfo. */
struct slub_cache {
	char name[128];
	long long active;
	long long objects;
	long long size;
	long long per_slab;
	long long pages_per_slab;
	long long slabs;
};

struct slub {
	struct slub_cache *caches;
	size_t nr_caches;
};

static bool parse_line(struct slub_cache *cache, const char *line)
{
	return sscanf(line,
		      "%127s %lld %lld %lld %lld %lld : tunables %*d %*d %*d : slabdata %*d %lld",
		      cache->name, &cache->active, &cache->objects,
		      &cache->size, &cache->per_slab, &cache->pages_per_slab,
		      &cache->slabs) == 7;
}

static size_t count_lines(const char *text)
{
	size_t nr = 0;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

static int compare_sizes(const void *a, const void *b)
{
	const struct slub_cache *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->name, y->name);
}

/*
 * Caches without a slab are left out. The lines that name the columns are of
 * another form.
 */
static void slub_read(struct slub *slub)
{
	char *text = source_slabinfo(), *rest = text, *line;

	slub->nr_caches = 0;
	slub->caches = allocate(count_lines(text) + 1, sizeof(*slub->caches));
	while ((line = strsep(&rest, "\n"))) {
		struct slub_cache *cache = &slub->caches[slub->nr_caches];

		if (parse_line(cache, line) && cache->slabs)
			slub->nr_caches++;
	}
	free(text);
	qsort(slub->caches, slub->nr_caches, sizeof(*slub->caches),
	      compare_sizes);
}

/* Objects that may be free though they count as active, or -1. */
static int64_t doubt(const struct slub_cache *cache)
{
	int64_t slabs = source_slub_figure(cache->name, "cpu_slabs");
	int64_t most = slabs * cache->per_slab;

	if (slabs < 0)
		return -1;
	return most < cache->active ? most : cache->active;
}

static int64_t slub_kib(const struct slub_cache *cache,
			const struct sample *sample)
{
	return cache->slabs * cache->pages_per_slab * sample->page_size / 1024;
}

static void fill_ours(struct sheet *sheet, const struct cache *cache,
		      const struct sample *sample)
{
	sheet_number(sheet, cache->figures.object_stride);
	sheet_text(sheet, "magslab");
	sheet_number(sheet, cache_live(cache));
	sheet_number(sheet, 0);
	sheet_number(sheet, cache->figures.capacity_objects);
	sheet_percent(sheet, percent(cache_live(cache),
				     cache->figures.capacity_objects));
	sheet_number(sheet, cache_slabs(cache));
	sheet_number(sheet, cache_kib(cache, sample));
	sheet_text(sheet, cache->name);
}

static void fill_theirs(struct sheet *sheet, const struct slub_cache *cache,
			const struct sample *sample)
{
	int64_t most = doubt(cache);

	sheet_number(sheet, cache->size);
	sheet_text(sheet, "SLUB");
	sheet_number(sheet, cache->active);
	if (most < 0)
		sheet_text(sheet, "-");
	else
		sheet_number(sheet, most);
	sheet_number(sheet, cache->objects);
	sheet_percent(sheet, percent(cache->active, cache->objects));
	sheet_number(sheet, cache->slabs);
	sheet_number(sheet, slub_kib(cache, sample));
	sheet_text(sheet, cache->name);
}

static int compare_strides(const void *x, const void *y)
{
	const struct cache *a = *(const struct cache *const *)x;
	const struct cache *b = *(const struct cache *const *)y;
	int64_t i = a->figures.object_stride, j = b->figures.object_stride;

	if (i != j)
		return i < j ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Free what is returned. */
static const struct cache **sort_by_stride(const struct sample *sample)
{
	const struct cache **caches =
		allocate(sample->nr_caches, sizeof(*caches));
	size_t i;

	for (i = 0; i < sample->nr_caches; i++)
		caches[i] = &sample->caches[i];
	qsort(caches, sample->nr_caches, sizeof(*caches), compare_strides);
	return caches;
}

static void fill_titles(struct sheet *sheet)
{
	static const char *const titles[] = {
		"SIZE", "OF", "ACTIVE", "DOUBT", "OBJS", "USE", "SLABS", "KIB",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(titles); i++)
		sheet_column(sheet, titles[i], i == 1, i);
	sheet_column(sheet, "NAME", true, 0);
}

/* Ours of one size, then theirs of it. */
void slub_fill(struct sheet *sheet, const struct sample *sample)
{
	const struct cache **ours = sort_by_stride(sample);
	size_t i, j = 0;
	struct slub slub;

	slub_read(&slub);
	fill_titles(sheet);
	for (i = 0; i < sample->nr_caches; i++) {
		int64_t size = ours[i]->figures.object_stride;

		fill_ours(sheet, ours[i], sample);
		if (i + 1 < sample->nr_caches &&
		    ours[i + 1]->figures.object_stride == size)
			continue;
		while (j < slub.nr_caches && slub.caches[j].size < size)
			j++;
		for (; j < slub.nr_caches && slub.caches[j].size == size; j++)
			fill_theirs(sheet, &slub.caches[j], sample);
	}
	free(slub.caches);
	free(ours);
}

static bool have_stride(const struct sample *sample, int64_t size)
{
	size_t i;

	for (i = 0; i < sample->nr_caches; i++)
		if (sample->caches[i].figures.object_stride == size)
			return true;
	return false;
}

static struct json_object *one_cache(const struct slub_cache *cache,
				     const struct sample *sample)
{
	struct json_object *object = json_object_new_object();
	int64_t most = doubt(cache);

	add(object, "name", text(cache->name));
	add(object, "size", integer(cache->size));
	add(object, "active_objects", integer(cache->active));
	add(object, "doubtful_objects", most < 0 ? NULL : integer(most));
	add(object, "objects", integer(cache->objects));
	add(object, "slabs", integer(cache->slabs));
	add(object, "kib", integer(slub_kib(cache, sample)));
	return object;
}

struct json_object *slub_document(const struct sample *sample)
{
	struct json_object *caches = json_object_new_array();
	struct slub slub;
	size_t i;

	slub_read(&slub);
	for (i = 0; i < slub.nr_caches; i++)
		if (have_stride(sample, slub.caches[i].size))
			json_object_array_add(caches, one_cache(&slub.caches[i],
								sample));
	free(slub.caches);
	return caches;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The table of caches: what its columns show, and what it is sorted by. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "top.h"

/* What a figure is, and so how it is shown. */
enum kind {
	KIND_COUNT,
	KIND_PERCENT,
	KIND_RATE,
	KIND_NAME,
};

/* What is not known is NAN. */
struct column_type {
	const char *title;
	const char *key; /* for --sort */
	const char *member; /* in JSON */
	char letter; /* in the live view */
	enum kind kind;
	unsigned int expendable;
	double (*value)(const struct cache *cache, const struct sample *sample);
};

static double live(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache_live(cache);
}

static double objects(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache->figures.capacity_objects;
}

static double use(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return percent(cache_live(cache), cache->figures.capacity_objects);
}

static double size(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache->figures.object_size;
}

static double slabs(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache_slabs(cache);
}

static double kib(const struct cache *cache, const struct sample *sample)
{
	return cache_kib(cache, sample);
}

static double hit(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return percent(cache_hits(cache), cache_calls(cache));
}

static double allocs(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache->rates.known ? cache->rates.allocs : NAN;
}

static double frees(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache->rates.known ? cache->rates.frees : NAN;
}

static double misses(const struct cache *cache, const struct sample *sample)
{
	(void)sample;
	return cache->rates.known ? cache->rates.misses : NAN;
}

static const struct column_type types[NR_COLUMNS] = {
	[COLUMN_LIVE] = { "LIVE", "live", "live_objects", 'L', KIND_COUNT, 0,
			  live },
	[COLUMN_OBJECTS] = { "OBJS", "objects", "objects", 'O', KIND_COUNT, 10,
			     objects },
	[COLUMN_USE] = { "USE", "use", "use_percent", 'U', KIND_PERCENT, 2,
			 use },
	[COLUMN_SIZE] = { "SIZE", "size", "object_size", 'Z', KIND_COUNT, 9,
			  size },
	[COLUMN_SLABS] = { "SLABS", "slabs", "slabs", 'S', KIND_COUNT, 7,
			   slabs },
	[COLUMN_KIB] = { "KIB", "kib", "kib", 'K', KIND_COUNT, 1, kib },
	[COLUMN_HIT] = { "HIT", "hit", "hit_percent", 'H', KIND_PERCENT, 3,
			 hit },
	[COLUMN_ALLOCS] = { "ALLOC/S", "allocs", "allocs_per_second", 'A',
			    KIND_RATE, 4, allocs },
	[COLUMN_FREES] = { "FREE/S", "frees", "frees_per_second", 'F',
			   KIND_RATE, 5, frees },
	[COLUMN_MISSES] = { "MISS/S", "misses", "misses_per_second", 'M',
			    KIND_RATE, 8, misses },
	[COLUMN_NAME] = { "NAME", "name", "name", 'N', KIND_NAME, 0, NULL },
};

bool column_find(const char *key, enum column *column)
{
	unsigned int i;

	for (i = 0; i < NR_COLUMNS; i++)
		if (!strcmp(types[i].key, key))
			break;
	*column = i;
	return i < NR_COLUMNS;
}

/* Without a match, *@column stays. */
bool column_by_letter(int letter, enum column *column)
{
	unsigned int i;

	for (i = 0; i < NR_COLUMNS; i++) {
		if (types[i].letter != letter)
			continue;
		*column = i;
		return true;
	}
	return false;
}

const char *column_title(enum column column)
{
	return types[column].title;
}

/* What qsort_r() is to compare by. */
struct order {
	const struct sample *sample;
	enum column column;
	int sign;
};

/* What is not known goes last, whichever way it is sorted. */
static int compare_values(double a, double b, int sign)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return sign * ((a < b) - (a > b));
}

static int compare(const void *x, const void *y, void *argument)
{
	const struct cache *a = *(const struct cache *const *)x;
	const struct cache *b = *(const struct cache *const *)y;
	const struct order *order = argument;
	const struct column_type *type = &types[order->column];
	int result;

	if (type->kind == KIND_NAME)
		return order->sign * strcmp(a->name, b->name);
	result = compare_values(type->value(a, order->sample),
				type->value(b, order->sample), order->sign);
	return result ? result : strcmp(a->name, b->name);
}

/* Numbers with the largest first, names from A. Free what is returned. */
const struct cache **columns_sort(const struct sample *sample,
				  const struct look *look)
{
	const struct cache **caches =
		allocate(sample->nr_caches, sizeof(*caches));
	struct order order = { sample, look->sort, look->reverse ? -1 : 1 };
	size_t i;

	for (i = 0; i < sample->nr_caches; i++)
		caches[i] = &sample->caches[i];
	qsort_r(caches, sample->nr_caches, sizeof(*caches), compare, &order);
	return caches;
}

static void fill_titles(struct sheet *sheet, const struct look *look)
{
	char title[SPARK_LENGTH + 1];
	unsigned int i;

	for (i = 0; i < NR_COLUMNS; i++) {
		if (i == COLUMN_NAME && look->spark) {
			snprintf(title, sizeof(title), "%-*s", (int)look->spark,
				 "TREND");
			sheet_column(sheet, title, true, 6);
		}
		sheet_column(sheet, types[i].title, types[i].kind == KIND_NAME,
			     types[i].expendable);
	}
}

static void fill_cell(struct sheet *sheet, enum kind kind, double value)
{
	if (kind == KIND_PERCENT)
		sheet_percent(sheet, value);
	else if (kind == KIND_RATE)
		sheet_rate(sheet, value);
	else
		sheet_number(sheet, value);
}

static void fill_trend(struct sheet *sheet, const struct cache *cache,
		       const struct look *look)
{
	char trend[3 * SPARK_LENGTH + 1];

	if (!look->spark)
		return;
	spark_print(&cache->spark, look->spark, look->utf8, trend);
	sheet_text(sheet, trend);
}

static void fill_row(struct sheet *sheet, const struct cache *cache,
		     const struct sample *sample, const struct look *look)
{
	unsigned int i;

	for (i = 0; i < COLUMN_NAME; i++)
		fill_cell(sheet, types[i].kind, types[i].value(cache, sample));
	fill_trend(sheet, cache, look);
	sheet_text(sheet, cache->name);
}

void columns_fill(struct sheet *sheet, const struct sample *sample,
		  const struct look *look)
{
	const struct cache **caches = columns_sort(sample, look);
	size_t i;

	fill_titles(sheet, look);
	for (i = 0; i < sample->nr_caches; i++)
		fill_row(sheet, caches[i], sample, look);
	free(caches);
}

static struct json_object *member(enum kind kind, double value)
{
	if (isnan(value))
		return NULL;
	if (kind == KIND_COUNT)
		return json_object_new_int64(value);
	return rounded(value);
}

void columns_add_members(struct json_object *to, const struct cache *cache,
			 const struct sample *sample)
{
	unsigned int i;

	add(to, "name", text(cache->name));
	for (i = 0; i < COLUMN_NAME; i++)
		add(to, types[i].member,
		    member(types[i].kind, types[i].value(cache, sample)));
}

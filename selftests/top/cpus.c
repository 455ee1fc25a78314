// SPDX-License-Identifier: GPL-2.0-only
/* One cache, CPU by CPU. */
#include <math.h>

#include "json.h"
#include "top.h"

static double hit_percent(const struct cpu *cpu)
{
	int64_t calls = cpu->allocs + cpu->frees;
	int64_t others = cpu->alloc_misses + cpu->free_misses +
			 cpu->direct_allocs + cpu->direct_frees;

	return percent(calls - others, calls);
}

static double rate(const struct cpu *cpu, double value)
{
	return cpu->rates.known ? value : NAN;
}

static void fill_row(struct sheet *sheet, const struct cpu *cpu)
{
	sheet_number(sheet, cpu->number);
	sheet_text(sheet, cpu->online ? "yes" : "no");
	sheet_number(sheet, cpu->loaded);
	sheet_number(sheet, cpu->previous);
	sheet_number(sheet, cpu->allocs);
	sheet_number(sheet, cpu->frees);
	sheet_percent(sheet, hit_percent(cpu));
	sheet_rate(sheet, rate(cpu, cpu->rates.allocs));
	sheet_rate(sheet, rate(cpu, cpu->rates.frees));
	sheet_rate(sheet, rate(cpu, cpu->rates.misses));
}

void cpus_fill(struct sheet *sheet, const struct cache *cache)
{
	static const char *const titles[] = {
		"CPU",	 "ONLINE", "LOADED",  "PREVIOUS", "ALLOCS",
		"FREES", "HIT",	   "ALLOC/S", "FREE/S",	  "MISS/S",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(titles); i++)
		sheet_column(sheet, titles[i], false, i);
	for (i = 0; i < cache->nr_cpus; i++)
		fill_row(sheet, &cache->cpus[i]);
}

static struct json_object *rate_member(const struct cpu *cpu, double value)
{
	return cpu->rates.known ? rounded(value) : NULL;
}

static struct json_object *one_cpu(const struct cpu *cpu)
{
	struct json_object *object = json_object_new_object();

	add(object, "cpu", integer(cpu->number));
	add(object, "online", boolean(cpu->online));
	add(object, "loaded", json_object_new_int64(cpu->loaded));
	add(object, "previous", json_object_new_int64(cpu->previous));
	add(object, "allocs", json_object_new_int64(cpu->allocs));
	add(object, "frees", json_object_new_int64(cpu->frees));
	add(object, "allocs_per_second", rate_member(cpu, cpu->rates.allocs));
	add(object, "frees_per_second", rate_member(cpu, cpu->rates.frees));
	add(object, "misses_per_second", rate_member(cpu, cpu->rates.misses));
	return object;
}

struct json_object *cpus_document(const struct cache *cache)
{
	struct json_object *cpus = json_object_new_array();
	size_t i;

	for (i = 0; i < cache->nr_cpus; i++)
		json_object_array_add(cpus, one_cpu(&cache->cpus[i]));
	return cpus;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What one reading of stats.json tells. */
#ifndef MAGSLAB_TOP_SAMPLE_H
#define MAGSLAB_TOP_SAMPLE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Samples that a sparkline can show. */
#define SPARK_LENGTH 32

/* Per second; unknown where there was no sample before. */
struct rates {
	bool known;
	double allocs;
	double frees;
	double misses;
};

/* Live bytes of the last samples, the newest at the end. */
struct spark {
	size_t nr;
	int64_t values[SPARK_LENGTH];
};

/* What is read of a cache; the table in sample.c says where it is. */
struct figures {
	int64_t object_size;
	int64_t object_stride;
	int64_t live_objects;
	int64_t capacity_objects;
	int64_t slabs_partial;
	int64_t slabs_full;
	int64_t slabs_empty;
	int64_t pages;
	int64_t allocs;
	int64_t frees;
	int64_t alloc_hits;
	int64_t free_hits;
	int64_t alloc_misses;
	int64_t free_misses;
};

/* The same of one CPU in one cache. */
struct cpu {
	bool online;
	int64_t number;
	int64_t loaded;
	int64_t previous;
	int64_t allocs;
	int64_t frees;
	int64_t alloc_misses;
	int64_t free_misses;
	int64_t direct_allocs;
	int64_t direct_frees;
	struct rates rates;
};

struct cache {
	char *name;
	struct figures figures;
	struct rates rates;
	struct spark spark;
	struct cpu *cpus;
	size_t nr_cpus;
	struct json_object *nodes; /* as they are, whatever their members */
};

/* Caches are sorted by name. */
struct sample {
	struct json_object *root;
	const char *version;
	const char *kernel;
	int64_t time_ns;
	int64_t page_size;
	int64_t nr_cpus;
	int64_t nr_nodes;
	bool counting;
	double seconds; /* since the sample before; 0 without one */
	struct cache *caches;
	size_t nr_caches;
};

/* Sums over all caches. */
struct totals {
	int64_t objects;
	int64_t live;
	int64_t kib;
	int64_t calls;
	int64_t hits;
	struct rates rates;
};

/* sample.c */
void sample_parse(struct sample *sample, const char *document);
void sample_free(struct sample *sample);
struct cache *sample_find(const struct sample *sample, const char *name);

/* rates.c */
void rates_set(struct sample *now, const struct sample *before);

/* spark.c */
void spark_add(struct spark *spark, const struct spark *before, int64_t value);
void spark_print(const struct spark *spark, size_t width, bool utf8,
		 char *text);

/* totals.c */
int64_t cache_live(const struct cache *cache);
int64_t cache_slabs(const struct cache *cache);
int64_t cache_kib(const struct cache *cache, const struct sample *sample);
int64_t cache_calls(const struct cache *cache);
int64_t cache_hits(const struct cache *cache);
double percent(int64_t part, int64_t whole);
void totals_take(struct totals *totals, const struct sample *sample);

#endif /* MAGSLAB_TOP_SAMPLE_H */

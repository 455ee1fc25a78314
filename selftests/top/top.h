/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab-top: a live table of magslab's caches.
 *
 * Data flows one way: options -> source -> sample -> sheet -> standard output
 * or screen; or sample -> document, which is JSON.
 */
#ifndef MAGSLAB_TOP_H
#define MAGSLAB_TOP_H

#include "message.h"
#include "sample.h"
#include "sheet.h"

#define TOP_VERSION "0.1.0"

/* More exit codes, told by --help. */
enum {
	EXIT_NO_MODULE = 3,
};

#define MAX_SOURCES 64

/* Columns of the table of caches, which are sort keys too. */
enum column {
	COLUMN_LIVE,
	COLUMN_OBJECTS,
	COLUMN_USE,
	COLUMN_SIZE,
	COLUMN_SLABS,
	COLUMN_KIB,
	COLUMN_HIT,
	COLUMN_ALLOCS,
	COLUMN_FREES,
	COLUMN_MISSES,
	COLUMN_NAME,
	NR_COLUMNS,
};

enum view {
	VIEW_CACHES,
	VIEW_CPUS,
	VIEW_NODES,
	VIEW_SLUB,
	VIEW_HEATMAP,
};

/* What the user wants. */
struct options {
	bool once;
	bool json;
	enum view view;
	const char *name; /* of the cache that the view is of */
	const char *from[MAX_SOURCES];
	size_t nr_from;
	enum column sort;
	unsigned int delay_ms;
	size_t lines; /* 0: all */
};

/* How a table of caches is to look. */
struct look {
	enum column sort;
	bool reverse;
	size_t spark; /* characters; 0: none */
	bool utf8;
};

/* options.c */
void options_parse(struct options *options, int argc, char **argv);

/* source.c */
void source_take(struct sample *sample, const struct options *options,
		 size_t nr);
char *source_heatmap(const struct options *options);
bool source_has_slabinfo(void);
char *source_slabinfo(void);
int64_t source_slub_figure(const char *cache, const char *name);

/* columns.c */
bool column_find(const char *key, enum column *column);
bool column_by_letter(int letter, enum column *column);
const char *column_title(enum column column);
const struct cache **columns_sort(const struct sample *sample,
				  const struct look *look);
void columns_fill(struct sheet *sheet, const struct sample *sample,
		  const struct look *look);
void columns_add_members(struct json_object *to, const struct cache *cache,
			 const struct sample *sample);

/* cpus.c, nodes.c */
void cpus_fill(struct sheet *sheet, const struct cache *cache);
struct json_object *cpus_document(const struct cache *cache);
void nodes_fill(struct sheet *sheet, const struct cache *cache);

/* slub.c */
extern const char slub_words[];
void slub_fill(struct sheet *sheet, const struct sample *sample);
struct json_object *slub_document(const struct sample *sample);

/* heatmap.c */
int heatmap_show(const struct options *options);

/* once.c, document.c, live.c: the ways to show it */
void samples_take(struct sample *sample, const struct options *options);
const struct cache *cache_need(const struct sample *sample, const char *name);
int once_show(const struct options *options);
int document_show(const struct options *options);
int live_show(const struct options *options);

#endif /* MAGSLAB_TOP_H */

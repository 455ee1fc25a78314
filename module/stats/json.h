/* SPDX-License-Identifier: GPL-2.0-only */
/* magslab/stats.json: all of it for programs, as one document. */
#ifndef MAGSLAB_STATS_JSON_H
#define MAGSLAB_STATS_JSON_H

#include <linux/seq_file.h>

#include "stats/figures.h"
#include "stats/walk.h"

/*
 * Changes whenever a member comes, goes or means something else; those of each
 * schema are in selftests/magslab/stats-schema-*.txt.
 */
#define STATS_JSON_SCHEMA 1

/**
 * enum stats_json_part - which part of the document comes next
 * @STATS_JSON_HEAD: what is said before the caches
 * @STATS_JSON_CACHES: a cache, or if there is no more what is said after them
 * @STATS_JSON_OVER: nothing
 */
enum stats_json_part {
	STATS_JSON_HEAD,
	STATS_JSON_CACHES,
	STATS_JSON_OVER,
};

/**
 * struct stats_json - how far a document has been written
 * @walk: the cache to come next
 * @part: what comes next
 * @ended: what was written last is the end
 * @last: the figures of the cache written last
 * @totals: of the caches before that
 *
 * The same for any number of caches.
 */
struct stats_json {
	struct stats_walk walk;
	enum stats_json_part part;
	bool ended;
	struct stats_figures last;
	struct stats_totals totals;
};

extern const struct seq_operations stats_json_sops;

#endif /* MAGSLAB_STATS_JSON_H */

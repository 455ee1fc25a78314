/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said of sites: leak suspects first. */
#ifndef MAGSLAB_STATS_SITE_REPORT_H
#define MAGSLAB_STATS_SITE_REPORT_H

#include <linux/types.h>

struct magslab_cache;
struct seq_file;
struct sites;

/* A site is watched so long, in ns, before it can be suspect. */
#define SITE_WATCHED_NS 5000000000ULL

/* It has at least so many live samples: what fewer do may be chance. */
#define SITE_SUSPECT_SAMPLES 16

/**
 * struct life - a live sample
 * @site: number of its site
 * @age: in ns
 */
struct life {
	u32 site;
	u64 age;
};

/**
 * struct site_line - a line of the report
 * @site: number of the site
 * @live: live samples
 * @p50: half of these are not older than this, in ns
 * @p90: nine of ten
 * @max: all
 * @suspect: it seems to leak
 */
struct site_line {
	u32 site;
	unsigned int live;
	u64 p50;
	u64 p90;
	u64 max;
	bool suspect;
};

/**
 * struct site_report - what is known of all sites at one moment
 * @lives: live samples, by site and age
 * @nr_lives: how many
 * @lines: sites, suspects first, then those with the most live samples
 * @nr_lines: how many
 */
struct site_report {
	struct life *lives;
	unsigned int nr_lives;
	struct site_line *lines;
	unsigned int nr_lines;
};

u64 site_percentile(const struct life *lives, unsigned int nr,
		    unsigned int percent);
bool site_is_suspect(const struct life *lives, unsigned int nr, u64 watched);

int site_report_make(struct site_report *report, const struct sites *sites,
		     u64 now);
void site_report_free(struct site_report *report);

void site_report_show(struct seq_file *m, struct magslab_cache *cache,
		      void *data);

#endif /* MAGSLAB_STATS_SITE_REPORT_H */

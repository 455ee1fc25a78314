// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/time64.h>

#include "alloc/cache.h"
#include "compat.h"
#include "stats/site_report.h"
#include "stats/sites.h"

#define QUARTERS 4

/*
 * === What ages tell ===
 */

/**
 * site_percentile - the age that so many percent of objects do not exceed
 * @lives: samples of one site by age, youngest first
 * @nr: how many, at least 1
 * @percent: 1 to 100
 *
 * Return: the age of one of them, in ns.
 */
u64 site_percentile(const struct life *lives, unsigned int nr,
		    unsigned int percent)
{
	return lives[DIV_ROUND_UP((u64)nr * percent, 100) - 1].age;
}
EXPORT_SYMBOL_FOR_TEST(site_percentile);

/* In which quarter of the time watched something of that age began, 0 the last. */
static unsigned int quarter_of(u64 age, u64 watched)
{
	return min_t(u64, div64_u64(age, watched / QUARTERS), QUARTERS - 1);
}

/**
 * site_is_suspect - whether a site seems to leak
 * @lives: its live samples, in any order
 * @nr: how many
 * @watched: time since its first sample, in ns
 *
 * It does if it left objects behind in each quarter of the time it was watched,
 * and in none of them less than a quarter of the average. Of a set that was built
 * up and is kept, none are of the last quarter; of what is soon freed, or is
 * replaced by and by, none are of the first. What is kept and what is soon freed,
 * together, leave a gap in between.
 *
 * Return: whether it does.
 */
bool site_is_suspect(const struct life *lives, unsigned int nr, u64 watched)
{
	unsigned int left[QUARTERS] = {};
	unsigned int i;

	if (nr < SITE_SUSPECT_SAMPLES || watched < SITE_WATCHED_NS)
		return false;
	for (i = 0; i < nr; i++)
		left[quarter_of(lives[i].age, watched)]++;
	for (i = 0; i < QUARTERS; i++)
		if (left[i] < nr / QUARTERS / 4)
			return false;
	return true;
}
EXPORT_SYMBOL_FOR_TEST(site_is_suspect);

/*
 * === Making a report ===
 */

/* Time from then to now; what came while we look is new. */
static u64 time_since(u64 then, u64 now)
{
	return then && then < now ? now - then : 0;
}

static int by_site_and_age(const void *left, const void *right)
{
	const struct life *a = left, *b = right;

	if (a->site != b->site)
		return a->site < b->site ? -1 : 1;
	if (a->age != b->age)
		return a->age < b->age ? -1 : 1;
	return 0;
}

static int by_suspicion(const void *left, const void *right)
{
	const struct site_line *a = left, *b = right;

	if (a->suspect != b->suspect)
		return a->suspect ? -1 : 1;
	if (a->live != b->live)
		return a->live > b->live ? -1 : 1;
	return a->site < b->site ? -1 : a->site > b->site;
}

static void collect_lives(struct site_report *report,
			  const struct sample_table *live, u64 now)
{
	unsigned int place;
	struct sample sample;
	struct life *life;

	for (place = 0; place < sample_table_places(live); place++) {
		if (!sample_table_read(live, place, &sample))
			continue;
		life = &report->lives[report->nr_lives++];
		life->site = sample.site;
		life->age = time_since(sample.time, now);
	}
	sort(report->lives, report->nr_lives, sizeof(*report->lives),
	     by_site_and_age, NULL);
}

static void line_fill(struct site_line *line, const struct life *lives,
		      u64 watched)
{
	unsigned int nr = line->live;

	if (!nr)
		return;
	line->p50 = site_percentile(lives, nr, 50);
	line->p90 = site_percentile(lives, nr, 90);
	line->max = site_percentile(lives, nr, 100);
	line->suspect = site_is_suspect(lives, nr, watched);
}

/* How many in front are of this site. */
static unsigned int count_lives(const struct life *lives, unsigned int nr,
				u32 site)
{
	unsigned int i = 0;

	while (i < nr && lives[i].site == site)
		i++;
	return i;
}

static void make_lines(struct site_report *report,
		       const struct site_table *table, u64 now)
{
	const struct life *life = report->lives;
	const struct life *end = life + report->nr_lives;
	struct site_line *line;
	unsigned int i;

	for (i = 0; i < SITE_TABLE_SITES; i++) {
		if (!READ_ONCE(table->sites[i].caller))
			continue;
		line = &report->lines[report->nr_lines++];
		line->site = i;
		line->live = count_lives(life, end - life, i);
		line_fill(line, life,
			  time_since(READ_ONCE(table->sites[i].since), now));
		life += line->live;
	}
	sort(report->lines, report->nr_lines, sizeof(*report->lines),
	     by_suspicion, NULL);
}

/**
 * site_report_make - look at all that is known
 * @report: what is found
 * @sites: what is known, while more comes in
 * @now: the time in ns
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int site_report_make(struct site_report *report, const struct sites *sites,
		     u64 now)
{
	memset(report, 0, sizeof(*report));
	report->lives = kvcalloc(sample_table_places(&sites->live),
				 sizeof(*report->lives), GFP_KERNEL);
	report->lines =
		kvcalloc(SITE_TABLE_SITES, sizeof(*report->lines), GFP_KERNEL);
	if (!report->lives || !report->lines) {
		site_report_free(report);
		return -ENOMEM;
	}
	collect_lives(report, &sites->live, now);
	make_lines(report, &sites->table, now);
	return 0;
}
EXPORT_SYMBOL_FOR_TEST(site_report_make);

void site_report_free(struct site_report *report)
{
	kvfree(report->lives);
	kvfree(report->lines);
}
EXPORT_SYMBOL_FOR_TEST(site_report_free);

/*
 * === Printing it ===
 */

/* In tenths of a percent. */
static void show_share(struct seq_file *m, unsigned long part,
		       unsigned long whole)
{
	u64 tenths = whole ? div64_u64((u64)part * 1000, whole) : 0;

	seq_printf(m, " %8llu.%llu", tenths / 10, tenths % 10);
}

static void show_cpus(struct seq_file *m, const unsigned long *cpus)
{
	if (bitmap_empty(cpus, nr_cpu_ids))
		seq_puts(m, " -");
	else
		seq_printf(m, " %*pbl", nr_cpu_ids, cpus);
}

/* What has no symbol is shown as an address, which is not for anybody's eyes. */
static void show_symbol(struct seq_file *m, unsigned long caller)
{
	char symbol[KSYM_SYMBOL_LEN];

	snprintf(symbol, sizeof(symbol), "%pS", (void *)caller);
	seq_printf(m, " %s\n",
		   strncmp(symbol, "0x", 2) ? symbol : "(unloaded)");
}

static void show_line(struct seq_file *m, const struct magslab_cache *cache,
		      const struct sites *sites, const struct site_line *line)
{
	const struct site *site = &sites->table.sites[line->site];
	unsigned long frees = atomic_long_read(&site->frees);
	u64 objects = (u64)line->live * sites->rate;

	seq_printf(m, "%-7s %8u %10llu %12llu %10lu %10lu %8llu %8llu %8llu",
		   line->suspect ? "suspect" : "-", line->live, objects,
		   objects * cache->size, atomic_long_read(&site->allocs),
		   frees, div_u64(line->p50, NSEC_PER_MSEC),
		   div_u64(line->p90, NSEC_PER_MSEC),
		   div_u64(line->max, NSEC_PER_MSEC));
	show_share(m, atomic_long_read(&site->other_cpu), frees);
	show_share(m, atomic_long_read(&site->other_node), frees);
	show_cpus(m, site_alloc_cpus(&sites->table, line->site));
	show_cpus(m, site_free_cpus(&sites->table, line->site));
	show_symbol(m, site->caller);
}

static void show_head(struct seq_file *m, const struct sites *sites,
		      const struct site_report *report)
{
	seq_printf(m, "one_of: %u\n", sites->rate);
	seq_printf(m, "samples_live: %u\n", report->nr_lives);
	seq_printf(m, "samples_room: %u\n", sample_table_places(&sites->live));
	seq_printf(m, "samples_dropped: %lu\n",
		   atomic_long_read(&sites->samples_dropped));
	seq_printf(m, "sites: %u\n", report->nr_lines);
	seq_printf(m, "sites_room: %lu\n", SITE_TABLE_SITES);
	seq_printf(m, "sites_dropped: %lu\n",
		   atomic_long_read(&sites->sites_dropped));
	seq_printf(m, "frees_not_seen: %lu\n",
		   atomic_long_read(&sites->frees_not_seen));
	seq_printf(m, "bytes: %zu\n\n",
		   sample_table_bytes(&sites->live) + site_table_bytes());
	seq_printf(m, "%-7s %8s %10s %12s %10s %10s %8s %8s %8s %10s %10s %s\n",
		   "leak", "live", "objects", "bytes", "allocs", "frees",
		   "p50_ms", "p90_ms", "max_ms", "other_cpu", "other_node",
		   "alloc_cpus free_cpus site");
}

static void show_total(struct seq_file *m, const struct site_table *table)
{
	unsigned long frees = 0, other_cpu = 0, other_node = 0;
	const struct site *site;

	for (site = table->sites; site < table->sites + SITE_TABLE_SITES;
	     site++) {
		frees += atomic_long_read(&site->frees);
		other_cpu += atomic_long_read(&site->other_cpu);
		other_node += atomic_long_read(&site->other_node);
	}
	seq_printf(m, "\nsampled_frees: %lu\nother_cpu_percent:", frees);
	show_share(m, other_cpu, frees);
	seq_puts(m, "\nother_node_percent:");
	show_share(m, other_node, frees);
	seq_putc(m, '\n');
}

void site_report_show(struct seq_file *m, struct magslab_cache *cache,
		      void *data)
{
	u64 now = magslab_instrument_clock();
	const struct sites *sites = data;
	struct site_report report;
	unsigned int i;

	if (site_report_make(&report, sites, now)) {
		seq_puts(m, "no memory to make a report\n");
		return;
	}
	show_head(m, sites, &report);
	for (i = 0; i < report.nr_lines; i++)
		show_line(m, cache, sites, &report.lines[i]);
	show_total(m, &sites->table);
	site_report_free(&report);
}

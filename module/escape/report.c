// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line for each site, those first where the most is to be saved: calls of an
 * allocator that an arena would make a few instructions. All counts are of samples.
 */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "escape/escape.h"
#include "escape/report.h"

static const char *const class_names[] = {
	[ESCAPE_STACK] = "stack", [ESCAPE_TASK] = "task",
	[ESCAPE_CPU] = "cpu",	  [ESCAPE_IRQ] = "irq",
	[ESCAPE_OTHER] = "other", [ESCAPE_LONG] = "long",
};

/* Fewer samples may be chance. */
#define LEAST_SAMPLES 4

/**
 * struct line - a site at one moment
 * @caller: return address of the call
 * @allocs: samples
 * @bytes: of each, on average
 * @unseen: of those, freed without being seen
 * @open: of those, still alive, and not long-lived
 * @classes: of those, freed; and as long-lived those that are so already
 * @known: sum of the classes
 * @ages: of those that were freed
 */
struct line {
	unsigned long caller;
	u64 allocs;
	u64 bytes;
	u64 unseen;
	u64 open;
	u64 classes[NR_ESCAPE_CLASSES];
	u64 known;
	u32 ages[ESCAPE_AGES];
};

struct report {
	struct line *lines;
	u32 nr;
};

static u64 scoped(const struct line *line)
{
	return line->classes[ESCAPE_STACK] + line->classes[ESCAPE_TASK];
}

static int compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (scoped(x) != scoped(y))
		return scoped(x) > scoped(y) ? -1 : 1;
	if (x->allocs != y->allocs)
		return x->allocs > y->allocs ? -1 : 1;
	return (x->caller > y->caller) - (x->caller < y->caller);
}

static void fill(struct line *line, const struct escape_site *site)
{
	unsigned int i;

	line->caller = READ_ONCE(site->caller);
	for (i = 0; i < NR_ESCAPE_CLASSES; i++)
		line->classes[i] = atomic_long_read(&site->classes[i]);
	for (i = 0; i < ESCAPE_AGES; i++)
		line->ages[i] = atomic_read(&site->ages[i]);
	line->unseen = atomic_long_read(&site->unseen);
	line->bytes = atomic_long_read(&site->bytes);
	line->allocs = atomic_long_read(&site->allocs);
	if (line->allocs)
		line->bytes = div64_u64(line->bytes, line->allocs);
}

/* Those that live: for long already, or nobody knows. */
static void count_lives(struct report *report, struct escape *escape)
{
	struct escape_life lives[LIFE_WAYS];
	u64 now = ktime_get_mono_fast_ns();
	u32 bucket, nr;

	for (bucket = 0; bucket < LIFE_BUCKETS; bucket++) {
		nr = life_table_read(&escape->lives, bucket, lives);
		while (nr--) {
			struct line *line = &report->lines[lives[nr].site];

			if (now >= lives[nr].time + escape->long_ns)
				line->classes[ESCAPE_LONG]++;
			else
				line->open++;
		}
		cond_resched();
	}
}

/* Sites without a sample go, the others come into order. */
static void arrange(struct report *report)
{
	u32 i, j;

	for (i = 0; i < report->nr; i++)
		for (j = 0; j < NR_ESCAPE_CLASSES; j++)
			report->lines[i].known += report->lines[i].classes[j];
	for (i = j = 0; i < report->nr; i++)
		if (report->lines[i].allocs)
			report->lines[j++] = report->lines[i];
	report->nr = j;
	sort(report->lines, report->nr, sizeof(*report->lines), compare, NULL);
}

static int report_make(struct report *report, struct escape *escape)
{
	u32 i;

	report->nr = ESCAPE_SITES;
	report->lines =
		kvcalloc(report->nr, sizeof(*report->lines), GFP_KERNEL);
	if (!report->lines)
		return -ENOMEM;
	for (i = 0; i < report->nr; i++)
		fill(&report->lines[i], &escape->sites[i]);
	count_lives(report, escape);
	arrange(report);
	return 0;
}

/* The class that more than half are of, or as many as none. */
static unsigned int main_class(const struct line *line)
{
	unsigned int i, most = 0;

	for (i = 1; i < NR_ESCAPE_CLASSES; i++)
		if (line->classes[i] > line->classes[most])
			most = i;
	return most;
}

/* Where its objects could live: where all classes that matter allow it. */
static const char *place(const struct line *line)
{
	u64 here = scoped(line) + line->classes[ESCAPE_CPU];

	if (line->known < LEAST_SAMPLES)
		return "-";
	if (line->classes[ESCAPE_LONG] * 2 > line->known)
		return line->bytes >= PAGE_SIZE ? "page" : "segment";
	if (scoped(line) * 10 >= line->known * 9)
		return "arena";
	return here * 2 > line->known ? "magazine" : "depot";
}

/* Upper bound of how long @percent of those that were freed had lived. */
static u64 age_percentile(const struct line *line, unsigned int percent)
{
	u64 all = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < ESCAPE_AGES; i++)
		all += line->ages[i];
	if (!all)
		return 0;
	for (i = 0; i < ESCAPE_AGES - 1; i++) {
		sum += line->ages[i];
		if (sum * 100 >= all * percent)
			break;
	}
	return (2ULL << i) - 1;
}

struct costs {
	u64 events;
	u64 ns;
};

static struct costs costs_of(const struct escape *escape)
{
	struct costs costs = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct escape_cpu *of = per_cpu_ptr(escape->cpu, cpu);

		costs.events += READ_ONCE(of->events);
		costs.ns += READ_ONCE(of->cost);
	}
	return costs;
}

static void show_head(struct seq_file *m, struct escape *escape)
{
	struct costs costs = costs_of(escape);

	seq_printf(m,
		   "rate: %u\nlong_ms: %llu\nevents: %llu\nsample_ns: %llu\n",
		   escape->rate, div_u64(escape->long_ns, NSEC_PER_MSEC),
		   costs.events, costs.ns);
	seq_printf(m, "samples_dropped: %ld\nsites_dropped: %ld\n\n",
		   atomic_long_read(&escape->lives_dropped),
		   atomic_long_read(&escape->sites_dropped));
	seq_puts(m, "samples  bytes stack%  task%   cpu%   irq% other%  long%");
	seq_puts(m, " unseen   open      p50_ns      p99_ns place    site\n");
}

static void show_line(struct seq_file *m, const struct line *line)
{
	unsigned int i;

	seq_printf(m, "%7llu %6llu", line->allocs, line->bytes);
	for (i = 0; i < NR_ESCAPE_CLASSES; i++)
		seq_printf(m, " %6llu",
			   line->known ? div64_u64(100 * line->classes[i],
						   line->known) :
					 0);
	seq_printf(m, " %6llu %6llu %11llu %11llu %-8s %pS\n", line->unseen,
		   line->open, age_percentile(line, 50),
		   age_percentile(line, 99), place(line), (void *)line->caller);
}

/**
 * escape_report_show - print what is known, as a table
 * @m: where to
 * @escape: who follows; it stays
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int escape_report_show(struct seq_file *m, struct escape *escape)
{
	struct report report;
	u32 i;
	int ret;

	ret = report_make(&report, escape);
	if (ret)
		return ret;
	show_head(m, escape);
	for (i = 0; i < report.nr; i++)
		show_line(m, &report.lines[i]);
	kvfree(report.lines);
	return 0;
}
EXPORT_SYMBOL_FOR_TEST(escape_report_show);

static void json_line(struct seq_file *m, const struct line *line)
{
	unsigned int i;

	seq_printf(m, "{\"site\":\"%pS\",\"samples\":%llu,\"bytes\":%llu",
		   (void *)line->caller, line->allocs, line->bytes);
	for (i = 0; i < NR_ESCAPE_CLASSES; i++)
		seq_printf(m, ",\"%s\":%llu", class_names[i], line->classes[i]);
	seq_printf(m, ",\"unseen\":%llu,\"open\":%llu,\"p50_ns\":%llu",
		   line->unseen, line->open, age_percentile(line, 50));
	seq_printf(m, ",\"p90_ns\":%llu,\"p99_ns\":%llu,\"class\":\"%s\"",
		   age_percentile(line, 90), age_percentile(line, 99),
		   class_names[main_class(line)]);
	seq_printf(m, ",\"place\":\"%s\"}", place(line));
}

static void json_head(struct seq_file *m, struct escape *escape)
{
	struct costs costs = costs_of(escape);

	seq_printf(m, "{\"schema\":1,\"kind\":\"escape\",\"rate\":%u",
		   escape->rate);
	seq_printf(m, ",\"long_ms\":%llu,\"events\":%llu,\"sample_ns\":%llu",
		   div_u64(escape->long_ns, NSEC_PER_MSEC), costs.events,
		   costs.ns);
	seq_printf(m, ",\"samples_dropped\":%ld,\"sites_dropped\":%ld",
		   atomic_long_read(&escape->lives_dropped),
		   atomic_long_read(&escape->sites_dropped));
}

/**
 * escape_report_json - print what is known, as JSON
 * @m: where to
 * @escape: who follows; it stays
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int escape_report_json(struct seq_file *m, struct escape *escape)
{
	struct report report;
	u32 i;
	int ret;

	ret = report_make(&report, escape);
	if (ret)
		return ret;
	json_head(m, escape);
	seq_puts(m, ",\"sites\":[");
	for (i = 0; i < report.nr; i++) {
		seq_puts(m, i ? ",\n" : "\n");
		json_line(m, &report.lines[i]);
	}
	seq_puts(m, "]}\n");
	kvfree(report.lines);
	return 0;
}
EXPORT_SYMBOL_FOR_TEST(escape_report_json);

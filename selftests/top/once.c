// SPDX-License-Identifier: GPL-2.0-only
/* One table on standard output, for people and scripts. */
#include <errno.h>
#include <time.h>

#include "top.h"

/* A signal ends the program, so nothing else interrupts the wait. */
static void wait_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

/* Two of them for rates, where a delay is given. */
void samples_take(struct sample *sample, const struct options *options)
{
	struct sample before = {};

	if (options->delay_ms) {
		source_take(&before, options, 0);
		if (options->nr_from < 2)
			wait_ms(options->delay_ms);
	}
	source_take(sample, options, 1);
	rates_set(sample, &before);
	sample_free(&before);
}

const struct cache *cache_need(const struct sample *sample, const char *name)
{
	const struct cache *cache = sample_find(sample, name);

	if (!cache)
		quit(EXIT_FAILED, "there is no cache '%s'", name);
	return cache;
}

static void fill(struct sheet *sheet, const struct sample *sample,
		 const struct options *options)
{
	struct look look = { .sort = options->sort };

	switch (options->view) {
	case VIEW_CPUS:
		cpus_fill(sheet, cache_need(sample, options->name));
		break;
	case VIEW_NODES:
		nodes_fill(sheet, cache_need(sample, options->name));
		break;
	case VIEW_SLUB:
		slub_fill(sheet, sample);
		break;
	default:
		columns_fill(sheet, sample, &look);
	}
}

int once_show(const struct options *options)
{
	struct sheet sheet = {};
	struct sample sample;

	samples_take(&sample, options);
	fill(&sheet, &sample, options);
	sheet_print(&sheet, options->lines);
	if (options->view == VIEW_SLUB)
		printf("\n%s", slub_words);
	sheet_free(&sheet);
	sample_free(&sample);
	return EXIT_OK;
}

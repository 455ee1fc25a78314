// SPDX-License-Identifier: GPL-2.0-only
/* What about a machine or a run makes its figures worth less. */
#include "duel.h"

/* Kernels with these measure their own checks more than an allocator. */
#define DEBUG_TRAPS                                                       \
	(MAGSLAB_TRAP_LOCKDEP | MAGSLAB_TRAP_KASAN | MAGSLAB_TRAP_KCSAN | \
	 MAGSLAB_TRAP_KMSAN | MAGSLAB_TRAP_KMEMLEAK |                     \
	 MAGSLAB_TRAP_DEBUG_PAGEALLOC | MAGSLAB_TRAP_SLUB_DEBUG_ON |      \
	 MAGSLAB_TRAP_COVERAGE | MAGSLAB_TRAP_FAULT_INJECTION)

/* Shares that are more than a few ticks and kernel threads. */
#define MAX_DROPPED 0.1
#define MAX_STEAL 0.05
#define MIN_ROUNDS 20

static const char *const names[] = {
	"a debugging kernel: its checks are measured too",
	"more than 10 % of the blocks were disturbed",
	"more than 5 % of the CPUs' time was stolen",
	"fewer than 20 rounds",
	"cut short",
};

/* Returns NULL above the last one. */
const char *condition_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(names) ? names[bit] : NULL;
}

/* The figures of /proc/stat, or zeroes where there are none. */
static void read_times(double times[8])
{
	FILE *file = fopen("/proc/stat", "re");
	int nr = 0;

	if (file) {
		nr = fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf",
			    &times[0], &times[1], &times[2], &times[3],
			    &times[4], &times[5], &times[6], &times[7]);
		fclose(file);
	}
	for (nr = nr < 0 ? 0 : nr; nr < 8; nr++)
		times[nr] = 0;
}

double conditions_stolen(void)
{
	double times[8];

	read_times(times);
	return times[7];
}

double conditions_all(void)
{
	double times[8];
	double sum = 0;
	int i;

	read_times(times);
	for (i = 0; i < 8; i++)
		sum += times[i];
	return sum;
}

bool conditions_are_debug(__u64 traps)
{
	return traps & DEBUG_TRAPS;
}

bool conditions_debug(const struct device *device)
{
	return conditions_are_debug(device->info.traps);
}

unsigned int conditions_of(const struct duel *duel, const struct device *device)
{
	unsigned int bits = 0;

	if (conditions_debug(device))
		bits |= CONDITION_DEBUG;
	if (duel->dropped > MAX_DROPPED * (duel->dropped + duel->blocks))
		bits |= CONDITION_DROPPED;
	if (duel->steal > MAX_STEAL)
		bits |= CONDITION_STEAL;
	if (duel->nr_rounds < MIN_ROUNDS)
		bits |= CONDITION_ROUNDS;
	if (duel->partial)
		bits |= CONDITION_PARTIAL;
	return bits;
}

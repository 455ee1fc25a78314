// SPDX-License-Identifier: GPL-2.0-only
/* One line on stderr that says what is going on, if there is somebody to see. */
#include <unistd.h>

#include "bench.h"

static bool shown;

void progress_show(const struct step *step, size_t index, size_t nr)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K[%zu/%zu] %s", index + 1, nr,
		step->workload->name);
	if (step->count)
		fprintf(stderr, "-%llu", step->count);
	fprintf(stderr, ", %llu bytes", step->size);
	fflush(stderr);
	shown = true;
}

void progress_left(const struct step *step, double seconds)
{
	static long told;

	if (!isatty(STDERR_FILENO) || (shown && told == (long)seconds))
		return;
	told = seconds;
	fprintf(stderr, "\r\033[K%s, %.0f s left", step->workload->name,
		seconds);
	fflush(stderr);
	shown = true;
}

void progress_hide(void)
{
	if (!shown)
		return;
	fputs("\r\033[K", stderr);
	shown = false;
}

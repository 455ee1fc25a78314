// SPDX-License-Identifier: GPL-2.0-only
/* What the figures were taken on: without it they cannot be compared. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define CLOCKSOURCE \
	"/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* The first line of a file, or nothing. */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	line[0] = '\0';
	if (!file)
		return;
	if (fgets(line, size, file))
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
}

static const char *value_of(const char *line)
{
	const char *colon = strchr(line, ':');

	return colon ? colon + 1 + strspn(colon + 1, " \t") : "";
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word))) {
		if (at != words && at[-1] == ' ' &&
		    (at[length] == ' ' || !at[length]))
			return true;
		at += length;
	}
	return false;
}

/* The file's lines differ from one architecture to the next. */
static void read_cpu(struct fingerprint *print)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[4096];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "model name", 10) && !print->cpu[0])
			snprintf(print->cpu, sizeof(print->cpu), "%.120s",
				 value_of(line));
		if (!strncmp(line, "flags", 5))
			print->hypervisor |= has_word(line, "hypervisor");
	}
	fclose(file);
}

void fingerprint_take(struct fingerprint *print, const struct device *device)
{
	*print = (struct fingerprint){
		.cpus = device->info.max_cpus,
		.clock = device->info.clock,
		.clock_read = device->info.clock_read,
		.clock_step = device->info.clock_step,
		.preempt = device->info.preempt,
		.traps = device->info.traps,
	};
	uname(&print->kernel);
	read_cpu(print);
	read_line(CLOCKSOURCE, print->clocksource, sizeof(print->clocksource));
	read_line("/proc/cmdline", print->cmdline, sizeof(print->cmdline));
	read_line("/sys/module/kfence/parameters/sample_interval",
		  print->kfence_interval, sizeof(print->kfence_interval));
}

static void print_traps(const struct fingerprint *print, FILE *to)
{
	unsigned int bit;

	fputs("# settings:", to);
	for (bit = 0; trap_name(bit); bit++)
		if (print->traps >> bit & 1)
			fprintf(to, " %s", trap_name(bit));
	if (print->kfence_interval[0])
		fprintf(to, " kfence.sample_interval=%s",
			print->kfence_interval);
	fprintf(to, " preempt=%s\n", preempt_name(print->preempt));
}

static void print_clock(const struct fingerprint *print, FILE *to)
{
	const char *what = print->clock == MAGSLAB_CLOCK_INSN ?
				   "counts instructions" :
				   "tells time";
	const char *unit = unit_name(print->clock);

	fprintf(to, "# clock: %s (%s), reading it takes %u %s", what,
		print->clocksource[0] ? print->clocksource : "unknown",
		print->clock_read, unit);
	if (print->clock_step > 1)
		fprintf(to, ", in steps of %u %s", print->clock_step, unit);
	fputc('\n', to);
}

void fingerprint_print(const struct fingerprint *print, FILE *to)
{
	fprintf(to, "# kernel: %s %s, %s\n", print->kernel.release,
		print->kernel.version, print->kernel.machine);
	fprintf(to, "# cpu: %s%s, %u online\n",
		print->cpu[0] ? print->cpu : "unknown",
		print->hypervisor ? " (under a hypervisor)" : "", print->cpus);
	print_clock(print, to);
	print_traps(print, to);
}

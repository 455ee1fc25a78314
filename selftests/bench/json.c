// SPDX-License-Identifier: GPL-2.0-only
/* The results for other programs. Schema 1; members may be added to it. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "bench.h"
#include "interval.h"
#include "json.h"
#include "latency.h"
#include "timeline.h"

/* Thousandths, printed with as many decimals as they need. */
static struct json_object *thousandths(__u64 value)
{
	char digits[32];
	size_t length;

	snprintf(digits, sizeof(digits), "%llu.%03llu",
		 (unsigned long long)(value / 1000),
		 (unsigned long long)(value % 1000));
	for (length = strlen(digits); digits[length - 1] == '0'; length--)
		;
	if (digits[length - 1] == '.')
		length--;
	digits[length] = '\0';
	return json_object_new_double_s(value / 1000.0, digits);
}

static struct json_object *spread(const struct magslab_spread *spread)
{
	struct json_object *object = json_object_new_object();

	add(object, "min", thousandths(spread->min));
	add(object, "median", thousandths(spread->median));
	add(object, "p99", thousandths(spread->p99));
	add(object, "max", thousandths(spread->max));
	add(object, "mean", thousandths(spread->mean));
	return object;
}

static void add_traps(struct json_object *to, __u64 traps)
{
	unsigned int bit;

	for (bit = 0; trap_name(bit); bit++)
		add(to, trap_name(bit), boolean(traps >> bit & 1));
}

/* Without members, if it is not known. */
struct json_object *json_growth(const struct interval *growth)
{
	struct json_object *object = json_object_new_object();

	if (!growth->units)
		return object;
	add(object, "exponent", number_or_null(growth->estimate));
	add(object, "low", number_or_null(growth->low));
	add(object, "high", number_or_null(growth->high));
	return object;
}

struct json_object *json_fingerprint(const struct fingerprint *print)
{
	struct json_object *object = json_object_new_object();

	add(object, "bench", text(BENCH_VERSION));
	add(object, "kernel", text(print->kernel.release));
	add(object, "version", text(print->kernel.version));
	add(object, "machine", text(print->kernel.machine));
	add(object, "cpu", text(print->cpu));
	add(object, "cpus", integer(print->cpus));
	add(object, "hypervisor", boolean(print->hypervisor));
	add(object, "clock", text(clock_name(print->clock)));
	add(object, "clocksource", text(print->clocksource));
	add(object, "clock_read", integer(print->clock_read));
	add(object, "clock_step", integer(print->clock_step));
	add(object, "preempt", text(preempt_name(print->preempt)));
	add(object, "kfence_sample_interval", text(print->kfence_interval));
	add(object, "cmdline", text(print->cmdline));
	add_traps(object, print->traps);
	return object;
}

static void add_memory(struct json_object *to,
		       const struct magslab_result *result)
{
	if (!(result->flags & MAGSLAB_RESULT_HELD))
		return;
	add(to, "live_peak", integer(result->live_peak));
	add(to, "held_peak", integer(result->held_peak));
	add(to, "held_after", integer(result->held_after));
	add(to, "held_returned", integer(result->held_returned));
	add(to, "held_approximate",
	    boolean(result->flags & MAGSLAB_RESULT_HELD_APPROX));
}

static void add_taken(struct json_object *to,
		      const struct magslab_result *result)
{
	if (result->flags & MAGSLAB_RESULT_TAKEN)
		add(to, "taken_peak", integer(result->taken_peak));
}

static void add_shared(struct json_object *to,
		       const struct magslab_result *result)
{
	if (result->flags & MAGSLAB_RESULT_LOCKS)
		add(to, "locks", integer(result->locks));
	if (result->flags & MAGSLAB_RESULT_EXCHANGES)
		add(to, "exchanges", integer(result->exchanges));
	if (result->calls)
		add(to, "calls", integer(result->calls));
}

static void add_lines(struct json_object *to,
		      const struct magslab_result *result)
{
	if (!(result->flags & MAGSLAB_RESULT_LINES))
		return;
	add(to, "line_calls", integer(result->line_calls));
	add(to, "object_lines", integer(result->object_lines));
	add(to, "object_pages", integer(result->object_pages));
	if (result->touched_lines)
		add(to, "touched_lines", integer(result->touched_lines));
}

static struct json_object *one_result(const struct row *row)
{
	const struct magslab_result *result = &row->result;
	struct json_object *object = json_object_new_object();

	add(object, "workload", text(result->name));
	add(object, "backend", text(row->backend->name));
	add(object, "floor",
	    boolean(row->backend->flags & MAGSLAB_BACKEND_FLOOR));
	add(object, "size", integer(row->size));
	add(object, "packed", boolean(row->packed));
	add(object, "cpus", integer(row->cpus));
	add(object, "gfp", text(gfp_names[row->gfp]));
	axes_json(object, &row->axes);
	events_json(object, &row->events);
	add(object, "clock", text(clock_name(row->clock)));
	add(object, "unit", text(unit_name(row->clock)));
	add(object, "per_op", spread(&result->ns));
	if (result->flags & MAGSLAB_RESULT_CYCLES)
		add(object, "cycles", spread(&result->cycles));
	add(object, "values", text("block means"));
	if (!isnan(row_throughput(row)))
		add(object, "mops_per_second", rounded(row_throughput(row)));
	add(object, "block_ops", integer(result->block_ops));
	add(object, "blocks", integer(result->blocks));
	add(object, "dropped", integer(result->switched + result->migrated));
	add(object, "partial", boolean(row->partial));
	add(object, "gives_back",
	    boolean(!(result->flags & MAGSLAB_RESULT_KEEPS)));
	add_memory(object, result);
	add_taken(object, result);
	add_shared(object, result);
	add_lines(object, result);
	return object;
}

/* A row without figures. */
static struct json_object *one_skipped(const struct row *row)
{
	struct json_object *object = json_object_new_object();

	add(object, "workload", text(row->result.name));
	add(object, "backend", text(row->backend->name));
	add(object, "size", integer(row->size));
	add(object, "reason", text(error_name(row->result.error)));
	return object;
}

/* Whether its figures are what they would be if nobody had looked any closer. */
static bool is_plain(const struct row *row)
{
	return !(row->result.flags & MAGSLAB_RESULT_LATENCY) && !row->watched;
}

static struct json_object *document(const struct fingerprint *print,
				    const struct report *report)
{
	struct json_object *root = json_object_new_object();
	struct json_object *results = json_object_new_array();
	struct json_object *skipped = json_object_new_array();
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		if (row->result.error)
			json_object_array_add(skipped, one_skipped(row));
		else if (is_plain(row))
			json_object_array_add(results, one_result(row));
	}
	add(root, "schema", integer(1));
	add(root, "command", json_command());
	add(root, "fingerprint", json_fingerprint(print));
	if (report->trace)
		add(root, "trace", json_object_get(report->trace));
	add(root, "results", results);
	if (report->nr_latencies)
		add(root, "latencies", latency_json(report));
	if (report->nr_timelines)
		add(root, "timelines", timeline_json(report));
	add(root, "skipped", skipped);
	return root;
}

/* Before anything is run, so that no result is lost to a bad name. */
FILE *json_open(const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "we") : stdout;

	if (!file)
		quit(EXIT_USAGE, "--json: cannot write '%s': %s", path,
		     strerror(errno));
	return file;
}

/* Returns 0, or -1 after having said what is wrong. Closes the file. */
int json_write(FILE *file, const struct fingerprint *print,
	       const struct report *report)
{
	if (json_print(document(print, report), file) ||
	    (file != stdout && fclose(file))) {
		complain("--json: cannot write: %s", strerror(errno));
		return -1;
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* record: what the running kernel allocates and frees, into a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "json.h"
#include "recorder.h"

static const char help[] =
	"Usage: magslab-bench record -o FILE [OPTION]... [-- COMMAND [ARGUMENT]...]\n"
	"Record what the running kernel allocates by kmem_cache_alloc() and kmalloc(),\n"
	"and frees, while COMMAND runs, or for some time, or until interrupted.\n"
	"\n"
	"  -o, --output FILE        the trace\n"
	"      --time SECONDS       longest time (default: 10; with COMMAND none)\n"
	"      --events N           most events of the trace (default: 1000000)\n"
	"      --buffer N           events that each CPU has room for (default: 32768)\n"
	"\n"
	"Which allocations; the frees follow from them:\n"
	"      --cache NAME         of this cache; kmalloc for those of kmalloc()\n"
	"      --min-bytes N, --max-bytes N\n"
	"                           of these sizes\n"
	"      --on-cpu N,...       on these CPUs\n"
	"      --task PID           of this process\n"
	"\n"
	"  -q, --quiet              do not tell how it went\n"
	"  -h, --help, --version\n"
	"\n"
	"Calls that allocate or free many objects at once are not seen by the kernel's\n"
	"tracepoints: see the counts that are shown, and Documentation/traces.rst.\n"
	"\n"
	"Exit codes: 0 recorded, 1 COMMAND or the recording failed (what there is, is\n"
	"written), 2 bad option or value (nothing was recorded), 3 no device, 4 no\n"
	"permission.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_RECORD | OPTIONS_FILE | OPTIONS_TIME | OPTIONS_QUIET,
	.most = MOST_WORDS,
};

#define DEFAULT_SECONDS 10
#define DEFAULT_EVENTS 1000000
#define LOOK_NS 2000000

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Until the command or the time ends, the trace is full, or somebody interrupts. */
static int record(struct recorder *recorder, pid_t *pid, double seconds)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	double end = now() + seconds;
	bool more = true;
	int code = EXIT_OK;

	while (!child_ended(pid, &code) && more && !runner_interrupted() &&
	       (!seconds || now() < end)) {
		more = recorder_read(recorder);
		if (more)
			nanosleep(&pause, NULL);
	}
	recorder_stop(recorder);
	while (recorder_read(recorder))
		;
	return code;
}

static struct json_object *counts(const struct recorder *recorder,
				  const struct magslab_record_status *status)
{
	const struct trace *trace = recorder->trace;
	struct json_object *object = json_object_new_object();

	add(object, "events", integer(trace->nr_events));
	add(object, "allocations", integer(trace->nr_objects));
	add(object, "free_on_another_cpu", integer(trace_crossings(trace)));
	add(object, "free_not_seen", integer(trace->nr_unseen));
	add(object, "free_of_unknown", integer(recorder->strangers));
	add(object, "recorded", integer(status->recorded));
	add(object, "dropped", integer(status->dropped));
	add(object, "filtered", integer(status->filtered));
	add(object, "own", integer(status->own));
	add(object, "in_nmi", integer(status->unseen));
	add(object, "lumped", integer(status->lumped));
	return object;
}

static void describe(struct trace *trace, const struct recorder *recorder,
		     const struct magslab_record_status *status,
		     const struct fingerprint *print)
{
	struct json_object *root = json_object_new_object();
	const char *words;

	add(root, "schema", integer(1));
	add(root, "kind", text("trace"));
	add(root, "command", json_command());
	add(root, "fingerprint", json_fingerprint(print));
	add(root, "counts", counts(recorder, status));
	words = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);
	trace->about = strdup(words);
	json_object_put(root);
	if (!trace->about)
		quit(EXIT_FAILED, "out of memory");
}

static void tell(const struct recorder *recorder,
		 const struct magslab_record_status *status)
{
	const struct trace *trace = recorder->trace;

	printf("%zu events: %u allocations, %zu frees, %zu of them not seen\n",
	       trace->nr_events, trace->nr_objects,
	       trace->nr_events - trace->nr_objects, trace->nr_unseen);
	printf("left out: %llu frees of objects not recorded, %llu not wanted, %llu of\n"
	       "the recorder's own, %llu in NMIs\n",
	       recorder->strangers, status->filtered, status->own,
	       status->unseen);
	printf("dropped: %llu\n", status->dropped);
}

static int finish(const struct options *options, struct recorder *recorder,
		  const struct fingerprint *print)
{
	struct magslab_record_status status;
	struct trace *trace = recorder->trace;

	recorder_status(recorder, &status);
	if (!options->quiet)
		tell(recorder, &status);
	if (!trace->nr_events) {
		complain("nothing was recorded");
		return EXIT_FAILED;
	}
	describe(trace, recorder, &status, print);
	return trace_write(trace, options->output);
}

static int record_all(const struct options *options,
		      const struct device *device)
{
	bool command = options->operands[0];
	struct fingerprint print;
	struct recorder recorder;
	struct trace trace;
	int gate[2], code;
	pid_t pid = 0;

	fingerprint_take(&print, device);
	trace_begin(&trace);
	runner_catch_signals();
	if (command)
		pid = child_start(options->operands, gate);
	recorder_begin(&recorder, device, options, &trace);
	if (command)
		child_go(gate);
	code = record(&recorder, &pid, options->time);
	if (code == EXIT_NO_COMMAND)
		return EXIT_USAGE;
	if (code)
		complain("'%s' ended with status %d", options->operands[0],
			 code);
	child_end(pid);
	code = finish(options, &recorder, &print) || code ? EXIT_FAILED :
							    EXIT_OK;
	recorder_end(&recorder);
	trace_free(&trace);
	return code;
}

int cmd_record(int argc, char **argv)
{
	struct options options;
	struct device device;
	int code;

	options_parse(&options, &syntax, argc, argv);
	if (!options.output)
		quit(EXIT_USAGE, "--output is missing");
	if (!options.events)
		options.events = DEFAULT_EVENTS;
	if (!options.time_given)
		options.time = options.operands[0] ? 0 : DEFAULT_SECONDS;
	device_open(&device);
	code = record_all(&options, &device);
	device_close(&device);
	return code;
}

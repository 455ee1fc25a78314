// SPDX-License-Identifier: GPL-2.0-only
/* replay: what a trace has, on back-ends of choice. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "json.h"
#include "replay.h"

static const char help[] =
	"Usage: magslab-bench replay [OPTION]... FILE\n"
	"Do again what a trace has recorded, on one back-end after another: each CPU\n"
	"allocates and frees what it did then. After each block of calls, what is live\n"
	"is compared with the recording.\n"
	"\n"
	"  -b, --backend NAME,...   these back-ends (default: all)\n"
	"      --packed             objects aligned as pointers are, not as cache\n"
	"                           lines are\n"
	"      --cpus N             as many CPUs (default: those of the trace, as far\n"
	"                           as there are so many)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n"
	"      --speed X            times the speed of the recording (default: as fast\n"
	"                           as can be)\n"
	"      --block-ops N        calls of a block, over all CPUs (default: 1000)\n"
	"      --turns N            turns of each back-end (default: 2)\n"
	"      --timeout SECONDS    longest time\n"
	"      --describe           show what the trace has, and end\n"
	"\n"
	"  -j, --json FILE          write the results, and what was live and held after\n"
	"                           each block, to FILE; with '-' to stdout\n"
	"      --detail             one line per result, with its spread\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 replayed, and all was live that should be; 1 not so; 2 bad option,\n"
	"value or trace (nothing was run), 3 no device, 4 no permission, 130 interrupted.\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_ON | OPTIONS_OUTPUT | OPTIONS_REPLAY,
	.operands = 1,
};

#define DEFAULT_BLOCK_OPS 1000
#define DEFAULT_TURNS 2

struct performance {
	struct options options;
	struct device device;
	struct trace trace;
	struct replay replay;
	struct plan plan;
	struct report report;
};

static struct json_object *about(const struct trace *trace)
{
	struct json_object *object = json_tokener_parse(trace->about);

	return object ? object : json_object_new_object();
}

static void describe(const struct trace *trace)
{
	struct json_object *object = about(trace);

	printf("%zu events, %u allocations, %zu frees not seen, %zu caches, %u CPUs, %.3f s\n",
	       trace->nr_events, trace->nr_objects, trace->nr_unseen,
	       trace->nr_caches, trace_cpus(trace),
	       trace->nr_events ? trace->events[trace->nr_events - 1].ns / 1e9 :
				  0);
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY));
	json_object_put(object);
}

static void choose(struct performance *show)
{
	struct options *options = &show->options;
	__u32 cpus = trace_cpus(&show->trace);

	strcpy(options->workloads[0].name, "replay");
	options->nr_workloads = 1;
	options->replays = true;
	if (!options->cpus)
		options->cpus = cpus < show->device.info.max_cpus ?
					cpus :
					show->device.info.max_cpus;
	if (!options->block_ops)
		options->block_ops = DEFAULT_BLOCK_OPS;
	if (!options->turns)
		options->turns = DEFAULT_TURNS;
	options->blocks = options->turns;
}

/* What each back-end had live, and what it must have had. */
struct comparison {
	struct magslab_point *got;
	struct magslab_point *want;
	size_t nr;
};

static int get_curve(const struct performance *show, size_t backend,
		     struct comparison *comparison)
{
	struct magslab_curve curve = {
		.size = sizeof(curve),
		.backend = backend,
		.nr_points = show->replay.nr_steps,
		.points = (uintptr_t)comparison->got,
	};

	if (ioctl(show->replay.fd, MAGSLAB_IOC_CURVE, &curve)) {
		complain("cannot ask what was live: %s", strerror(errno));
		return EXIT_FAILED;
	}
	comparison->nr = curve.nr_points;
	return EXIT_OK;
}

/* Returns the first point that differs, or as many as there are. */
static size_t first_difference(const struct comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->nr; i++) {
		const struct magslab_point *got = &comparison->got[i];
		const struct magslab_point *want = &comparison->want[i];

		if (got->steps != want->steps ||
		    got->objects != want->objects || got->bytes != want->bytes)
			break;
	}
	return i;
}

static int judge(const struct performance *show, size_t backend,
		 const struct comparison *comparison)
{
	const char *name = show->plan.backends[backend]->name;
	size_t at = first_difference(comparison);

	if (at < comparison->nr) {
		complain("%s: after step %llu %llu objects were live, not %llu",
			 name, comparison->want[at].steps,
			 comparison->got[at].objects,
			 comparison->want[at].objects);
		return EXIT_FAILED;
	}
	if (!show->options.quiet &&
	    (!show->options.json || strcmp(show->options.json, "-")))
		printf("Live set of %s: as recorded, at each of %zu points\n",
		       name, comparison->nr);
	return EXIT_OK;
}

static struct json_object *curve_json(const struct performance *show,
				      size_t backend,
				      const struct comparison *comparison)
{
	struct json_object *object = json_object_new_object();
	struct json_object *points = json_object_new_array();
	size_t i;

	for (i = 0; i < comparison->nr; i++) {
		const struct magslab_point *point = &comparison->got[i];
		struct json_object *one = json_object_new_object();

		add(one, "steps", integer(point->steps));
		add(one, "objects", integer(point->objects));
		add(one, "live", integer(point->bytes));
		add(one, "held", integer(point->held));
		json_object_array_add(points, one);
	}
	add(object, "backend", text(show->plan.backends[backend]->name));
	add(object, "points", points);
	return object;
}

/* Whether a back-end did what it was asked to. */
static bool was_run(const struct performance *show, size_t backend)
{
	return backend < show->report.nr_rows &&
	       !show->report.rows[backend].result.error;
}

static int compare_one(const struct performance *show, size_t backend,
		       struct comparison *comparison,
		       struct json_object *curves)
{
	int code = get_curve(show, backend, comparison);

	if (code)
		return code;
	if (!replay_expect(&show->replay, comparison->want, comparison->nr,
			   show->report.rows[backend].result.block_ops)) {
		complain("%s: %zu points are not as many as there should be",
			 show->plan.backends[backend]->name, comparison->nr);
		return EXIT_FAILED;
	}
	json_object_array_add(curves, curve_json(show, backend, comparison));
	return judge(show, backend, comparison);
}

static int compare_all(const struct performance *show,
		       struct json_object *curves)
{
	struct comparison comparison = {
		.got = allocate(show->replay.nr_steps,
				sizeof(struct magslab_point)),
		.want = allocate(show->replay.nr_steps,
				 sizeof(struct magslab_point)),
	};
	int code = EXIT_OK;
	size_t i;

	for (i = 0; i < show->plan.nr_backends; i++)
		if (was_run(show, i) &&
		    compare_one(show, i, &comparison, curves))
			code = EXIT_FAILED;
	free(comparison.got);
	free(comparison.want);
	return code;
}

static void print_tables(struct performance *show,
			 const struct fingerprint *print)
{
	const struct options *options = &show->options;

	if (options->quiet || (options->json && !strcmp(options->json, "-")))
		return;
	fingerprint_print(print, stdout);
	printf("# trace: %s, %zu calls, %zu sizes", options->operands[0],
	       show->replay.nr_steps, show->replay.nr_classes);
	if (show->replay.nr_left_out)
		printf(", without %zu objects that are too large",
		       show->replay.nr_left_out);
	putchar('\n');
	table_print(&show->report, &show->plan);
	if (options->detail)
		table_print_detail(&show->report);
	table_print_shared(&show->report, &show->plan);
	memory_print(&show->report, &show->plan);
	notes_print(&show->report);
}

static int perform(struct performance *show)
{
	struct json_object *curves = json_object_new_array();
	struct fingerprint print;
	FILE *json = NULL;
	int code;

	if (show->options.json)
		json = json_open(show->options.json);
	fingerprint_take(&print, &show->device);
	code = runner_run(&show->device, &show->plan, &show->options,
			  &show->report);
	print_tables(show, &print);
	if (!code)
		code = compare_all(show, curves);
	show->report.trace = json_object_new_object();
	add(show->report.trace, "file", text(show->options.operands[0]));
	add(show->report.trace, "about", about(&show->trace));
	add(show->report.trace, "curves", curves);
	if (json && json_write(json, &print, &show->report))
		code = code ? code : EXIT_FAILED;
	json_object_put(show->report.trace);
	return code;
}

static int replay(struct performance *show)
{
	int code;

	choose(show);
	plan_make(&show->plan, &show->options, &show->device);
	replay_make(&show->replay, &show->trace,
		    show->device.info.max_object_size);
	code = replay_load(&show->replay, &show->device);
	if (!code) {
		show->plan.steps[0].trace_fd = show->replay.fd;
		show->plan.steps[0].speed = show->options.speed;
		code = perform(show);
	}
	report_free(&show->report);
	replay_free(&show->replay);
	plan_free(&show->plan);
	return code;
}

int cmd_replay(int argc, char **argv)
{
	struct performance show = {};
	int code = EXIT_OK;

	options_parse(&show.options, &syntax, argc, argv);
	trace_read(&show.trace, show.options.operands[0]);
	if (show.options.describe) {
		describe(&show.trace);
	} else {
		device_open(&show.device);
		code = replay(&show);
		device_close(&show.device);
	}
	trace_free(&show.trace);
	return code;
}

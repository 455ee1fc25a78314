// SPDX-License-Identifier: GPL-2.0-only
/* duel: is one back-end faster than another, or can that not be told? */
#include <errno.h>
#include <string.h>

#include "duel.h"
#include "json.h"

static const char help[] =
	"Usage: magslab-bench duel [OPTION]...\n"
	"Compare back-ends with the first one named, in many short rounds.\n"
	"\n"
	"  -b, --backend A,B,...    A is the reference (default: kmem_cache,magslab)\n"
	"  -w, --workload NAME[:N]  (default: pair); each has a duel of its own\n"
	"  -s, --size BYTES         object size (default: 64)\n"
	"      --packed             objects aligned as pointers are\n"
	"      --cpus N             CPUs that work at the same time (default: 1)\n"
	"      --gfp CLASS          kernel (default), atomic or nowait\n"
	"      --context CONTEXT    task (default), softirq or hardirq\n"
	"\n"
	"      --time SECONDS       of each workload's duel (default: 10)\n"
	"      --level PERCENT      confidence, 50 to 99.99 (default: 98)\n"
	"      --strict             bad conditions are an error\n"
	"      --blocks N           blocks per round, CPU and back-end\n"
	"      --block-ops N        operations per block\n"
	"      --seed N             of the first round; decides all others\n"
	"\n"
	"  -j, --json FILE          write all rounds to FILE too; with '-' to\n"
	"                           stdout, instead of tables\n"
	"  -q, --quiet              no tables, no progress\n"
	"  -h, --help, --version\n"
	"\n"
	"Exit codes: 0 done, whatever the verdicts; 1 a round failed, 2 bad option or\n"
	"value (nothing was run), 3 no device, 4 no permission, 5 bad conditions with\n"
	"--strict, 130 interrupted (the rounds until then are shown, as partial).\n";

static const struct syntax syntax = {
	.help = help,
	.groups = OPTIONS_WHAT | OPTIONS_HOW | OPTIONS_OUTPUT | OPTIONS_DUEL |
		  OPTIONS_LEVEL | OPTIONS_AXES,
};

struct session {
	struct options options;
	struct device device;
	struct fingerprint print;
	struct plan plan;
	struct json_object *duels;
	bool tables;
};

static void default_to(struct options *options)
{
	static const char names[][MAGSLAB_NAME_SIZE] = { "kmem_cache",
							 "magslab" };
	static const struct workload_choice pair = { .name = "pair" };

	if (!options->nr_backends) {
		memcpy(options->backends, names, sizeof(names));
		options->nr_backends = ARRAY_SIZE(names);
	}
	if (options->nr_backends < 2)
		quit(EXIT_USAGE, "--backend: a duel takes two at the least");
	if (!options->nr_workloads)
		options->workloads[options->nr_workloads++] = pair;
}

static int fight(struct session *session, const struct step *step)
{
	unsigned int conditions;
	struct duel duel;
	int code;

	code = duel_fight(&duel, &session->device, &session->plan, step,
			  &session->options);
	duel_judge(&duel, session->options.level);
	conditions = conditions_of(&duel, &session->device);
	if (session->tables && duel.nr_rounds)
		duel_print(&duel, conditions);
	json_object_array_add(session->duels, duel_json(&duel, conditions));
	duel_free(&duel);
	if (!code && conditions && session->options.strict) {
		complain("%s: bad conditions, and --strict",
			 step->workload->name);
		code = EXIT_CONDITIONS;
	}
	return code;
}

static int fight_all(struct session *session)
{
	int code = EXIT_OK;
	size_t i;

	runner_catch_signals();
	if (session->tables) {
		fingerprint_print(&session->print, stdout);
		printf("# duel: level %g %%, seed %llu\n",
		       session->options.level, session->options.seed);
	}
	for (i = 0; i < session->plan.nr_steps && !code; i++)
		code = fight(session, &session->plan.steps[i]);
	return code;
}

static int write_json(struct session *session, FILE *file)
{
	struct json_object *root = json_object_new_object();

	add(root, "schema", integer(1));
	add(root, "kind", text("duel"));
	add(root, "command", json_command());
	add(root, "fingerprint", json_fingerprint(&session->print));
	add(root, "level", rounded(session->options.level));
	add(root, "seed", integer(session->options.seed));
	add(root, "duels", session->duels);
	if (!json_print(root, file) && (file == stdout || !fclose(file)))
		return EXIT_OK;
	complain("--json: cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

static int run(struct session *session)
{
	const struct options *options = &session->options;
	FILE *json = NULL;
	int code;

	plan_make(&session->plan, options, &session->device);
	if (options->strict && conditions_debug(&session->device)) {
		complain("--strict: %s", condition_name(0));
		plan_free(&session->plan);
		return EXIT_CONDITIONS;
	}
	if (options->json)
		json = json_open(options->json);
	fingerprint_take(&session->print, &session->device);
	session->tables = !options->quiet && json != stdout;
	session->duels = json_object_new_array();
	code = fight_all(session);
	if (json && write_json(session, json))
		code = code ? code : EXIT_FAILED;
	if (!json)
		json_object_put(session->duels);
	plan_free(&session->plan);
	return code;
}

int cmd_duel(int argc, char **argv)
{
	struct session session = {};
	int code;

	options_parse(&session.options, &syntax, argc, argv);
	default_to(&session.options);
	device_open(&session.device);
	code = run(&session);
	device_close(&session.device);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/* All duels of a command, from the plan to the file. */
#include <errno.h>
#include <string.h>

#include "duel.h"
#include "json.h"

struct session {
	const struct options *options;
	const struct device *device;
	duel_printer print_duel;
	struct fingerprint print;
	struct plan plan;
	struct json_object *duels;
	bool tables;
};

static int fight(struct session *session, const struct step *step)
{
	unsigned int conditions;
	struct duel duel;
	int code;

	code = duel_fight(&duel, session->device, &session->plan, step,
			  session->options);
	duel_judge(&duel, session->options->level);
	conditions = conditions_of(&duel, session->device);
	if (session->tables && duel.nr_rounds)
		session->print_duel(&duel, conditions);
	json_object_array_add(session->duels, duel_json(&duel, conditions));
	duel_free(&duel);
	if (!code && conditions && session->options->strict) {
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
		       session->options->level, session->options->seed);
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
	add(root, "level", rounded(session->options->level));
	add(root, "seed", integer(session->options->seed));
	add(root, "duels", session->duels);
	if (!json_print(root, file) && (file == stdout || !fclose(file)))
		return EXIT_OK;
	complain("--json: cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

static int run(struct session *session)
{
	const struct options *options = session->options;
	FILE *json = NULL;
	int code;

	plan_make(&session->plan, options, session->device);
	if (options->strict && conditions_debug(session->device)) {
		complain("--strict: %s", condition_name(0));
		plan_free(&session->plan);
		return EXIT_CONDITIONS;
	}
	if (options->json)
		json = json_open(options->json);
	fingerprint_take(&session->print, session->device);
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

/**
 * duel_session - fight the duels of a command, show and write them
 * @options: checked as far as it can be without the device
 * @device: that measures
 * @print: shows one duel
 *
 * Return: an exit code. Ends the program, before anything is run, if the device does not
 * have what is asked for.
 */
int duel_session(const struct options *options, const struct device *device,
		 duel_printer print)
{
	struct session session = {
		.options = options,
		.device = device,
		.print_duel = print,
	};

	return run(&session);
}

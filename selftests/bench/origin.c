// SPDX-License-Identifier: GPL-2.0-only
/* On what, with which settings and how well a file's figures were taken. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "duel.h"
#include "html.h"
#include "json.h"
#include "page.h"

static struct json_object *print_of(const struct document *document)
{
	return document_object(document, document->root, "fingerprint");
}

static const char *text_of(struct json_object *print, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(print, name, &value) || !value)
		return "";
	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value) ? "yes" : "no";
	return json_object_get_string(value);
}

static bool is_on(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) &&
	       json_object_get_boolean(value);
}

/* The clock's own figures have its unit. */
static const char *unit_of(struct json_object *print, const char *name)
{
	if (strcmp(name, "clock_read") && strcmp(name, "clock_step"))
		return "";
	return strcmp(text_of(print, "clock"), "insn") ? " ns" :
							 " instructions";
}

static void put_line(FILE *to, struct json_object *print, const char *label,
		     const char *name)
{
	const char *value = text_of(print, name);

	html_row_begin(to, label);
	fputs("<td>", to);
	html_text(to, *value ? value : "not known");
	html_text(to, *value ? unit_of(print, name) : "");
	fputs("</td>", to);
	html_row_end(to);
}

/* Old files name none, which is not to say that none was on. */
static bool names_settings(struct json_object *print)
{
	return json_object_object_get_ex(print, trap_name(0), NULL);
}

static void put_settings(FILE *to, struct json_object *print)
{
	const char *none = names_settings(print) ? "none" : "not known";
	bool any = false;
	unsigned int bit;

	html_row_begin(to, "settings that cost");
	fputs("<td>", to);
	for (bit = 0; trap_name(bit); bit++) {
		if (!is_on(print, trap_name(bit)))
			continue;
		fprintf(to, "%s%s", any ? ", " : "", trap_name(bit));
		any = true;
	}
	fprintf(to, "%s</td>", any ? "" : none);
	html_row_end(to);
}

void origin_put(FILE *to, const struct document *document)
{
	static const struct {
		const char *label, *name;
	} lines[] = {
		{ "kernel", "kernel" },
		{ "built", "version" },
		{ "machine", "machine" },
		{ "cpu", "cpu" },
		{ "cpus online", "cpus" },
		{ "under a hypervisor", "hypervisor" },
		{ "clock", "clock" },
		{ "clock source", "clocksource" },
		{ "one reading of the clock", "clock_read" },
		{ "step of the clock", "clock_step" },
		{ "preemption", "preempt" },
		{ "kfence sample interval", "kfence_sample_interval" },
		{ "kernel command line", "cmdline" },
		{ "magslab-bench", "bench" },
	};
	struct json_object *print = print_of(document);
	size_t i;

	html_table_begin(to, "Fingerprint");
	html_column(to, "what", false);
	html_column(to, "value", false);
	html_table_rows(to);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		put_line(to, print, lines[i].label, lines[i].name);
	put_settings(to, print);
	html_table_end(to);
}

static const char counted[] =
	"The clock counts instructions: an emulated processor executes one in a fixed time.\n"
	"The figures repeat on any host, however busy, and say nothing of caches, of waiting\n"
	"for other CPUs or of time.\n";
static const char emulated[] =
	"The processor is emulated, and its time is the emulator's: these figures are no\n"
	"performance. Ratios within one file may tell something; nanoseconds do not.\n";
static const char uml[] =
	"This is User Mode Linux, a process of its host: code runs at native speed, but\n"
	"preemption, interrupts and page tables cost otherwise than on a machine. Compare\n"
	"within this file.\n";
static const char shared[] =
	"The clock tells time, on a virtual machine: what its host and its neighbours did\n"
	"meanwhile is in the figures, too.\n";
static const char native[] =
	"The clock tells time, of the machine and the settings above; another machine has\n"
	"other caches.\n";

/* What figures of this clock are, and are not. */
static const char *meaning(const struct document *document)
{
	struct json_object *print = print_of(document);
	const char *cpu = text_of(print, "cpu");

	if (!strcmp(document_text(document, print, "clock"), "insn"))
		return counted;
	if (strstr(cpu, "TCG"))
		return emulated;
	if (!strcmp(cpu, "UML"))
		return uml;
	return is_on(print, "hypervisor") ? shared : native;
}

void origin_put_clock(FILE *to, const struct document *document)
{
	fputs("<p class=\"note\">", to);
	html_text(to, meaning(document));
	fputs("</p>\n", to);
}

/*
 * === Conditions ===
 */

/* Items of a list that begins with the first of them. */
struct list {
	FILE *to;
	size_t nr;
};

__printf(2, 3) static void put_item(struct list *list, const char *format, ...)
{
	va_list arguments;
	char line[256];

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (!list->nr++)
		fputs("<ul>\n", list->to);
	html_element(list->to, "li", line);
}

static double count(struct json_object *object, const char *name)
{
	double value = document_maybe(object, name);

	return isfinite(value) ? value : 0;
}

#define LEFT_OUT \
	"%.64s, %.64s: %.0f of %.0f blocks were left out for a context switch or a wrong CPU"

static void list_result(struct list *list, const struct document *document,
			struct json_object *result)
{
	const char *workload = document_text(document, result, "workload");
	const char *backend = document_text(document, result, "backend");
	double dropped = count(result, "dropped");

	if (is_on(result, "partial"))
		put_item(list, "%.64s, %.64s: cut short by the time limit",
			 workload, backend);
	if (dropped)
		put_item(list, LEFT_OUT, workload, backend, dropped,
			 dropped + count(result, "blocks"));
}

static void list_skipped(struct list *list, const struct document *document,
			 struct json_object *one)
{
	put_item(list, "%.64s, %.64s: not measured: %.100s",
		 document_text(document, one, "workload"),
		 document_text(document, one, "backend"),
		 document_text(document, one, "reason"));
}

static void list_run(struct list *list, const struct document *document)
{
	struct json_object *all =
		document_array(document, document->root, "results");
	size_t i;

	for (i = 0; i < json_object_array_length(all); i++)
		list_result(list, document, json_object_array_get_idx(all, i));
	if (!json_object_object_get_ex(document->root, "skipped", &all))
		return;
	all = document_array(document, document->root, "skipped");
	for (i = 0; i < json_object_array_length(all); i++)
		list_skipped(list, document, json_object_array_get_idx(all, i));
}

static void list_duel(struct list *list, struct json_object *duel, size_t index)
{
	struct json_object *all, *one;
	size_t i;

	if (!json_object_object_get_ex(duel, "conditions", &all) ||
	    !json_object_is_type(all, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(all); i++) {
		one = json_object_array_get_idx(all, i);
		put_item(list, "duel %zu: %.200s", index + 1,
			 json_object_get_string(one));
	}
}

static void list_duels(struct list *list, const struct document *document)
{
	struct json_object *duels =
		document_array(document, document->root, "duels");
	size_t i;

	for (i = 0; i < json_object_array_length(duels); i++)
		list_duel(list, json_object_array_get_idx(duels, i), i);
}

static void list_sweep(struct list *list, const struct document *document)
{
	if (is_on(document->root, "partial"))
		put_item(list, "cut short: not all values were measured");
}

/* Duels say it themselves. */
static void list_debug(struct list *list, const struct document *document)
{
	struct json_object *print = print_of(document);
	unsigned int bit;
	__u64 traps = 0;

	for (bit = 0; trap_name(bit); bit++)
		traps |= (__u64)is_on(print, trap_name(bit)) << bit;
	if (document->kind != DOCUMENT_DUEL && conditions_are_debug(traps))
		put_item(list, "%s", condition_name(0));
}

static void list_kind(struct list *list, const struct document *document)
{
	switch (document->kind) {
	case DOCUMENT_RUN:
		list_run(list, document);
		break;
	case DOCUMENT_DUEL:
		list_duels(list, document);
		break;
	case DOCUMENT_SWEEP:
		list_sweep(list, document);
		break;
	}
}

void origin_put_conditions(FILE *to, const struct document *document)
{
	struct list list = { .to = to };

	list_debug(&list, document);
	list_kind(&list, document);
	fputs(list.nr ? "</ul>\n" : "<p>Nothing was out of order.</p>\n", to);
}

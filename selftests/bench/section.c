// SPDX-License-Identifier: GPL-2.0-only
/* All that a report says of one file. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "html.h"
#include "page.h"

const char *section_kind(const struct document *document)
{
	static const char *const names[] = {
		[DOCUMENT_RUN] = "Run",
		[DOCUMENT_DUEL] = "Duel",
		[DOCUMENT_SWEEP] = "Sweep",
	};

	return names[document->kind];
}

static bool is_plain(const char *word)
{
	const char *at = word;

	while (isalnum((unsigned char)*at) ||
	       (*at && strchr("@%+=:,./_-", *at)))
		at++;
	return *word && !*at;
}

/* As a shell takes it: within quotes, of which one inside ends them for itself. */
static void put_quoted(FILE *to, char *word)
{
	const char *part;

	html_text(to, "'");
	while ((part = strsep(&word, "'"))) {
		html_text(to, part);
		html_text(to, word ? "'\\''" : "'");
	}
}

static void put_word(FILE *to, const char *word)
{
	char *copy = strdup(word);

	if (!copy)
		quit(EXIT_FAILED, "out of memory");
	if (is_plain(word))
		html_text(to, word);
	else
		put_quoted(to, copy);
	free(copy);
}

static const char *word_at(const struct document *document,
			   struct json_object *command, size_t index)
{
	struct json_object *word = json_object_array_get_idx(command, index);

	if (!json_object_is_type(word, json_type_string))
		quit(EXIT_USAGE, "%s: command: not of strings", document->path);
	return json_object_get_string(word);
}

void section_command(FILE *to, const struct document *document,
		     struct json_object *command)
{
	size_t i;

	fputs("<pre><code>", to);
	for (i = 0; i < json_object_array_length(command); i++) {
		if (i)
			fputc(' ', to);
		put_word(to, word_at(document, command, i));
	}
	fputs("</code></pre>\n", to);
}

static void put_reproduce(FILE *to, const struct document *document)
{
	static const char unknown[] =
		"The command is not known: the file was written before it was recorded.";
	struct json_object *command;

	html_element(to, "h3", "To do it again");
	if (!json_object_object_get_ex(document->root, "command", &command)) {
		html_element(to, "p", unknown);
		return;
	}
	command = document_array(document, document->root, "command");
	section_command(to, document, command);
}

static struct json_object *print_of(const struct document *document)
{
	return document_object(document, document->root, "fingerprint");
}

/* The first of the files that was made on the same machine, as it was booted. */
static size_t first_alike(const struct document *documents, size_t index)
{
	struct json_object *print = print_of(&documents[index]);
	size_t i;

	for (i = 0; i < index; i++)
		if (json_object_equal(print, print_of(&documents[i])))
			break;
	return i;
}

static void put_origin(FILE *to, const struct document *documents, size_t index)
{
	size_t first = first_alike(documents, index);

	html_element(to, "h3", "Measured on");
	if (first == index)
		origin_put(to, &documents[index]);
	else
		fprintf(to,
			"<p>The same machine and settings as <a href=\"#file-%zu\">above</a>.</p>\n",
			first + 1);
	origin_put_clock(to, &documents[index]);
	html_element(to, "h3", "Conditions");
	origin_put_conditions(to, &documents[index]);
}

static void put_results(FILE *to, const struct document *document, size_t index)
{
	struct chart **charts;
	size_t nr = charts_of(document, &charts);
	size_t i;

	for (i = 0; i < nr; i++) {
		html_element(to, "h3", charts[i]->title);
		figure_put(to, charts[i], index, i);
		tables_put(to, document, charts[i], i);
	}
	charts_free(charts, nr);
	tables_put_all(to, document);
}

void section_put(FILE *to, const struct document *documents, size_t index)
{
	fprintf(to, "<section id=\"file-%zu\">\n<h2>%s: ", index + 1,
		section_kind(&documents[index]));
	html_text(to, basename(documents[index].path));
	fputs("</h2>\n", to);
	put_origin(to, documents, index);
	put_results(to, &documents[index], index);
	put_reproduce(to, &documents[index]);
	fputs("</section>\n", to);
}

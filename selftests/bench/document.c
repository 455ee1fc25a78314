// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of results. Whatever is wrong with one is told by the file's name and
 * the member's, and ends the program as any bad argument does.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "message.h"

/* A full run is some hundred KiB, a duel of an hour a few MiB. */
#define MAX_DOCUMENT (64UL * 1024 * 1024)

static const char *const kinds[] = {
	[DOCUMENT_RUN] = "run",
	[DOCUMENT_DUEL] = "duel",
	[DOCUMENT_SWEEP] = "sweep",
};

/* The whole file, with a terminating NUL. */
static char *slurp(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *content;

	if (!file)
		quit(EXIT_USAGE, "%s: %s", path, strerror(errno));
	content = allocate(MAX_DOCUMENT + 1, 1);
	*size = fread(content, 1, MAX_DOCUMENT, file);
	if (ferror(file))
		quit(EXIT_USAGE, "%s: %s", path, strerror(errno));
	if (*size == MAX_DOCUMENT)
		quit(EXIT_USAGE, "%s: larger than %lu bytes", path,
		     MAX_DOCUMENT);
	fclose(file);
	return content;
}

static struct json_object *parse(const char *path)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root;
	size_t size;
	char *content;

	if (!tokener)
		quit(EXIT_FAILED, "out of memory");
	content = slurp(path, &size);
	/* With the NUL, by which a number at the end is known to end. */
	root = json_tokener_parse_ex(tokener, content, size + 1);
	if (!root)
		quit(EXIT_USAGE, "%s: not JSON, at byte %zu: %s", path,
		     json_tokener_get_parse_end(tokener),
		     json_tokener_error_desc(json_tokener_get_error(tokener)));
	json_tokener_free(tokener);
	free(content);
	return root;
}

/* A run's says nothing of its kind. */
static enum document_kind kind_of(const struct document *document)
{
	struct json_object *kind;
	size_t i;

	if (!json_object_object_get_ex(document->root, "kind", &kind))
		return DOCUMENT_RUN;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(json_object_get_string(kind), kinds[i]))
			return i;
	quit(EXIT_USAGE, "%s: kind: '%s' is not known", document->path,
	     json_object_get_string(kind));
}

/* Reads a file of results, or ends the program. document_free() it. */
void document_load(struct document *document, const char *path)
{
	*document = (struct document){ .path = path, .root = parse(path) };

	if (!json_object_is_type(document->root, json_type_object))
		quit(EXIT_USAGE, "%s: not a result of magslab-bench", path);
	if (document_number(document, document->root, "schema") != 1)
		quit(EXIT_USAGE, "%s: schema: only 1 is known", path);
	document->kind = kind_of(document);
	document_object(document, document->root, "fingerprint");
}

void document_free(struct document *document)
{
	json_object_put(document->root);
}

static struct json_object *member(const struct document *document,
				  struct json_object *object, const char *name,
				  json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value))
		quit(EXIT_USAGE, "%s: %s: missing", document->path, name);
	if (!json_object_is_type(value, type))
		quit(EXIT_USAGE, "%s: %s: not a %s", document->path, name,
		     json_type_to_name(type));
	return value;
}

const char *document_text(const struct document *document,
			  struct json_object *object, const char *name)
{
	struct json_object *value;

	value = member(document, object, name, json_type_string);
	return json_object_get_string(value);
}

/* A number, or NAN for null: what was not measured. */
static double number(struct json_object *value)
{
	if (json_object_is_type(value, json_type_double) ||
	    json_object_is_type(value, json_type_int))
		return json_object_get_double(value);
	return NAN;
}

double document_number(const struct document *document,
		       struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value))
		quit(EXIT_USAGE, "%s: %s: missing", document->path, name);
	if (value && isnan(number(value)))
		quit(EXIT_USAGE, "%s: %s: not a number", document->path, name);
	return number(value);
}

struct json_object *document_array(const struct document *document,
				   struct json_object *object, const char *name)
{
	return member(document, object, name, json_type_array);
}

struct json_object *document_object(const struct document *document,
				    struct json_object *object,
				    const char *name)
{
	return member(document, object, name, json_type_object);
}

double document_maybe(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value))
		return NAN;
	return number(value);
}

/* NAN where there is no such element, or no number. */
double document_element(struct json_object *array, size_t index)
{
	return number(json_object_array_get_idx(array, index));
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A result that was written by --json, read again. */
#ifndef MAGSLAB_BENCH_DOCUMENT_H
#define MAGSLAB_BENCH_DOCUMENT_H

#include <stddef.h>

#include "json.h"

enum document_kind {
	DOCUMENT_RUN,
	DOCUMENT_DUEL,
	DOCUMENT_SWEEP,
};

struct document {
	const char *path;
	struct json_object *root;
	enum document_kind kind;
};

void document_load(struct document *document, const char *path);
void document_free(struct document *document);

/* Members that have to be there, and of a type; else the program ends. */
const char *document_text(const struct document *document,
			  struct json_object *object, const char *name);
double document_number(const struct document *document,
		       struct json_object *object, const char *name);
struct json_object *document_array(const struct document *document,
				   struct json_object *object,
				   const char *name);
struct json_object *document_object(const struct document *document,
				    struct json_object *object,
				    const char *name);
/* NAN where there is no such member, or no number. */
double document_maybe(struct json_object *object, const char *name);
double document_element(struct json_object *array, size_t index);

#endif /* MAGSLAB_BENCH_DOCUMENT_H */

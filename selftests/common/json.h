/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON documents are built and written with these. */
#ifndef MAGSLAB_COMMON_JSON_H
#define MAGSLAB_COMMON_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static inline void add(struct json_object *to, const char *name,
		       struct json_object *value)
{
	json_object_object_add(to, name, value);
}

static inline struct json_object *text(const char *value)
{
	return json_object_new_string(value);
}

static inline struct json_object *integer(uint64_t value)
{
	return json_object_new_uint64(value);
}

static inline struct json_object *boolean(bool value)
{
	return json_object_new_boolean(value);
}

struct json_object *rounded(double value);
struct json_object *number_or_null(double value);
int json_print(struct json_object *root, FILE *file);

#endif /* MAGSLAB_COMMON_JSON_H */

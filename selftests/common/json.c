// SPDX-License-Identifier: GPL-2.0-only
/* JSON documents, as people can read them too. */
#include <math.h>

#include "json.h"

/* With three decimals, which is more than any measurement is worth. */
struct json_object *rounded(double value)
{
	char digits[64];

	snprintf(digits, sizeof(digits), "%.3f", value);
	return json_object_new_double_s(value, digits);
}

/* Null, if it is not finite: JSON has no such numbers. */
struct json_object *number_or_null(double value)
{
	return isfinite(value) ? json_object_new_double(value) : NULL;
}

/* Returns 0, or -1 with errno. Drops the document. */
int json_print(struct json_object *root, FILE *file)
{
	fputs(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY),
	      file);
	fputc('\n', file);
	json_object_put(root);
	return fflush(file) || ferror(file) ? -1 : 0;
}

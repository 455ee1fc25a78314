// SPDX-License-Identifier: GPL-2.0-only
/* Live bytes over time, in a few characters. */
#include <string.h>

#include "message.h"
#include "sample.h"

static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄",
				      "▅", "▆", "▇", "█" };
static const char *const letters[] = { " ", "_", ".", "-", "=",
				       "+", "*", "%", "#" };

/* @before: may be NULL. */
void spark_add(struct spark *spark, const struct spark *before, int64_t value)
{
	size_t kept = before ? before->nr : 0;

	if (kept == SPARK_LENGTH)
		kept--;
	if (before)
		memcpy(spark->values, &before->values[before->nr - kept],
		       kept * sizeof(*spark->values));
	spark->values[kept] = value;
	spark->nr = kept + 1;
}

/* From 0, which is blank, to the most that is shown, which is full. */
static size_t height(int64_t value, int64_t most)
{
	size_t levels = ARRAY_SIZE(blocks) - 1;

	if (value <= 0)
		return 0;
	return 1 + (size_t)((double)(levels - 1) * value / most);
}

/* @text: room for @width characters of 3 bytes, and the end. */
void spark_print(const struct spark *spark, size_t width, bool utf8, char *text)
{
	const char *const *steps = utf8 ? blocks : letters;
	size_t first = spark->nr > width ? spark->nr - width : 0, i;
	int64_t most = 0;

	for (i = first; i < spark->nr; i++)
		if (spark->values[i] > most)
			most = spark->values[i];
	for (i = 0; i < width - (spark->nr - first); i++)
		*text++ = ' ';
	for (i = first; i < spark->nr; i++)
		text = stpcpy(text, steps[height(spark->values[i], most)]);
	*text = '\0';
}

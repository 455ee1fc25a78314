// SPDX-License-Identifier: GPL-2.0-only
/* A tree of the C library's. */
#include <search.h>
#include <stdlib.h>

#include "lives.h"
#include "message.h"

struct life {
	uint64_t key;
	uint32_t object;
};

static int compare(const void *a, const void *b)
{
	const struct life *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Returns whether another object had this key, which is then gone. */
bool lives_put(struct lives *lives, uint64_t key, uint32_t object,
	       uint32_t *before)
{
	struct life *life = allocate(1, sizeof(*life));
	struct life **found;

	life->key = key;
	life->object = object;
	found = tsearch(life, &lives->root, compare);
	if (!found)
		quit(EXIT_FAILED, "out of memory");
	if (*found == life)
		return false;
	*before = (*found)->object;
	(*found)->object = object;
	free(life);
	return true;
}

/* Returns whether there was an object of this key, which is then gone. */
bool lives_take(struct lives *lives, uint64_t key, uint32_t *object)
{
	struct life wanted = { .key = key };
	struct life **found = tfind(&wanted, &lives->root, compare);
	struct life *life;

	if (!found)
		return false;
	life = *found;
	*object = life->object;
	tdelete(life, &lives->root, compare);
	free(life);
	return true;
}

void lives_free(struct lives *lives)
{
	tdestroy(lives->root, free);
	lives->root = NULL;
}

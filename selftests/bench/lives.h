/* SPDX-License-Identifier: GPL-2.0-only */
/* Which objects live, by what the kernel tells them apart by. */
#ifndef MAGSLAB_BENCH_LIVES_H
#define MAGSLAB_BENCH_LIVES_H

#include <stdbool.h>
#include <stdint.h>

struct lives {
	void *root;
};

bool lives_put(struct lives *lives, uint64_t key, uint32_t object,
	       uint32_t *before);
bool lives_take(struct lives *lives, uint64_t key, uint32_t *object);
void lives_free(struct lives *lives);

#endif /* MAGSLAB_BENCH_LIVES_H */

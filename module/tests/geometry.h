/* SPDX-License-Identifier: GPL-2.0-only */
/* The sizes and alignments that every suite goes through. */
#ifndef MAGSLAB_TESTS_GEOMETRY_H
#define MAGSLAB_TESTS_GEOMETRY_H

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "alloc/layout.h"

/* Of a cache that nobody watches. */
static const struct magslab_extra no_extra __maybe_unused;

struct geometry {
	size_t size;
	size_t align;
};

/* Both ends, both sides of each turn in the code, and some in between. */
static const struct geometry geometries[] = {
	{ 8, 0 },	{ 8, 16 },	     { 9, 0 },
	{ 15, 8 },	{ 16, 16 },	     { 17, 0 },
	{ 24, 0 },	{ 33, 4 },	     { 48, 0 },
	{ 63, 0 },	{ 64, 0 },	     { 64, 64 },
	{ 65, 64 },	{ 72, 0 },	     { 96, 32 },
	{ 100, 128 },	{ 192, 0 },	     { 200, 64 },
	{ 256, 256 },	{ 264, 0 },	     { 400, 0 },
	{ 512, 512 },	{ 700, 0 },	     { 1000, 0 },
	{ 1024, 1024 }, { 1500, 0 },	     { 2000, 2048 },
	{ 2048, 0 },	{ 3000, 0 },	     { 3000, PAGE_SIZE },
	{ 4095, 0 },	{ 4096, PAGE_SIZE }, { 4097, 0 },
	{ 5000, 0 },	{ 8192, 0 },	     { 9000, 64 },
	{ 16384, 0 },	{ 20000, 0 },	     { 32768, 0 },
	{ 33000, 0 },	{ 65535, 0 },	     { 65536, PAGE_SIZE },
};

static inline void geometry_name(const struct geometry *g, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "size %zu align %zu", g->size,
		 g->align);
}

KUNIT_ARRAY_PARAM(geometry, geometries, geometry_name);

#endif /* MAGSLAB_TESTS_GEOMETRY_H */

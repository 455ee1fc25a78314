// SPDX-License-Identifier: GPL-2.0-only
/*
 * malloc-bench: the loops of magslab's benchmark around malloc() and free() of
 * whatever library is preloaded, for a comparison with what user space gets.
 *
 *	LD_PRELOAD=libjemalloc.so.2 malloc-bench [calloc]
 *
 * The first line names the library, each other one a row, the least and the
 * median of block means, in nanoseconds per operation. With calloc, objects are
 * zeroed, as a kernel with init_on_alloc does it.
 *
 * Nothing here is shared with anybody: one thread, and no system call but those
 * that the library makes to get memory.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OBJECT_SIZE 64
#define BLOCK_OPS 16384
#define MAX_COUNT 65536
#define NR_BLOCKS 64
#define WARM_UP 8

#define __noreturn __attribute__((__noreturn__))

static void *objects[MAX_COUNT];
static double blocks[NR_BLOCKS];

static void __noreturn quit(const char *why)
{
	fprintf(stderr, "malloc-bench: %s\n", why);
	exit(1);
}

/* As in the kernel: somebody looks at the object, and at all of memory. */
static __always_inline void *keep(void *object)
{
	asm volatile("" : "+r"(object) : : "memory");
	return object;
}

static __always_inline void *alloc_one(bool zeroed)
{
	void *object =
		keep(zeroed ? calloc(1, OBJECT_SIZE) : malloc(OBJECT_SIZE));

	if (__builtin_expect(!object, 0))
		quit("out of memory");
	return object;
}

static __always_inline void pairs(bool zeroed, size_t nr)
{
	while (nr--)
		free(alloc_one(zeroed));
}

static __always_inline void allocs(bool zeroed, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		objects[i] = alloc_one(zeroed);
}

/* Each of them twice, so that no loop tests what does not change in it. */
static void malloc_pairs(size_t nr)
{
	pairs(false, nr);
}

static void calloc_pairs(size_t nr)
{
	pairs(true, nr);
}

static void malloc_allocs(size_t nr)
{
	allocs(false, nr);
}

static void calloc_allocs(size_t nr)
{
	allocs(true, nr);
}

static void frees(size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		free(keep(objects[i]));
}

struct calls {
	void (*pairs)(size_t nr);
	void (*allocs)(size_t nr);
};

static const struct calls malloc_calls = { malloc_pairs, malloc_allocs };
static const struct calls calloc_calls = { calloc_pairs, calloc_allocs };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_row(const char *name, double *values)
{
	qsort(values, NR_BLOCKS, sizeof(*values), compare);
	printf("%s %.3f %.3f\n", name, values[0], values[NR_BLOCKS / 2 - 1]);
}

static void measure_pair(const struct calls *calls)
{
	int i;

	for (i = -WARM_UP; i < NR_BLOCKS; i++) {
		double start = now();

		calls->pairs(BLOCK_OPS);
		if (i >= 0)
			blocks[i] = (now() - start) / BLOCK_OPS;
	}
	print_row("pair", blocks);
}

static void measure_burst(const struct calls *calls, size_t count)
{
	size_t rounds = count < BLOCK_OPS ? BLOCK_OPS / count : 1;
	char name[32];
	size_t round;
	int i;

	for (i = -WARM_UP; i < NR_BLOCKS; i++) {
		double start = now();

		for (round = 0; round < rounds; round++) {
			calls->allocs(count);
			frees(count);
		}
		if (i >= 0)
			blocks[i] = (now() - start) / (rounds * count);
	}
	snprintf(name, sizeof(name), "burst-%zu", count);
	print_row(name, blocks);
}

/* Xorshift, of Marsaglia: any order will do that is no order. */
static uint64_t random_number(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void shuffle(size_t nr)
{
	while (nr > 1) {
		size_t other = random_number() % nr--;
		void *object = objects[nr];

		objects[nr] = objects[other];
		objects[other] = object;
	}
}

static void measure_shuffled(const struct calls *calls)
{
	static double alloc_blocks[NR_BLOCKS];
	double start, middle;
	int i;

	calls->allocs(BLOCK_OPS);
	for (i = -WARM_UP; i < NR_BLOCKS; i++) {
		shuffle(BLOCK_OPS);
		start = now();
		frees(BLOCK_OPS);
		middle = now();
		calls->allocs(BLOCK_OPS);
		if (i < 0)
			continue;
		alloc_blocks[i] = (now() - middle) / BLOCK_OPS;
		blocks[i] = (middle - start) / BLOCK_OPS;
	}
	frees(BLOCK_OPS);
	print_row("shuffled-free", blocks);
	print_row("shuffled-alloc", alloc_blocks);
}

/* A library that could not be preloaded is left out with a mere warning. */
static void print_library(void)
{
	Dl_info info;

	if (!dladdr(dlsym(RTLD_DEFAULT, "malloc"), &info) || !info.dli_fname)
		quit("cannot tell whose malloc() this is");
	printf("library %s\n", info.dli_fname);
}

int main(int argc, char **argv)
{
	const struct calls *calls = &malloc_calls;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "calloc")))
		quit("usage: malloc-bench [calloc]");
	if (argc == 2)
		calls = &calloc_calls;
	print_library();
	measure_pair(calls);
	measure_burst(calls, 16);
	measure_burst(calls, 256);
	measure_burst(calls, 4096);
	measure_burst(calls, 65536);
	measure_shuffled(calls);
	return fflush(stdout) ? 1 : 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace: what a kernel allocated and freed, as a recording yields it, as a file
 * keeps it and as a replay repeats it.
 *
 * A file is 16 bytes, "MAGSLABT", the version and zero, and then sections; all numbers
 * are little-endian. A section is a kind, its bytes, how many they are compressed, and
 * their CRC-32 before, of four bytes each, and then the bytes, compressed as zlib does:
 *
 *  1 about	JSON: where the trace comes from
 *  2 caches	of each: number of bytes, length of name, name
 *  3 events	as trace_code.h has them; as many such sections as are needed
 *  4 end	number of events, of allocations, and of frees that were not seen
 *
 * Numbers within sections are of seven bits a byte, least first, with the eighth bit
 * set if there are more.
 */
#ifndef MAGSLAB_BENCH_TRACE_H
#define MAGSLAB_BENCH_TRACE_H

#include <linux/magslab.h>
#include <stdbool.h>
#include <stddef.h>

#define TRACE_MAGIC "MAGSLABT"
#define TRACE_VERSION 1
#define TRACE_MAX_EVENTS 0x1000000
#define TRACE_MAX_CACHES 1024
/* Of one section, before compression. */
#define TRACE_MAX_SECTION 0x100000

enum {
	SECTION_ABOUT = 1,
	SECTION_CACHES,
	SECTION_EVENTS,
	SECTION_END,
};

/* A cache of the recorded kernel. The first is that of kmalloc(), without a size. */
struct trace_cache {
	char name[MAGSLAB_NAME_SIZE];
	__u32 bytes;
};

/* Objects are numbered as they are allocated. */
struct trace_event {
	__u64 ns;
	__u32 object;
	__u32 bytes; /* 0 for a free */
	__u16 cpu;
	__u16 cache; /* of an allocation */
	__u8 context; /* MAGSLAB_CONTEXT_* */
	bool is_free;
	bool unseen; /* a free that must have been, before its object came again */
	bool may_block;
};

struct trace {
	char *about;
	struct trace_cache *caches;
	size_t nr_caches;
	struct trace_event *events;
	size_t nr_events;
	__u32 nr_objects;
	size_t nr_unseen;
};

/* trace.c */
void trace_begin(struct trace *trace);
struct trace_event *trace_add(struct trace *trace);
__u32 trace_cpus(const struct trace *trace);
size_t trace_crossings(const struct trace *trace);
void trace_free(struct trace *trace);

/* trace_write.c: returns an exit code */
int trace_write(const struct trace *trace, const char *path);

/* trace_read.c: ends the program if the file is not right, and says where */
void trace_read(struct trace *trace, const char *path);

#endif /* MAGSLAB_BENCH_TRACE_H */

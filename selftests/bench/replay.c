// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a trace to what the kernel replays. Objects of a cache are a class; those of
 * kmalloc() are in a class with all that the kernel would round up to the same size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "replay.h"

/* A kernel takes no more. */
#define MAX_CLASSES 1024

/* What kmalloc() rounds up to, as far as that is not a power of two. */
static __u32 kmalloc_bytes(__u32 bytes)
{
	__u32 size = 8;

	if (bytes > 64 && bytes <= 96)
		return 96;
	if (bytes > 128 && bytes <= 192)
		return 192;
	while (size < bytes)
		size *= 2;
	return size;
}

static __u16 add_class(struct replay *replay, __u32 bytes)
{
	if (replay->nr_classes == MAX_CLASSES)
		quit(EXIT_USAGE, "the trace has more than %d kinds of object",
		     MAX_CLASSES);
	replay->classes[replay->nr_classes] = bytes;
	return replay->nr_classes++;
}

/* Of each cache with a size of its own, and of each size without. */
struct class_maps {
	__u16 of_cache[TRACE_MAX_CACHES];
	__u16 of_log2[64];
	__u16 of_96;
	__u16 of_192;
};

#define NO_CLASS 0xffff

static __u16 *place_of(struct class_maps *maps, const struct trace *trace,
		       const struct trace_event *event, __u32 bytes)
{
	if (trace->caches[event->cache].bytes)
		return &maps->of_cache[event->cache];
	if (bytes == 96)
		return &maps->of_96;
	if (bytes == 192)
		return &maps->of_192;
	return &maps->of_log2[__builtin_ctz(bytes)];
}

/* Returns NO_CLASS for what is larger than any back-end can have. */
static __u16 class_of(struct replay *replay, struct class_maps *maps,
		      const struct trace *trace,
		      const struct trace_event *event, __u64 max_bytes)
{
	__u32 bytes = event->bytes;
	__u16 *place;

	if (bytes > max_bytes)
		return NO_CLASS;
	if (!trace->caches[event->cache].bytes)
		bytes = kmalloc_bytes(bytes);
	if (bytes > max_bytes)
		return NO_CLASS;
	place = place_of(maps, trace, event, bytes);
	if (*place == NO_CLASS)
		*place = add_class(replay, bytes);
	return *place;
}

static void add_step(struct replay *replay, const struct trace_event *event,
		     __u32 object, __u16 class)
{
	replay->steps[replay->nr_steps++] = (struct magslab_step){
		.ns = event->ns,
		.object = object,
		.cpu = event->cpu,
		.size_class = class,
	};
}

/* Numbers of objects have no gaps where one was left out. */
static void add_steps(struct replay *replay, const struct trace *trace,
		      __u32 *number_of, __u64 max_bytes)
{
	struct class_maps maps;
	__u32 next = 0;
	size_t i;

	memset(&maps, 0xff, sizeof(maps));
	for (i = 0; i < trace->nr_events; i++) {
		const struct trace_event *event = &trace->events[i];
		__u16 *class = &replay->class_of[event->object];

		if (!event->is_free) {
			*class = class_of(replay, &maps, trace, event,
					  max_bytes);
			if (*class == NO_CLASS) {
				replay->nr_left_out++;
				continue;
			}
			number_of[event->object] = next++;
			add_step(replay, event, number_of[event->object],
				 *class);
		} else if (*class != NO_CLASS) {
			add_step(replay, event, number_of[event->object],
				 MAGSLAB_STEP_FREE);
		}
	}
}

void replay_make(struct replay *replay, const struct trace *trace,
		 __u64 max_bytes)
{
	__u32 *number_of = allocate(trace->nr_objects + 1, sizeof(__u32));

	*replay = (struct replay){
		.steps = allocate(trace->nr_events + 1, sizeof(*replay->steps)),
		.classes = allocate(MAX_CLASSES, sizeof(__u32)),
		.class_of = allocate(trace->nr_objects + 1, sizeof(__u16)),
		.fd = -1,
	};
	add_steps(replay, trace, number_of, max_bytes);
	free(number_of);
}

static int load_failed(int error, const struct magslab_trace *trace)
{
	switch (error) {
	case ENOMEM:
		complain("the trace would take over a quarter of free memory");
		return EXIT_FAILED;
	case EPERM:
		complain("no permission to replay: it takes CAP_SYS_ADMIN");
		return EXIT_NO_PERMISSION;
	case EILSEQ:
		complain("step %llu of the trace cannot follow those before it",
			 trace->bad_step);
		return EXIT_USAGE;
	case EINTR:
		complain("interrupted");
		return EXIT_INTERRUPTED;
	default:
		complain("cannot load the trace: %s", strerror(error));
		return EXIT_FAILED;
	}
}

/* Returns an exit code. */
int replay_load(struct replay *replay, const struct device *device)
{
	struct magslab_trace trace = {
		.size = sizeof(trace),
		.nr_classes = replay->nr_classes,
		.nr_steps = replay->nr_steps,
		.steps = (uintptr_t)replay->steps,
		.classes = (uintptr_t)replay->classes,
	};

	if (!replay->nr_steps) {
		complain("the trace has nothing to replay");
		return EXIT_USAGE;
	}
	replay->fd = ioctl(device->fd, MAGSLAB_IOC_LOAD, &trace);
	return replay->fd < 0 ? load_failed(errno, &trace) : EXIT_OK;
}

/* What is live after each block of steps, by the trace. */
static void count_step(const struct replay *replay, size_t nr,
		       const __u16 *class_of, struct magslab_point *live)
{
	const struct magslab_step *step = &replay->steps[nr];
	__u32 bytes = replay->classes[class_of[step->object]];

	live->steps = nr + 1;
	if (step->size_class == MAGSLAB_STEP_FREE) {
		live->objects--;
		live->bytes -= bytes;
	} else {
		live->objects++;
		live->bytes += bytes;
	}
}

/**
 * replay_expect - what a replay must have seen
 * @replay: what was replayed
 * @points: filled in, but for what was held
 * @nr_points: how many there are
 * @block: steps from one to the next
 *
 * Return: whether there are as many points as the trace has.
 */
bool replay_expect(const struct replay *replay, struct magslab_point *points,
		   size_t nr_points, size_t block)
{
	__u16 *class_of = allocate(replay->nr_steps + 1, sizeof(__u16));
	struct magslab_point live = {};
	size_t i, nr = 0;

	for (i = 0; i < replay->nr_steps && nr < nr_points; i++) {
		if (replay->steps[i].size_class != MAGSLAB_STEP_FREE)
			class_of[replay->steps[i].object] =
				replay->steps[i].size_class;
		count_step(replay, i, class_of, &live);
		if ((i + 1) % block == 0 || i + 1 == replay->nr_steps)
			points[nr++] = live;
	}
	free(class_of);
	return nr == nr_points && i == replay->nr_steps;
}

void replay_free(struct replay *replay)
{
	if (replay->fd >= 0)
		close(replay->fd);
	free(replay->steps);
	free(replay->classes);
	free(replay->class_of);
}

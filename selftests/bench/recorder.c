// SPDX-License-Identifier: GPL-2.0-only
/*
 * From what the kernel tells to a trace: events of all CPUs are brought into order,
 * and what the kernel cannot see is put right. An object that is allocated while it
 * lives has been freed without an event, which is put in before; a free of what does
 * not live is of an object that was there before the recording, or was not wanted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "recorder.h"

#define READ_EVENTS 8192
#define KERNEL_CACHES 0x10000

static int record_failed(int error)
{
	switch (error) {
	case EBUSY:
		complain("another recording is going on");
		return EXIT_FAILED;
	case EPERM:
		complain("no permission to record: it takes CAP_SYS_ADMIN");
		return EXIT_NO_PERMISSION;
	case ENOMEM:
		complain("--buffer: it takes over a quarter of free memory");
		return EXIT_USAGE;
	case EOPNOTSUPP:
		complain("--cache: caches have no names on this kernel");
		return EXIT_USAGE;
	case EINVAL:
		complain("--on-cpu: none of these CPUs is there");
		return EXIT_USAGE;
	case ENOTTY:
		complain("the module cannot record; it is an older one");
		return EXIT_NO_DEVICE;
	default:
		complain("cannot record: %s", strerror(error));
		return EXIT_FAILED;
	}
}

void recorder_begin(struct recorder *recorder, const struct device *device,
		    const struct options *options, struct trace *trace)
{
	struct magslab_record record = {
		.size = sizeof(record),
		.events = options->buffer,
		.task = options->task,
		.min_bytes = options->min_bytes,
		.max_bytes = options->max_bytes,
	};

	*recorder = (struct recorder){
		.trace = trace,
		.most = options->events,
		.next = 1,
		.cache_of = allocate(KERNEL_CACHES, sizeof(__u16)),
	};
	if (options->cache)
		strcpy(record.cache, options->cache);
	if (options->nr_on_cpus) {
		record.cpus = (uintptr_t)options->on_cpus;
		record.cpus_size = sizeof(options->on_cpus);
	}
	recorder->fd = ioctl(device->fd, MAGSLAB_IOC_RECORD, &record);
	if (recorder->fd < 0)
		exit(record_failed(errno));
	fcntl(recorder->fd, F_SETFL, O_NONBLOCK);
}

/* What a cache that is new to the trace is called. */
static void name_cache(const struct recorder *recorder, __u16 index,
		       struct trace_cache *cache)
{
	struct magslab_record_cache told = {
		.size = sizeof(told),
		.index = index,
	};

	if (index == MAGSLAB_CACHE_OTHER) {
		strcpy(cache->name, "other");
	} else if (!ioctl(recorder->fd, MAGSLAB_IOC_RECORD_CACHE, &told)) {
		memcpy(cache->name, told.name, sizeof(cache->name));
		cache->bytes = told.bytes;
	}
}

static __u16 cache_of(struct recorder *recorder, __u16 index)
{
	struct trace *trace = recorder->trace;

	if (index == MAGSLAB_CACHE_KMALLOC)
		return 0;
	/* The kernel tells fewer apart than there is room for. */
	if (!recorder->cache_of[index]) {
		name_cache(recorder, index, &trace->caches[trace->nr_caches]);
		recorder->cache_of[index] = trace->nr_caches++;
	}
	return recorder->cache_of[index];
}

static struct trace_event *add_event(struct recorder *recorder,
				     const struct magslab_event *from)
{
	struct trace *trace = recorder->trace;
	struct trace_event *event = trace_add(trace);

	event->ns = from->ns;
	/* The clock is not the same on all CPUs to the nanosecond; the order is. */
	if (trace->nr_events > 1 && event->ns < event[-1].ns)
		event->ns = event[-1].ns;
	event->cpu = from->cpu;
	event->context = from->context;
	return event;
}

static void add_free(struct recorder *recorder,
		     const struct magslab_event *from, __u32 object,
		     bool unseen)
{
	struct trace_event *event = add_event(recorder, from);

	event->is_free = true;
	event->object = object;
	event->unseen = unseen;
	recorder->trace->nr_unseen += unseen;
}

static void on_alloc(struct recorder *recorder,
		     const struct magslab_event *from)
{
	struct trace *trace = recorder->trace;
	__u32 object = trace->nr_objects++;
	struct trace_event *event;
	__u32 before;

	if (lives_put(&recorder->lives, from->object, object, &before))
		add_free(recorder, from, before, true);
	event = add_event(recorder, from);
	event->object = object;
	event->bytes = from->bytes;
	event->cache = cache_of(recorder, from->cache);
	event->may_block = from->flags & MAGSLAB_EVENT_MAY_BLOCK;
}

static void on_free(struct recorder *recorder, const struct magslab_event *from)
{
	__u32 object;

	if (lives_take(&recorder->lives, from->object, &object))
		add_free(recorder, from, object, false);
	else
		recorder->strangers++;
}

/* An allocation may take two events of the trace. */
static bool is_full(const struct recorder *recorder)
{
	return recorder->trace->nr_events + 2 > recorder->most;
}

static int compare(const void *a, const void *b)
{
	const struct magslab_event *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

/* Whether an event comes next, and there is room for what it takes. */
static bool is_next(const struct recorder *recorder,
		    const struct magslab_event *event)
{
	return event->order == recorder->next && !is_full(recorder);
}

/* Those that nothing can come before any more. */
static void take_in(struct recorder *recorder)
{
	struct magslab_event *pending = recorder->pending;
	size_t i = 0;

	qsort(pending, recorder->nr_pending, sizeof(*pending), compare);
	for (; i < recorder->nr_pending && is_next(recorder, &pending[i]);
	     i++) {
		recorder->next++;
		if (pending[i].kind == MAGSLAB_EVENT_FREE)
			on_free(recorder, &pending[i]);
		else
			on_alloc(recorder, &pending[i]);
	}
	recorder->nr_pending -= i;
	memmove(pending, pending + i, recorder->nr_pending * sizeof(*pending));
}

static struct magslab_event *make_room(struct recorder *recorder)
{
	recorder->pending = realloc(recorder->pending,
				    (recorder->nr_pending + READ_EVENTS) *
					    sizeof(*recorder->pending));
	if (!recorder->pending)
		quit(EXIT_FAILED, "out of memory");
	return recorder->pending + recorder->nr_pending;
}

/* What there is to read. Returns false at the end, or when the trace is full. */
bool recorder_read(struct recorder *recorder)
{
	ssize_t got;

	do {
		struct magslab_event *to = make_room(recorder);

		got = read(recorder->fd, to, READ_EVENTS * sizeof(*to));
		if (got > 0)
			recorder->nr_pending += got / sizeof(*to);
		take_in(recorder);
	} while (got > 0 && !is_full(recorder));
	if (got < 0 && errno != EAGAIN && errno != EINTR)
		quit(EXIT_FAILED, "cannot read what is recorded: %s",
		     strerror(errno));
	return got < 0 && !is_full(recorder);
}

/* What was recorded up to now can be read to its end. */
void recorder_stop(struct recorder *recorder)
{
	while (ioctl(recorder->fd, MAGSLAB_IOC_RECORD_STOP) && errno == EINTR)
		;
}

void recorder_status(const struct recorder *recorder,
		     struct magslab_record_status *status)
{
	*status = (struct magslab_record_status){ .size = sizeof(*status) };
	if (ioctl(recorder->fd, MAGSLAB_IOC_RECORD_STATUS, status))
		quit(EXIT_FAILED, "cannot ask how it went: %s",
		     strerror(errno));
}

void recorder_end(struct recorder *recorder)
{
	close(recorder->fd);
	lives_free(&recorder->lives);
	free(recorder->pending);
	free(recorder->cache_of);
}

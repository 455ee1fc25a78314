// SPDX-License-Identifier: GPL-2.0-only
/* A trace in memory. */
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "trace.h"

void trace_begin(struct trace *trace)
{
	*trace = (struct trace){
		.caches = allocate(TRACE_MAX_CACHES, sizeof(*trace->caches)),
	};
	strcpy(trace->caches[trace->nr_caches++].name, "kmalloc");
}

/* Room for one more event, which is zeroed. */
struct trace_event *trace_add(struct trace *trace)
{
	size_t nr = trace->nr_events++;

	/* At each power of two, twice as many. */
	if (!(nr & (nr - 1))) {
		trace->events =
			realloc(trace->events,
				(nr ? 2 * nr : 1) * sizeof(*trace->events));
		if (!trace->events)
			quit(EXIT_FAILED, "out of memory");
	}
	trace->events[nr] = (struct trace_event){};
	return &trace->events[nr];
}

/* How many CPUs it takes to have each that the trace names. */
__u32 trace_cpus(const struct trace *trace)
{
	__u32 cpus = 1;
	size_t i;

	for (i = 0; i < trace->nr_events; i++)
		if (trace->events[i].cpu >= cpus)
			cpus = trace->events[i].cpu + 1;
	return cpus;
}

/* Frees on another CPU than the object's allocation, as far as they were seen. */
size_t trace_crossings(const struct trace *trace)
{
	__u16 *cpu_of = allocate(trace->nr_objects + 1, sizeof(*cpu_of));
	size_t i, nr = 0;

	for (i = 0; i < trace->nr_events; i++) {
		const struct trace_event *event = &trace->events[i];

		if (!event->is_free)
			cpu_of[event->object] = event->cpu;
		else if (!event->unseen && cpu_of[event->object] != event->cpu)
			nr++;
	}
	free(cpu_of);
	return nr;
}

void trace_free(struct trace *trace)
{
	free(trace->about);
	free(trace->caches);
	free(trace->events);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording that is going on. */
#ifndef MAGSLAB_BENCH_RECORDER_H
#define MAGSLAB_BENCH_RECORDER_H

#include "bench.h"
#include "lives.h"
#include "trace.h"

/**
 * struct recorder - reads events and makes a trace of them
 * @fd: where from
 * @trace: where to
 * @most: events that the trace may have
 * @lives: objects that live
 * @pending: events that one with a lower number has yet to come before
 * @nr_pending: how many
 * @next: number of the next event
 * @cache_of: each cache of the kernel, in the trace, or 0
 * @strangers: frees of what was not seen being allocated
 */
struct recorder {
	int fd;
	struct trace *trace;
	size_t most;
	struct lives lives;
	struct magslab_event *pending;
	size_t nr_pending;
	__u64 next;
	__u16 *cache_of;
	__u64 strangers;
};

void recorder_begin(struct recorder *recorder, const struct device *device,
		    const struct options *options, struct trace *trace);
bool recorder_read(struct recorder *recorder);
void recorder_stop(struct recorder *recorder);
void recorder_status(const struct recorder *recorder,
		     struct magslab_record_status *status);
void recorder_end(struct recorder *recorder);

#endif /* MAGSLAB_BENCH_RECORDER_H */

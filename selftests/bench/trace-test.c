// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces as files: what is written is what is read, and whatever is cut off or changed
 * is found out, without harm. In TAP, like the kernel's own tests.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "testing.h"
#include "trace.h"

#define EVENTS 20000
#define CACHES 40
#define CHANGES 400

static char path[32] = "/tmp/trace-test.XXXXXX";
static char damaged[32] = "/tmp/trace-test.XXXXXX";

static void make_caches(struct trace *trace)
{
	for (; trace->nr_caches < CACHES; trace->nr_caches++) {
		struct trace_cache *cache = &trace->caches[trace->nr_caches];

		snprintf(cache->name, sizeof(cache->name), "cache-%zu",
			 trace->nr_caches);
		cache->bytes = 8 * trace->nr_caches;
	}
}

static void make_alloc(struct trace *trace, struct trace_event *event)
{
	event->object = trace->nr_objects++;
	event->cache = random() % CACHES;
	event->bytes = trace->caches[event->cache].bytes;
	if (!event->bytes)
		event->bytes = 1 + random() % 100000;
	event->may_block = random() & 1;
}

/* Each of those that live is as likely as the others. */
static void make_free(struct trace *trace, struct trace_event *event,
		      __u32 *live, size_t nr)
{
	size_t which = random() % nr;

	event->is_free = true;
	event->object = live[which];
	live[which] = live[nr - 1];
	event->unseen = random() % 16 == 0;
	trace->nr_unseen += event->unseen;
}

static void make(struct trace *trace)
{
	__u32 *live = allocate(EVENTS, sizeof(__u32));
	size_t i, nr = 0;
	__u64 ns = 0;

	trace_begin(trace);
	make_caches(trace);
	for (i = 0; i < EVENTS; i++) {
		struct trace_event *event = trace_add(trace);

		ns += random() % (i % 100 ? 1000 : 1000000000);
		event->ns = ns;
		event->cpu = random() % (i % 10 ? 4 : 300);
		event->context = random() % 3;
		if (nr && random() % 5 < 2) {
			make_free(trace, event, live, nr--);
		} else {
			make_alloc(trace, event);
			live[nr++] = event->object;
		}
	}
	trace->about = strdup("{\"kind\":\"trace\"}");
	free(live);
}

static bool same_event(const struct trace_event *a, const struct trace_event *b)
{
	return a->ns == b->ns && a->object == b->object &&
	       a->bytes == b->bytes && a->cpu == b->cpu &&
	       a->cache == b->cache && a->context == b->context &&
	       a->is_free == b->is_free && a->unseen == b->unseen &&
	       a->may_block == b->may_block;
}

static bool same(const struct trace *a, const struct trace *b)
{
	size_t i;

	if (a->nr_events != b->nr_events || a->nr_objects != b->nr_objects ||
	    a->nr_caches != b->nr_caches || a->nr_unseen != b->nr_unseen ||
	    strcmp(a->about, b->about))
		return false;
	for (i = 0; i < a->nr_caches; i++)
		if (a->caches[i].bytes != b->caches[i].bytes ||
		    strcmp(a->caches[i].name, b->caches[i].name))
			return false;
	for (i = 0; i < a->nr_events; i++)
		if (!same_event(&a->events[i], &b->events[i]))
			return false;
	return true;
}

/* Reading ends the program where a file is bad, so another one does it. */
static int status_of_reading(const char *file)
{
	struct trace trace;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		trace_read(&trace, file);
		_exit(EXIT_OK);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void write_damaged(const unsigned char *content, size_t size)
{
	int fd = open(damaged, O_WRONLY | O_TRUNC);

	if (write(fd, content, size) != (ssize_t)size)
		quit(EXIT_FAILED, "cannot write");
	close(fd);
}

static size_t load(unsigned char **content)
{
	struct stat status;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &status))
		quit(EXIT_FAILED, "cannot read");
	*content = allocate(status.st_size, 1);
	if (read(fd, *content, status.st_size) != status.st_size)
		quit(EXIT_FAILED, "cannot read");
	close(fd);
	return status.st_size;
}

static bool refused(const unsigned char *content, size_t size, size_t where)
{
	int status;

	write_damaged(content, size);
	status = status_of_reading(damaged);
	if (status != EXIT_USAGE)
		printf("# offset %zu: status %d\n", where, status);
	return status == EXIT_USAGE;
}

/* All of the heads, and a sample of the rest. */
static bool cut_is_refused(const unsigned char *content, size_t size)
{
	size_t at;

	for (at = 0; at < size;
	     at += at < 64 ? 1 : 1 + random() % (size / CHANGES))
		if (!refused(content, at, at))
			return false;
	return true;
}

static bool change_is_refused(unsigned char *content, size_t size)
{
	bool right = true;
	size_t at;

	for (at = 0; at < size && right;
	     at += at < 64 ? 1 : 1 + random() % (size / CHANGES)) {
		unsigned char before = content[at];

		content[at] = before ^ 1 << random() % 8;
		right = refused(content, size, at);
		content[at] = ~before;
		right = right && refused(content, size, at);
		content[at] = before;
	}
	return right;
}

static bool more_is_refused(const unsigned char *content, size_t size)
{
	unsigned char *longer = allocate(size + 1, 1);
	bool right;

	memcpy(longer, content, size);
	right = refused(longer, size + 1, size);
	free(longer);
	return right;
}

int main(void)
{
	struct trace trace, again;
	unsigned char *content;
	size_t size;

	checks_begin(6);
	srandom(1);
	close(mkstemp(path));
	close(mkstemp(damaged));
	make(&trace);
	check(trace_write(&trace, path) == EXIT_OK, "a trace is written");
	trace_read(&again, path);
	check(same(&trace, &again), "what is read is what was written");
	size = load(&content);
	printf("# %zu bytes for %zu events\n", size, trace.nr_events);
	check(size < 12 * trace.nr_events, "it is compact");
	check(cut_is_refused(content, size), "what is cut off is missed");
	check(change_is_refused(content, size), "what is changed is found");
	check(more_is_refused(content, size), "what is added is found");
	unlink(path);
	unlink(damaged);
	free(content);
	trace_free(&trace);
	trace_free(&again);
	checks_end();
}

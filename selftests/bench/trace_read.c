// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file becomes a trace. Nothing in it is taken for granted: what is wrong is said,
 * with where in the file; inside of a section, also where in its bytes.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "bench.h"
#include "trace.h"
#include "trace_code.h"

#define HEAD_SIZE 16
#define SECTION_HEAD_SIZE 16
#define MAX_FILE_SIZE 0x10000000

struct reader {
	const char *path;
	struct trace *trace;
	unsigned char *file;
	size_t size;
	size_t at; /* in the file: of the section that is being read */
	unsigned char *section;
	size_t section_size;
	size_t section_at;
	struct code_state state;
	size_t nr_objects; /* room in the state */
};

static void __noreturn refuse(const struct reader *reader, const char *why)
{
	if (reader->section_at)
		quit(EXIT_USAGE,
		     "'%s' is no sound trace: offset %zu, byte %zu of that section: %s",
		     reader->path, reader->at, reader->section_at, why);
	quit(EXIT_USAGE, "'%s' is no sound trace: offset %zu: %s", reader->path,
	     reader->at, why);
}

static void read_whole(struct reader *reader, int fd)
{
	ssize_t got;

	while ((got = read(fd, reader->file + reader->at,
			   reader->size - reader->at)) > 0)
		reader->at += got;
	if (got < 0)
		quit(EXIT_USAGE, "cannot read '%s': %s", reader->path,
		     strerror(errno));
	reader->size = reader->at;
	reader->at = 0;
}

static void open_file(struct reader *reader)
{
	struct stat status;
	int fd = open(reader->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status))
		quit(EXIT_USAGE, "cannot read '%s': %s", reader->path,
		     strerror(errno));
	if (!S_ISREG(status.st_mode) || status.st_size > MAX_FILE_SIZE)
		quit(EXIT_USAGE, "'%s' is not a file, or too large",
		     reader->path);
	reader->size = status.st_size;
	reader->file = allocate(reader->size + 1, 1);
	read_whole(reader, fd);
	close(fd);
}

static uint32_t file_32(const struct reader *reader, size_t offset)
{
	uint32_t value;

	memcpy(&value, reader->file + offset, sizeof(value));
	return le32toh(value);
}

static void read_head(struct reader *reader)
{
	if (reader->size < HEAD_SIZE ||
	    memcmp(reader->file, TRACE_MAGIC, strlen(TRACE_MAGIC)))
		refuse(reader, "it does not begin as one");
	reader->at = strlen(TRACE_MAGIC);
	if (file_32(reader, reader->at) != TRACE_VERSION)
		refuse(reader, "it is of another version");
	if (file_32(reader, reader->at + 4))
		refuse(reader, "what should be zero is not");
	reader->at = HEAD_SIZE;
}

static void unpack(struct reader *reader, uint32_t packed_size)
{
	uLongf size = reader->section_size;

	free(reader->section);
	reader->section = allocate(reader->section_size + 1, 1);
	if (uncompress(reader->section, &size,
		       reader->file + reader->at + SECTION_HEAD_SIZE,
		       packed_size) != Z_OK ||
	    size != reader->section_size ||
	    crc32(0, reader->section, size) != file_32(reader, reader->at + 12))
		refuse(reader, "a section is damaged");
}

/* Returns the kind of the next section, whose bytes are then there. */
static uint32_t next_section(struct reader *reader)
{
	uint32_t packed_size;

	reader->section_at = 0;
	if (reader->size - reader->at < SECTION_HEAD_SIZE)
		refuse(reader, "it ends too early");
	reader->section_size = file_32(reader, reader->at + 4);
	packed_size = file_32(reader, reader->at + 8);
	if (reader->section_size > TRACE_MAX_SECTION)
		refuse(reader, "a section is too large");
	if (reader->size - reader->at - SECTION_HEAD_SIZE < packed_size)
		refuse(reader, "it ends too early");
	unpack(reader, packed_size);
	return file_32(reader, reader->at);
}

static void leave_section(struct reader *reader)
{
	reader->section_at = 0;
	reader->at += SECTION_HEAD_SIZE + file_32(reader, reader->at + 8);
}

static bool section_left(const struct reader *reader)
{
	return reader->section_at < reader->section_size;
}

static unsigned char get_byte(struct reader *reader)
{
	if (!section_left(reader))
		refuse(reader, "a section ends too early");
	return reader->section[reader->section_at++];
}

static uint64_t get_number(struct reader *reader, uint64_t most)
{
	uint64_t value = 0;
	unsigned int shift;
	unsigned char byte;

	for (shift = 0; shift < 64; shift += 7) {
		byte = get_byte(reader);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if (value > most)
			refuse(reader, "a number is too large");
		return value;
	}
	refuse(reader, "a number has no end");
}

static void read_about(struct reader *reader)
{
	if (next_section(reader) != SECTION_ABOUT)
		refuse(reader, "what it is about is missing");
	reader->trace->about =
		strndup((char *)reader->section, reader->section_size);
	if (!reader->trace->about)
		quit(EXIT_FAILED, "out of memory");
	leave_section(reader);
}

static void read_name(struct reader *reader, struct trace_cache *cache)
{
	size_t length = get_number(reader, sizeof(cache->name) - 1);
	size_t i;

	for (i = 0; i < length; i++) {
		cache->name[i] = get_byte(reader);
		if (cache->name[i] < ' ' || cache->name[i] > '~')
			refuse(reader, "a name is not text");
	}
	cache->name[i] = '\0';
}

static void read_caches(struct reader *reader)
{
	struct trace *trace = reader->trace;

	if (next_section(reader) != SECTION_CACHES)
		refuse(reader, "the caches are missing");
	trace->nr_caches = 0;
	while (section_left(reader)) {
		struct trace_cache *cache = &trace->caches[trace->nr_caches];

		if (++trace->nr_caches > TRACE_MAX_CACHES)
			refuse(reader, "there are too many caches");
		cache->bytes = get_number(reader, UINT32_MAX);
		read_name(reader, cache);
	}
	if (!trace->nr_caches)
		refuse(reader, "there is no cache");
	leave_section(reader);
}

/* Twice as many objects may be live as before. */
static void grow(struct reader *reader)
{
	struct code_state *state = &reader->state;
	size_t room = reader->nr_objects ? 2 * reader->nr_objects : 1024;

	state->object_in = realloc(state->object_in, room * sizeof(uint32_t));
	state->free_slots = realloc(state->free_slots, room * sizeof(uint32_t));
	if (!state->object_in || !state->free_slots)
		quit(EXIT_FAILED, "out of memory");
	reader->nr_objects = room;
}

static void get_alloc(struct reader *reader, unsigned char code,
		      struct trace_event *event)
{
	struct trace *trace = reader->trace;
	struct code_state *state = &reader->state;

	if (!(code & CODE_SAME_CACHE))
		state->cache = get_number(reader, trace->nr_caches - 1);
	event->cache = state->cache;
	event->bytes = trace->caches[event->cache].bytes;
	if (!event->bytes)
		event->bytes = get_number(reader, UINT32_MAX);
	if (!event->bytes)
		refuse(reader, "an object has no bytes");
	event->object = trace->nr_objects++;
	if (state->nr_slots == reader->nr_objects)
		grow(reader);
	code_take_slot(state, event->object);
}

static void get_free(struct reader *reader, struct trace_event *event)
{
	event->object = code_give_slot(&reader->state,
				       get_number(reader, UINT32_MAX - 1));
	if (event->object == NO_OBJECT)
		refuse(reader, "what is freed does not live");
	reader->trace->nr_unseen += event->unseen;
}

static void get_event(struct reader *reader)
{
	struct trace_event *event = trace_add(reader->trace);
	struct code_state *state = &reader->state;
	unsigned char code = get_byte(reader);

	event->is_free = code & CODE_FREE;
	event->unseen = code & CODE_UNSEEN;
	event->may_block = code & CODE_MAY_BLOCK;
	event->context = (code & CODE_CONTEXT_MASK) >> CODE_CONTEXT_SHIFT;
	if (code & CODE_UNUSED || event->context > MAGSLAB_CONTEXT_HARDIRQ ||
	    (event->unseen && !event->is_free))
		refuse(reader, "there is no such event");
	state->ns += get_number(reader, UINT64_MAX - state->ns);
	if (!(code & CODE_SAME_CPU))
		state->cpu = get_number(reader, UINT16_MAX);
	event->ns = state->ns;
	event->cpu = state->cpu;
	if (event->is_free)
		get_free(reader, event);
	else
		get_alloc(reader, code, event);
}

/* All of them, up to another section, which is then there. */
static void read_events(struct reader *reader)
{
	uint32_t kind;

	while ((kind = next_section(reader)) == SECTION_EVENTS) {
		while (section_left(reader)) {
			if (reader->trace->nr_events == TRACE_MAX_EVENTS)
				refuse(reader, "there are too many events");
			get_event(reader);
		}
		leave_section(reader);
	}
	if (kind != SECTION_END)
		refuse(reader, "there is no such section");
}

static void read_end(struct reader *reader)
{
	const struct trace *trace = reader->trace;

	if (get_number(reader, UINT64_MAX) != trace->nr_events ||
	    get_number(reader, UINT64_MAX) != trace->nr_objects ||
	    get_number(reader, UINT64_MAX) != trace->nr_unseen)
		refuse(reader, "it has other events than it says");
	leave_section(reader);
	if (reader->at != reader->size)
		refuse(reader, "there is something after its end");
}

void trace_read(struct trace *trace, const char *path)
{
	struct reader reader = { .path = path, .trace = trace };

	trace_begin(trace);
	open_file(&reader);
	read_head(&reader);
	read_about(&reader);
	read_caches(&reader);
	read_events(&reader);
	read_end(&reader);
	code_end(&reader.state);
	free(reader.section);
	free(reader.file);
}

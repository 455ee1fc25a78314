// SPDX-License-Identifier: GPL-2.0-only
/* A trace becomes a file. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "bench.h"
#include "trace.h"
#include "trace_code.h"

/* As it grows. */
struct bytes {
	unsigned char *at;
	size_t size;
	size_t room;
};

struct writer {
	const struct trace *trace;
	struct bytes file;
	struct bytes section;
	struct code_state state;
	uint32_t *slot_of; /* each object */
};

static void put(struct bytes *to, const void *from, size_t size)
{
	if (to->size + size > to->room) {
		to->room = 2 * (to->size + size);
		to->at = realloc(to->at, to->room);
		if (!to->at)
			quit(EXIT_FAILED, "out of memory");
	}
	memcpy(to->at + to->size, from, size);
	to->size += size;
}

static void put_byte(struct bytes *to, unsigned char byte)
{
	put(to, &byte, 1);
}

static void put_number(struct bytes *to, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		put_byte(to, (value & 0x7f) | 0x80);
	put_byte(to, value);
}

static void put_32(struct bytes *to, uint32_t value)
{
	value = htole32(value);
	put(to, &value, sizeof(value));
}

static void put_text(struct bytes *to, const char *text)
{
	put_number(to, strlen(text));
	put(to, text, strlen(text));
}

/* What was gathered becomes a section of the file. */
static void end_section(struct writer *writer, uint32_t kind)
{
	struct bytes *raw = &writer->section;
	uLongf packed_size = compressBound(raw->size);
	unsigned char *packed = allocate(packed_size, 1);

	if (compress2(packed, &packed_size, raw->at, raw->size,
		      Z_BEST_COMPRESSION) != Z_OK)
		quit(EXIT_FAILED, "out of memory");
	put_32(&writer->file, kind);
	put_32(&writer->file, raw->size);
	put_32(&writer->file, packed_size);
	put_32(&writer->file, crc32(0, raw->at, raw->size));
	put(&writer->file, packed, packed_size);
	free(packed);
	raw->size = 0;
}

static void write_about(struct writer *writer)
{
	const char *about = writer->trace->about ? writer->trace->about : "{}";

	put(&writer->section, about, strlen(about));
	end_section(writer, SECTION_ABOUT);
}

static void write_caches(struct writer *writer)
{
	size_t i;

	for (i = 0; i < writer->trace->nr_caches; i++) {
		put_number(&writer->section, writer->trace->caches[i].bytes);
		put_text(&writer->section, writer->trace->caches[i].name);
	}
	end_section(writer, SECTION_CACHES);
}

static unsigned char code_of(const struct code_state *state,
			     const struct trace_event *event)
{
	unsigned char code = event->context << CODE_CONTEXT_SHIFT;

	if (event->is_free)
		code |= CODE_FREE;
	else if (event->cache == state->cache)
		code |= CODE_SAME_CACHE;
	if (event->cpu == state->cpu)
		code |= CODE_SAME_CPU;
	if (event->unseen)
		code |= CODE_UNSEEN;
	if (event->may_block)
		code |= CODE_MAY_BLOCK;
	return code;
}

static void put_alloc(struct writer *writer, const struct trace_event *event)
{
	struct code_state *state = &writer->state;

	if (event->cache != state->cache)
		put_number(&writer->section, event->cache);
	if (!writer->trace->caches[event->cache].bytes)
		put_number(&writer->section, event->bytes);
	state->cache = event->cache;
	writer->slot_of[event->object] = code_take_slot(state, event->object);
}

static void put_free(struct writer *writer, const struct trace_event *event)
{
	uint32_t slot = writer->slot_of[event->object];

	put_number(&writer->section, slot);
	code_give_slot(&writer->state, slot);
}

static void put_event(struct writer *writer, const struct trace_event *event)
{
	struct code_state *state = &writer->state;

	put_byte(&writer->section, code_of(state, event));
	put_number(&writer->section, event->ns - state->ns);
	if (event->cpu != state->cpu)
		put_number(&writer->section, event->cpu);
	state->ns = event->ns;
	state->cpu = event->cpu;
	if (event->is_free)
		put_free(writer, event);
	else
		put_alloc(writer, event);
}

static void write_events(struct writer *writer)
{
	size_t i;

	for (i = 0; i < writer->trace->nr_events; i++) {
		put_event(writer, &writer->trace->events[i]);
		if (writer->section.size + CODE_MAX > TRACE_MAX_SECTION)
			end_section(writer, SECTION_EVENTS);
	}
	if (writer->section.size)
		end_section(writer, SECTION_EVENTS);
}

static void write_end(struct writer *writer)
{
	put_number(&writer->section, writer->trace->nr_events);
	put_number(&writer->section, writer->trace->nr_objects);
	put_number(&writer->section, writer->trace->nr_unseen);
	end_section(writer, SECTION_END);
}

int trace_write(const struct trace *trace, const char *path)
{
	struct writer writer = { .trace = trace };
	int code;

	writer.slot_of = allocate(trace->nr_objects + 1, sizeof(uint32_t));
	code_begin(&writer.state, trace->nr_objects);
	put(&writer.file, TRACE_MAGIC, strlen(TRACE_MAGIC));
	put_32(&writer.file, TRACE_VERSION);
	put_32(&writer.file, 0);
	write_about(&writer);
	write_caches(&writer);
	write_events(&writer);
	write_end(&writer);
	code = outfile_write(path, writer.file.at, writer.file.size);
	code_end(&writer.state);
	free(writer.slot_of);
	free(writer.section.at);
	free(writer.file.at);
	return code;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event is a byte of the bits below, the nanoseconds since the event before, and
 * then, of an allocation, the CPU and the cache if they are not those of the event and
 * the allocation before, and bytes if the cache has no size of its own; of a free, the
 * CPU likewise, and the slot of the object.
 *
 * A slot is a number that objects have only while they live: an allocation takes the
 * one given back last, or else a new one, so that it need not be written.
 */
#ifndef MAGSLAB_BENCH_TRACE_CODE_H
#define MAGSLAB_BENCH_TRACE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace.h"

#define CODE_FREE 0x01
#define CODE_SAME_CPU 0x02
#define CODE_UNSEEN 0x04
#define CODE_SAME_CACHE 0x08
#define CODE_CONTEXT_SHIFT 4
#define CODE_CONTEXT_MASK 0x30
#define CODE_MAY_BLOCK 0x40
#define CODE_UNUSED 0x80

/* The longest that an event can be. */
#define CODE_MAX 32

/* What the event before leaves behind; the same in who writes and who reads. */
struct code_state {
	uint64_t ns;
	uint16_t cpu;
	uint16_t cache;
	uint32_t *object_in; /* each slot */
	uint32_t *free_slots;
	size_t nr_free;
	size_t nr_slots;
};

#define NO_OBJECT UINT32_MAX

void code_begin(struct code_state *state, size_t nr_objects);
void code_end(struct code_state *state);
uint32_t code_take_slot(struct code_state *state, uint32_t object);
uint32_t code_give_slot(struct code_state *state, uint32_t slot);

#endif /* MAGSLAB_BENCH_TRACE_CODE_H */

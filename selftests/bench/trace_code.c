// SPDX-License-Identifier: GPL-2.0-only
/* What writing and reading of traces have in common; see trace_code.h. */
#include <stdlib.h>

#include "message.h"
#include "trace_code.h"

/* No more slots than objects are ever in use. */
void code_begin(struct code_state *state, size_t nr_objects)
{
	*state = (struct code_state){
		.object_in = allocate(nr_objects + 1, sizeof(uint32_t)),
		.free_slots = allocate(nr_objects + 1, sizeof(uint32_t)),
	};
}

void code_end(struct code_state *state)
{
	free(state->object_in);
	free(state->free_slots);
}

uint32_t code_take_slot(struct code_state *state, uint32_t object)
{
	uint32_t slot = state->nr_free ? state->free_slots[--state->nr_free] :
					 state->nr_slots++;

	state->object_in[slot] = object;
	return slot;
}

/* Returns the object that was there, or NO_OBJECT. */
uint32_t code_give_slot(struct code_state *state, uint32_t slot)
{
	uint32_t object;

	if (slot >= state->nr_slots || state->object_in[slot] == NO_OBJECT)
		return NO_OBJECT;
	object = state->object_in[slot];
	state->object_in[slot] = NO_OBJECT;
	state->free_slots[state->nr_free++] = slot;
	return object;
}

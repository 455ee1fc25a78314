// SPDX-License-Identifier: GPL-2.0-only
#include "alloc/layer.h"

DEFINE_STATIC_KEY_TRUE(magslab_counting);

bool magslab_counting_get(void)
{
	return static_key_enabled(&magslab_counting);
}

/**
 * magslab_counting_set - count what is optional, or stop to
 * @on: whether to
 *
 * What was counted so far stays.
 *
 * Context: Task. May sleep.
 */
void magslab_counting_set(bool on)
{
	if (on)
		static_branch_enable(&magslab_counting);
	else
		static_branch_disable(&magslab_counting);
}

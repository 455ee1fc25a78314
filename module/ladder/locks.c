// SPDX-License-Identifier: GPL-2.0-only
#include "ladder/rung.h"

DEFINE_PER_CPU(struct ladder_locks, ladder_locks) = {
	.local = INIT_LOCAL_LOCK(local),
};

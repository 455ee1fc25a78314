// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rungs of the ladder whose guard is for tasks. On PREEMPT_RT it could be preempted,
 * and by who drains magazines too: there they are not built.
 */
#include "rungs.h"

RUNG(bh, "ladder-bh", NULL, .guard = LADDER_BH);
RUNG(local_lock, "ladder-local-lock", NULL, .guard = LADDER_LOCAL_LOCK);

// SPDX-License-Identifier: GPL-2.0-only
/* What trace.h declares, defined. */
#define CREATE_TRACE_POINTS
#include "alloc/trace.h"

/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects of one of magslab's caches, as an instrument of it. */
#ifndef MAGSLAB_ESCAPE_INSTRUMENT_H
#define MAGSLAB_ESCAPE_INSTRUMENT_H

#include "stats/instrument.h"

extern const struct magslab_instrument magslab_escape;

#endif /* MAGSLAB_ESCAPE_INSTRUMENT_H */

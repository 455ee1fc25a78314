/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the live view share. */
#ifndef MAGSLAB_TOP_LIVE_H
#define MAGSLAB_TOP_LIVE_H

#include "top.h"

/* What is on the screen, and where in it the user is. */
struct live {
	const struct options *options;
	struct sample sample;
	size_t nr_samples;
	enum view view;
	struct look look;
	char *name; /* the cache chosen, or NULL */
	struct sheet sheet;
	size_t cursor; /* row of the sheet */
	size_t first; /* row at the top of the screen */
	char note[80]; /* what there is to say once */
	bool stale; /* the sheet is of an older view or sample */
	bool over;
};

/* keys.c */
void keys_take(struct live *live);

/* screen.c */
void screen_start(void);
void screen_end(void);
void screen_draw(struct live *live);
size_t screen_rows(void);
size_t screen_spark(void);
bool screen_is_utf8(void);
int screen_key(void);

#endif /* MAGSLAB_TOP_LIVE_H */

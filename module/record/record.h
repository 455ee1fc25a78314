/* SPDX-License-Identifier: GPL-2.0-only */
/* Records what the running kernel allocates and frees; see linux/magslab.h. */
#ifndef MAGSLAB_RECORD_RECORD_H
#define MAGSLAB_RECORD_RECORD_H

struct magslab_record;

int magslab_record_open(struct magslab_record *user);

#endif /* MAGSLAB_RECORD_RECORD_H */

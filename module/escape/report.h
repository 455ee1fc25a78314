/* SPDX-License-Identifier: GPL-2.0-only */
/* What came of following objects: for people, and for programs. */
#ifndef MAGSLAB_ESCAPE_REPORT_H
#define MAGSLAB_ESCAPE_REPORT_H

struct escape;
struct seq_file;

int escape_report_show(struct seq_file *m, struct escape *escape);
int escape_report_json(struct seq_file *m, struct escape *escape);

#endif /* MAGSLAB_ESCAPE_REPORT_H */

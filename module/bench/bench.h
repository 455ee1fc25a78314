/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_BENCH_BENCH_H
#define MAGSLAB_BENCH_BENCH_H

int magslab_bench_init(void);
void magslab_bench_exit(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Back-ends of one module, which come and go together. */
#ifndef MAGSLAB_TEST_BENCH_SEVERAL_H
#define MAGSLAB_TEST_BENCH_SEVERAL_H

#include <linux/magslab_bench.h>

static inline void several_unregister(struct magslab_bench_backend *backends,
				      size_t nr)
{
	while (nr--)
		magslab_bench_unregister(&backends[nr]);
}

/* Returns 0, or what became of the first that is refused; then there is none. */
static inline int several_register(struct magslab_bench_backend *backends,
				   size_t nr)
{
	size_t i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = magslab_bench_register(&backends[i]);
		if (ret) {
			several_unregister(backends, i);
			return ret;
		}
	}
	return 0;
}

#endif /* MAGSLAB_TEST_BENCH_SEVERAL_H */

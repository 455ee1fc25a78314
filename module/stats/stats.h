/* SPDX-License-Identifier: GPL-2.0-only */
/* What the allocator shows of itself in debugfs. It only reads. */
#ifndef MAGSLAB_STATS_STATS_H
#define MAGSLAB_STATS_STATS_H

struct dentry;
struct magslab_cache;

int magslab_stats_init(void);
void magslab_stats_exit(void);
struct dentry *magslab_stats_root(void);

/* summary.c: a line for each cache. */
void magslab_summary_create(struct dentry *root);
/* totals.c: what all caches together have and did. */
void magslab_totals_create(struct dentry *root);
/* json.c: all of it for programs. */
void magslab_json_create(struct dentry *root);
void magslab_tunables_create(struct dentry *root);

/* balance.c: whether the books of a cache balance. */
void magslab_balance_create(struct magslab_cache *cache, struct dentry *dir);

/* heatmap.c: how its objects lie in its slabs. */
void magslab_heatmap_create(struct magslab_cache *cache, struct dentry *dir);

/* cache_dir.c: a directory for each cache. */
void magslab_cache_dir_create(struct magslab_cache *cache,
			      struct dentry *parent);
void magslab_cache_dir_remove(struct magslab_cache *cache,
			      struct dentry *parent);

#endif /* MAGSLAB_STATS_STATS_H */

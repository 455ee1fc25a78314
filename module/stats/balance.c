// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab/caches/NAME/balance: whether the books of a cache balance. What the
 * counters say is held against what is found in the slabs themselves, and each
 * figure comes from one place only: live objects from the events counted, free
 * ones from the maps of the slabs.
 *
 * magslab/caches/NAME/skew makes a counter wrong, to see that it is noticed.
 */
#include <linux/compiler.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/nodemask.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/survey.h"
#include "stats/stats.h"

/**
 * struct found - what a survey found
 * @slabs: by list
 * @free: objects that are free in them, by list
 */
struct found {
	unsigned long slabs[MAGSLAB_NR_SLAB_LISTS];
	unsigned long free[MAGSLAB_NR_SLAB_LISTS];
};

/**
 * struct books - both sides of the books
 * @census: what the counters say
 * @found: what is found
 * @bound: objects that may have moved while the two were made
 */
struct books {
	struct magslab_census census;
	struct found found;
	unsigned long bound;
};

/*
 * === Making the books ===
 */

static void books_look(const struct magslab_slab_look *look, void *arg)
{
	struct found *found = arg;

	found->slabs[look->list]++;
	found->free[look->list] += look->free;
}

/*
 * How many objects may have changed their place from one census to another: those
 * allocated and freed, what a CPU may have moved between its magazines and the
 * depot meanwhile, and all that lies in slabs which somebody had the lock for. When
 * nothing happened, none.
 */
static unsigned long books_moved(const struct magslab_cache *cache,
				 const struct magslab_census *before,
				 const struct magslab_census *after)
{
	unsigned long ops = after->cpus.allocs - before->cpus.allocs +
			    after->cpus.frees - before->cpus.frees;
	unsigned long depots = after->depot_locks - before->depot_locks;
	unsigned long slabs = after->slab_locks - before->slab_locks;

	if (ops)
		ops += 2UL * MAGSLAB_MAX_CAPACITY * num_possible_cpus();
	return ops + depots * MAGSLAB_MAX_CAPACITY +
	       slabs * SLAB_BATCH * cache->layout.nr;
}

/* A census is large, so there is no other on the stack for long. */
static noinline_for_stack void books_make(struct magslab_cache *cache,
					  struct books *books)
{
	struct magslab_census before;

	memset(&books->found, 0, sizeof(books->found));
	magslab_census_take(cache, &before);
	magslab_survey(cache, books_look, &books->found);
	magslab_census_take(cache, &books->census);
	books->bound = books_moved(cache, &before, &books->census);
}

/*
 * === What is in them ===
 */

static unsigned long found_slabs(const struct found *found)
{
	unsigned long nr = 0;
	int list;

	for (list = 0; list < MAGSLAB_NR_SLAB_LISTS; list++)
		nr += found->slabs[list];
	return nr;
}

static unsigned long found_partial(const unsigned long *by_list)
{
	unsigned long nr = 0;
	int i;

	for (i = 0; i < SLAB_PARTIAL_LISTS; i++)
		nr += by_list[MAGSLAB_SLAB_PARTIAL + i];
	return nr;
}

static unsigned long found_free(const struct found *found)
{
	return found->free[MAGSLAB_SLAB_FULL] + found_partial(found->free) +
	       found->free[MAGSLAB_SLAB_EMPTY];
}

/* What is not in a slab, free or for good. */
static long long out_of_slabs(const struct magslab_census *c)
{
	return (long long)c->cpus.loaded + c->cpus.previous + c->depot_objects +
	       c->reserve_objects + c->dead_objects;
}

/**
 * struct book - a sum that is made twice
 * @name: what of
 * @counted: by the counters
 * @found: in the slabs
 * @weight: objects that one of it stands for
 */
struct book {
	const char *name;
	long long counted;
	long long found;
	unsigned long weight;
};

#define NR_BOOKS 7

/* Each line could be wrong while all others are right. */
static void books_fill(const struct magslab_cache *cache,
		       const struct books *books, struct book *book)
{
	const struct magslab_census *c = &books->census;
	const struct found *found = &books->found;
	unsigned long nr = cache->layout.nr, slabs = found_slabs(found);

	*book++ = (struct book){ "objects",
				 c->live_objects + out_of_slabs(c) +
					 found_free(found),
				 slabs * nr, 1 };
	*book++ = (struct book){ "free_slab_objects",
				 c->free_slab_objects + c->uncounted_objects,
				 found_free(found), 1 };
	*book++ = (struct book){ "slabs", c->slabs_created - c->slabs_destroyed,
				 slabs, nr };
	*book++ = (struct book){ "slabs_full", c->slabs[MAGSLAB_SLAB_FULL],
				 found->slabs[MAGSLAB_SLAB_FULL], nr };
	*book++ = (struct book){ "slabs_partial",
				 census_partial_slabs(&c->nodes),
				 found_partial(found->slabs), nr };
	*book++ = (struct book){ "slabs_empty", c->slabs[MAGSLAB_SLAB_EMPTY],
				 found->slabs[MAGSLAB_SLAB_EMPTY], nr };
	*book++ = (struct book){ "pages", atomic_long_read(&cache->pages),
				 (slabs + c->rcu_slabs) << cache->layout.order,
				 nr };
}

/* Whether the two sides differ by more than can be for what went on. */
static bool book_is_right(const struct book *book, unsigned long bound)
{
	unsigned long long differ = abs(book->counted - book->found);

	return differ * book->weight <= bound;
}

/* Return: the first book that is not right, or NULL. */
static const struct book *books_wrong(const struct magslab_cache *cache,
				      const struct books *books,
				      struct book *book)
{
	int i;

	books_fill(cache, books, book);
	for (i = 0; i < NR_BOOKS; i++)
		if (!book_is_right(&book[i], books->bound))
			return &book[i];
	return NULL;
}

/*
 * A magazine on its way from a CPU or a depot to the slabs is in no count, and
 * whoever empties it may be made to wait. So what is wrong has to be so for a while.
 */
#define BALANCE_TRIES 5
#define BALANCE_WAIT_MS 20

static const struct book *balance_try(struct magslab_cache *cache,
				      struct books *books, struct book *book)
{
	const struct book *wrong;
	int try;

	for (try = 0; try < BALANCE_TRIES; try++) {
		if (try)
			msleep(BALANCE_WAIT_MS);
		books_make(cache, books);
		wrong = books_wrong(cache, books, book);
		if (!wrong)
			break;
	}
	return wrong;
}

/*
 * === The file ===
 */

static void show(struct seq_file *m, const char *name, long long value)
{
	seq_printf(m, "%s: %lld\n", name, value);
}

static void show_objects(struct seq_file *m, const struct books *books)
{
	const struct magslab_census *c = &books->census;
	const struct found *found = &books->found;

	show(m, "live", c->live_objects);
	show(m, "loaded", c->cpus.loaded);
	show(m, "previous", c->cpus.previous);
	show(m, "depot", c->depot_objects);
	show(m, "reserve", c->reserve_objects);
	show(m, "quarantined", c->dead_objects);
	show(m, "free_in_partial",
	     found->free[MAGSLAB_SLAB_FULL] + found_partial(found->free));
	show(m, "free_in_empty", found->free[MAGSLAB_SLAB_EMPTY]);
}

static void show_bytes(struct seq_file *m, const struct magslab_cache *cache,
		       const struct books *books)
{
	const struct magslab_layout *layout = &cache->layout;
	long long live = books->census.live_objects;
	long long slabs = found_slabs(&books->found);
	unsigned int words = round_up(cache->size, sizeof(long));
	unsigned int extra = layout->left + layout->right;
	size_t maps = layout_maps_begin(layout);

	show(m, "bytes_requested", live * cache->size);
	show(m, "bytes_rounding", live * (words - cache->size));
	show(m, "bytes_alignment",
	     live * ((long long)layout->stride - extra - words) +
		     slabs * (maps - layout->nr * layout->stride));
	show(m, "bytes_metadata",
	     live * extra + slabs * (layout_slab_bytes(layout) - maps));
	show(m, "bytes_free",
	     (out_of_slabs(&books->census) + found_free(&books->found)) *
		     layout->stride);
	show(m, "bytes_pages", slabs * layout_slab_bytes(layout));
}

static int balance_show(struct seq_file *m, void *unused)
{
	struct magslab_cache *cache = m->private;
	struct book book[NR_BOOKS];
	const struct book *wrong;
	struct books books;
	int i;

	wrong = balance_try(cache, &books, book);
	show_objects(m, &books);
	show_bytes(m, cache, &books);
	for (i = 0; i < NR_BOOKS; i++)
		seq_printf(m, "%s: counted %lld found %lld\n", book[i].name,
			   book[i].counted, book[i].found);
	show(m, "bound", books.bound);
	show(m, "longest_hold", magslab_survey_longest());
	seq_printf(m, "balanced: %s%s\n", wrong ? "no, " : "yes",
		   wrong ? wrong->name : "");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(balance);

/*
 * === Wrong on purpose ===
 */

static void skew_live(struct magslab_cache *cache, long delta)
{
	this_cpu_add(cache->cpu->direct_allocs, delta);
}

static void skew_depot(struct magslab_cache *cache, long delta)
{
	unsigned long *nr = &cache->node[first_online_node]->depot.nr_objects;

	WRITE_ONCE(*nr, *nr + delta);
}

static void skew_free(struct magslab_cache *cache, long delta)
{
	unsigned long *nr = &cache->node[first_online_node]->slabs.nr_free;

	WRITE_ONCE(*nr, *nr + delta);
}

static void skew_slabs(struct magslab_cache *cache, long delta)
{
	unsigned long *nr = &cache->node[first_online_node]->slabs.created;

	WRITE_ONCE(*nr, *nr + delta);
}

static void skew_pages(struct magslab_cache *cache, long delta)
{
	atomic_long_add(delta, &cache->pages);
}

static const struct {
	const char *name;
	void (*skew)(struct magslab_cache *cache, long delta);
} skews[] = {
	{ "live", skew_live },
	{ "depot", skew_depot },
	{ "free_slab_objects", skew_free },
	{ "slabs", skew_slabs },
	{ "pages", skew_pages },
};

static int skew(struct magslab_cache *cache, const char *name, long delta)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(skews); i++)
		if (!strcmp(name, skews[i].name)) {
			skews[i].skew(cache, delta);
			return 0;
		}
	return -EINVAL;
}

/* "NAME DELTA" */
static ssize_t skew_write(struct file *file, const char __user *buffer,
			  size_t count, loff_t *pos)
{
	char line[64], name[32];
	long delta;
	int ret;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buffer, count))
		return -EFAULT;
	line[count] = '\0';
	if (sscanf(line, "%31s %ld", name, &delta) != 2)
		return -EINVAL;
	ret = skew(file->private_data, name, delta);
	return ret ?: count;
}

static const struct file_operations skew_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = skew_write,
};

void magslab_balance_create(struct magslab_cache *cache, struct dentry *dir)
{
	debugfs_create_file("balance", 0400, dir, cache, &balance_fops);
	debugfs_create_file("skew", 0200, dir, cache, &skew_fops);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that somebody knows the address of, and others that nobody does.
 * kmemleak tells the ones from the others, and names the functions here.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <linux/magslab.h>
#include <linux/magslab_kmalloc.h>

#include "nmi.h"

#define MANY 32

struct thing {
	long number;
	struct thing *next;
	void *more[11];
};

static struct magslab_cache *cache, *ignored;

/* Addresses that kmemleak does not take for any, so that they can be freed. */
struct stash {
	unsigned long hidden[MANY];
	unsigned int nr;
};

static struct stash lost, lost_ignored, lost_memory, lost_pages;

static bool hide(struct stash *stash, void *object)
{
	if (object)
		stash->hidden[stash->nr++] = ~(unsigned long)object;
	return object;
}

static void *find(struct stash *stash)
{
	return stash->nr ? (void *)~stash->hidden[--stash->nr] : NULL;
}

/*
 * Objects that are lost
 */

static noinline bool lose_objects(void)
{
	while (lost.nr < MANY)
		if (!hide(&lost, magslab_alloc(cache, GFP_KERNEL)))
			return false;
	return true;
}

static noinline bool lose_ignored(void)
{
	while (lost_ignored.nr < MANY)
		if (!hide(&lost_ignored, magslab_alloc(ignored, GFP_KERNEL)))
			return false;
	return true;
}

static noinline bool lose_memory(void)
{
	while (lost_memory.nr < MANY)
		if (!hide(&lost_memory, magslab_kmalloc(100, GFP_KERNEL)))
			return false;
	return true;
}

static noinline bool lose_pages(void)
{
	while (lost_pages.nr < MANY)
		if (!hide(&lost_pages,
			  magslab_kmalloc(3 * PAGE_SIZE, GFP_KERNEL)))
			return false;
	return true;
}

static void find_lost(void)
{
	void *object;

	while ((object = find(&lost)))
		magslab_free(cache, object);
	while ((object = find(&lost_ignored)))
		magslab_free(ignored, object);
	while ((object = find(&lost_memory)))
		magslab_kfree(object);
	while ((object = find(&lost_pages)))
		magslab_kfree(object);
}

/*
 * Objects that are not
 */

/* The first is all that is known outside of the objects. */
static struct thing *chain;

/* Each known to the one before, which holds memory from elsewhere as well. */
static noinline bool link_objects(void)
{
	struct thing *thing;
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		thing = magslab_zalloc(cache, GFP_KERNEL);
		if (!thing)
			return false;
		thing->next = chain;
		thing->more[3] = kmalloc(40, GFP_KERNEL);
		thing->more[7] = magslab_kmalloc(40, GFP_KERNEL);
		chain = thing;
	}
	return true;
}

static void unlink_objects(void)
{
	struct thing *thing;

	while (chain) {
		thing = chain;
		chain = thing->next;
		kfree(thing->more[3]);
		magslab_kfree(thing->more[7]);
		magslab_free(cache, thing);
	}
}

/* One by one and in bulk, and by RCU. Nobody knows them, but they are free. */
static noinline bool free_objects(void)
{
	static void *objects[MANY];
	unsigned int i;

	if (!magslab_alloc_bulk(cache, GFP_KERNEL, MANY, objects))
		return false;
	magslab_free_bulk(cache, MANY / 2, objects);
	for (i = MANY / 2; i < MANY; i++)
		magslab_free_rcu(cache, objects[i]);
	magslab_rcu_barrier(cache);
	memset(objects, 0, sizeof(objects));
	return true;
}

/*
 * Memory that an NMI freed, while kmemleak knew of it
 */

/* There is nothing but one object to be had from it. */
static struct magslab_cache *narrow;
static void *only;
static bool nmi_came;

static void free_in_nmi(void)
{
	magslab_free(narrow, READ_ONCE(only));
	WRITE_ONCE(nmi_came, true);
}

static void send_nmi(void *target)
{
	nmi_send((unsigned long)target);
}

/* On this CPU, sent by another one. */
static bool free_by_nmi(void)
{
	unsigned long here = raw_smp_processor_id();
	unsigned int there = cpumask_any_but(cpu_online_mask, here);
	unsigned int tries = 1000;

	if (there >= nr_cpu_ids || nmi_start(free_in_nmi))
		return false;
	nmi_came = false;
	smp_call_function_single(there, send_nmi, (void *)here, true);
	while (!READ_ONCE(nmi_came) && --tries)
		mdelay(1);
	nmi_stop();
	return tries;
}

static noinline bool have_again(void)
{
	void *first;

	only = magslab_alloc(narrow, GFP_KERNEL);
	first = only;
	if (!only || !free_by_nmi())
		return false;
	only = magslab_alloc(narrow, GFP_KERNEL);
	return only == first;
}

/* Who asks for as much may be given the very page. */
static noinline bool have_elsewhere(void)
{
	static void *blocks[MANY];
	unsigned int i;

	if (!free_by_nmi())
		return false;
	only = NULL;
	magslab_cache_shrink(narrow);
	for (i = 0; i < MANY; i++)
		blocks[i] = kmalloc(PAGE_SIZE, GFP_KERNEL);
	for (i = 0; i < MANY; i++)
		kfree(blocks[i]);
	return true;
}

static bool have_after_nmi(void)
{
	bool had;

	narrow = magslab_cache_create("kmemleak-narrow", PAGE_SIZE, PAGE_SIZE,
				      0, NULL);
	if (IS_ERR(narrow))
		return false;
	magslab_cache_set_limit(narrow, 1);
	migrate_disable();
	had = have_again() && have_elsewhere();
	migrate_enable();
	magslab_free(narrow, only);
	magslab_cache_destroy(narrow);
	return had;
}

static void clean_up(void)
{
	find_lost();
	unlink_objects();
	magslab_cache_destroy(ignored);
	magslab_cache_destroy(cache);
}

static int __init magslab_kmemleak_mod_init(void)
{
	cache = magslab_cache_create("kmemleak", sizeof(struct thing), 0, 0,
				     NULL);
	ignored = magslab_cache_create("kmemleak-ignored", sizeof(struct thing),
				       0, MAGSLAB_NOLEAKTRACE, NULL);
	if (!IS_ERR(cache) && !IS_ERR(ignored) && lose_objects() &&
	    lose_ignored() && lose_memory() && lose_pages() && link_objects() &&
	    free_objects() && have_after_nmi())
		return 0;
	clean_up();
	return -ENOMEM;
}

static void __exit magslab_kmemleak_mod_exit(void)
{
	clean_up();
}

module_init(magslab_kmemleak_mod_init);
module_exit(magslab_kmemleak_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: what kmemleak finds");
MODULE_LICENSE("GPL");

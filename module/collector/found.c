// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/seq_file.h>

#include "collector/collector.h"
#include "collector/found.h"
#include "compat.h"

/* Places that share a hash. */
#define FOUND_WAYS 8
/* Of a stack, as text. */
#define FOUND_TEXT 2048

void found_init(struct found *found)
{
	spin_lock_init(&found->lock);
}

static bool find_is(const struct find *find, const struct find *other)
{
	return find->tracked == other->tracked &&
	       find->caller == other->caller && find->stack == other->stack;
}

/* With the lock. Return: where @find is counted, or NULL if there is no room. */
static struct found_site *found_site(struct found *found,
				     const struct find *find)
{
	u32 hash = hash_long(find->caller ^ find->stack, FOUND_BITS);
	struct found_site *site;
	unsigned int i;

	for (i = 0; i < FOUND_WAYS; i++) {
		site = &found->sites[(hash + i) % FOUND_SITES];
		if (!site->find.tracked)
			site->find = *find;
		if (find_is(&site->find, find))
			return site;
	}
	return NULL;
}

void found_add(struct found *found, const struct find *find)
{
	struct found_site *site;

	spin_lock(&found->lock);
	site = found_site(found, find);
	if (site)
		site->objects++;
	else
		found->dropped++;
	spin_unlock(&found->lock);
}

static void stack_show(struct seq_file *m, depot_stack_handle_t stack)
{
	char *text = kmalloc(FOUND_TEXT, GFP_KERNEL);

	if (!text)
		return;
	magslab_stack_snprint(stack, text, FOUND_TEXT);
	seq_puts(m, text);
	kfree(text);
}

static void site_show(struct seq_file *m, const struct found_site *site)
{
	const struct find *find = &site->find;

	seq_printf(m, "%llu objects, %llu bytes, %s, %s, allocated by %pS\n",
		   site->objects, site->objects * find->tracked->size,
		   find->tracked->name,
		   find->reclaimed ? "reclaimed" : "in use",
		   (void *)find->caller);
	if (find->stack)
		stack_show(m, find->stack);
}

/* One place after the other, as memory is needed to show a stack. */
void found_show(struct found *found, struct seq_file *m)
{
	struct found_site site;
	unsigned int i;
	u64 dropped;

	for (i = 0; i < FOUND_SITES; i++) {
		spin_lock(&found->lock);
		site = found->sites[i];
		dropped = found->dropped;
		spin_unlock(&found->lock);
		if (site.find.tracked)
			site_show(m, &site);
	}
	seq_printf(m, "dropped: %llu\n", dropped);
}

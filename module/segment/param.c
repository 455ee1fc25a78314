// SPDX-License-Identifier: GPL-2.0-only
/* The segment that is laid out at load, segment=NAME:SIZE:COUNT,... */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "segment/segment.h"

static char *segment;
module_param(segment, charp, 0444);
MODULE_PARM_DESC(segment, "pools of the segment 'load': NAME:SIZE:COUNT,...");

/* One pool. @text is cut up, and the name stays in it. */
static int parse_pool(char *text, struct magslab_pool_spec *spec)
{
	char *size, *count;
	unsigned long bytes;
	int ret;

	spec->name = strsep(&text, ":");
	size = strsep(&text, ":");
	count = strsep(&text, ":");
	if (!count || text)
		return -EINVAL;
	ret = kstrtoul(size, 0, &bytes);
	spec->size = bytes;
	return ret ?: kstrtouint(count, 0, &spec->count);
}

/* Return: how many pools, or an error. */
static int parse(char *text, struct magslab_pool_spec *specs)
{
	unsigned int nr;
	char *pool;
	int ret;

	for (nr = 0; (pool = strsep(&text, ",")); nr++) {
		if (nr == MAGSLAB_SEGMENT_MAX_POOLS)
			return -EINVAL;
		ret = parse_pool(pool, &specs[nr]);
		if (ret)
			return ret;
	}
	return nr;
}

static int lay_out(char *text, struct magslab_pool_spec *specs)
{
	int nr = parse(text, specs);

	if (nr < 0)
		return nr;
	return PTR_ERR_OR_ZERO(segment_lay_out("load", specs, nr, true));
}

/* A segment that was asked for and cannot be had is a reason not to load. */
int segment_param_init(void)
{
	struct magslab_pool_spec *specs;
	char *text;
	int ret = -ENOMEM;

	if (!segment || !*segment)
		return 0;
	text = kstrdup(segment, GFP_KERNEL);
	specs = kcalloc(MAGSLAB_SEGMENT_MAX_POOLS, sizeof(*specs), GFP_KERNEL);
	if (text && specs)
		ret = lay_out(text, specs);
	kfree(specs);
	kfree(text);
	if (ret)
		pr_err("segment=%s: error %d\n", segment, ret);
	return ret;
}

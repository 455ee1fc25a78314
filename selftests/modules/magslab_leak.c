// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaves objects behind, as a careless module would: it never frees them, and
 * depending on a parameter destroys its cache all the same, or does not.
 */
#include <linux/err.h>
#include <linux/module.h>

#include <linux/magslab.h>

static unsigned int objects = 3;
module_param(objects, uint, 0444);
MODULE_PARM_DESC(objects, "how many objects to leave behind, 1 to 20000");

static bool destroy = true;
module_param(destroy, bool, 0444);
MODULE_PARM_DESC(destroy, "destroy the cache at unload");

static struct magslab_cache *cache;

static int __init magslab_leak_mod_init(void)
{
	unsigned int i;

	if (!objects || objects > 20000)
		return -EINVAL;

	cache = magslab_cache_create(destroy ? "leak-destroyed" : "leak-left",
				     256, 0, 0, NULL);
	if (IS_ERR(cache))
		return PTR_ERR(cache);

	for (i = 0; i < objects; i++) {
		if (!magslab_alloc(cache, GFP_KERNEL)) {
			magslab_cache_destroy(cache);
			return -ENOMEM;
		}
	}
	return 0;
}

static void __exit magslab_leak_mod_exit(void)
{
	if (destroy)
		magslab_cache_destroy(cache);
}

module_init(magslab_leak_mod_init);
module_exit(magslab_leak_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: objects left behind");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/* Which caches are watched, and how: by their own flags and by a parameter. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "safety/room.h"
#include "safety/safety.h"

static const struct {
	const char *name;
	unsigned long mode;
} modes[] = {
	{ "hardened", MAGSLAB_HARDENED },
	{ "debug", MAGSLAB_DEBUG },
	{ "quarantine", MAGSLAB_QUARANTINE },
	{ "guard", MAGSLAB_GUARD },
};

/* Modes of caches that did not ask for any. */
static unsigned long modes_of_all;

/*
 * === The parameter ===
 */

static unsigned long mode_find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (strlen(modes[i].name) == len &&
		    !strncmp(modes[i].name, name, len))
			return modes[i].mode;
	return 0;
}

/* "mode,mode", with a newline after it if it comes from a shell. */
static int modes_set(const char *value, const struct kernel_param *kp)
{
	unsigned long all = 0, mode;
	size_t len;

	for (; *value && *value != '\n'; value += len + (value[len] == ',')) {
		len = strcspn(value, ",\n");
		mode = mode_find(value, len);
		if (!mode) {
			pr_err("safety=: no mode '%.*s'; there are: hardened debug quarantine guard\n",
			       (int)min_t(size_t, len, 32), value);
			return -EINVAL;
		}
		all |= mode;
	}
	WRITE_ONCE(modes_of_all, all);
	return 0;
}

static int modes_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes_of_all & modes[i].mode)
			len += sysfs_emit_at(buffer, len, "%s%s",
					     len ? "," : "", modes[i].name);
	return len + sysfs_emit_at(buffer, len, "\n");
}

static const struct kernel_param_ops modes_ops = {
	.set = modes_set,
	.get = modes_get,
};

module_param_cb(safety, &modes_ops, NULL, 0644);
MODULE_PARM_DESC(safety,
		 "modes of all new caches: hardened,debug,quarantine,guard");

/*
 * === Caches ===
 */

static void safety_detach(struct magslab_cache *cache)
{
	struct safety *safety = safety_of(cache);

	safety_guard_fini(cache, safety);
	safety_quarantine_fini(safety);
	kfree(safety);
}

/* What all modes do. */
static const struct magslab_watch plain_watch = {
	.odd_out = safety_odd_out,
	.odd_back = safety_odd_back,
	.lost = safety_lost,
	.left_behind = safety_left_behind,
	.detach = safety_detach,
};

static int safety_attach(struct magslab_cache *cache,
			 struct magslab_extra *extra)
{
	unsigned long wanted = cache->flags & MAGSLAB_SAFETY_ALL;
	bool sanitized = SAFETY_SANITIZERS && safety_sanitizer_wanted();
	struct safety *safety;

	wanted |= READ_ONCE(modes_of_all);
	if (!wanted && !sanitized)
		return 0;
	safety = kzalloc(sizeof(*safety), GFP_KERNEL);
	if (!safety)
		return -ENOMEM;
	safety->modes = wanted;
	safety->watch = plain_watch;
	extra->use_map = true;
	if (wanted & MAGSLAB_DEBUG)
		safety_debug_init(cache, &safety->watch, extra);
	if (wanted & MAGSLAB_QUARANTINE &&
	    safety_quarantine_init(cache, safety))
		goto err_safety;
	if (wanted & MAGSLAB_GUARD && safety_guard_init(cache, safety))
		goto err_quarantine;
	if (sanitized)
		safety_sanitizer_init(cache, safety);
	cache->watch = &safety->watch;
	return 0;

err_quarantine:
	safety_quarantine_fini(safety);
err_safety:
	kfree(safety);
	return -ENOMEM;
}

/*
 * === The room ===
 */

int magslab_safety_init(void)
{
	int ret = safety_track_init();

	if (!ret)
		ret = safety_oops_init();
	if (!ret)
		magslab_watcher_set(safety_attach, safety_guard_find);
	return ret;
}

/* Caches that somebody forgot stay watched until they are gone. */
void magslab_safety_exit(void)
{
	magslab_watcher_set(NULL, NULL);
	safety_oops_exit();
	safety_pool_exit();
}

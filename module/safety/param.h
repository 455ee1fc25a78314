/* SPDX-License-Identifier: GPL-2.0-only */
/* Parameters of the module that are numbers within bounds. */
#ifndef MAGSLAB_SAFETY_PARAM_H
#define MAGSLAB_SAFETY_PARAM_H

#include <linux/moduleparam.h>

/**
 * safety_param_uint() - a parameter that refuses what is out of bounds
 * @name: of the parameter
 * @variable: an unsigned int, for its value
 * @min: the least it may be
 * @max: the most it may be
 * @perm: of its file, or 0
 */
#define safety_param_uint(name, variable, min, max, perm)          \
	static int name##_set(const char *value,                   \
			      const struct kernel_param *kp)       \
	{                                                          \
		return param_set_uint_minmax(value, kp, min, max); \
	}                                                          \
	static const struct kernel_param_ops name##_ops = {        \
		.set = name##_set,                                 \
		.get = param_get_uint,                             \
	};                                                         \
	module_param_cb(name, &name##_ops, &(variable), perm)

#endif /* MAGSLAB_SAFETY_PARAM_H */

// SPDX-License-Identifier: GPL-2.0-only
/* With MAGSLAB_KMEM_KMALLOC: memory of magslab that the kernel would free. */
#include <linux/slab.h>

static __used void *refused(void *p, size_t size)
{
	return kvrealloc(p, size, GFP_KERNEL); /* poisoned */
}

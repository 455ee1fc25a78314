/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's headers that speak of struct kmem_cache, or free memory for
 * their callers: magslab_kmem.h gives the names another meaning and includes
 * these before it does, so that here they keep the one that the kernel was
 * compiled with.
 *
 * Left out are headers of subsystems that are modules and own the caches they
 * speak of: 9p, ceph, kvm, mhi and sctp. Built with magslab_kmem.h, they and
 * their headers agree.
 */
#ifndef _LINUX_MAGSLAB_KMEM_HEADERS_H
#define _LINUX_MAGSLAB_KMEM_HEADERS_H

#include <linux/bio.h>
#include <linux/delayacct.h>
#include <linux/dma-fence-chain.h>
#include <linux/fault-inject.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/iocontext.h>
#include <linux/jbd2.h>
#include <linux/kasan.h>
#include <linux/kfence.h>
#include <linux/kmsan.h>
#include <linux/lru_cache.h>
#include <linux/memcontrol.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/pid_namespace.h>
#include <linux/posix_acl.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/taskstats_kern.h>
#include <net/dst_ops.h>
#ifdef __has_include /* sparse has not */
#if __has_include("net/hotdata.h")
#include <net/hotdata.h>
#endif
#endif
#include <net/inet_frag.h>
#include <net/inet_hashtables.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/timewait_sock.h>
#include <trace/events/kmem.h>

#endif /* _LINUX_MAGSLAB_KMEM_HEADERS_H */

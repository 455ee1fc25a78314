/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMIs on demand, sent from one CPU to another, on any machine with a local
 * APIC. All that come while there is a handler are taken for ours.
 */
#ifndef MAGSLAB_TEST_NMI_H
#define MAGSLAB_TEST_NMI_H

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#ifdef CONFIG_X86_LOCAL_APIC

#include <asm/apic.h>
#include <asm/nmi.h>

static void (*nmi_function)(void);

static int nmi_handle(unsigned int type, struct pt_regs *regs)
{
	nmi_function();
	return NMI_HANDLED;
}

/* Have a function called in NMI context, for as long as the module wants. */
static int nmi_start(void (*function)(void))
{
	nmi_function = function;
	return register_nmi_handler(NMI_LOCAL, nmi_handle, 0, KBUILD_MODNAME);
}

static void nmi_overtaken(void *unused)
{
}

/*
 * Call it when none will be sent any more. Each CPU takes those on their way
 * before this last interrupt, as after that nobody would know what they are.
 */
static void nmi_stop(void)
{
	on_each_cpu(nmi_overtaken, NULL, 1);
	unregister_nmi_handler(NMI_LOCAL, KBUILD_MODNAME);
}

/* Nothing happens when the CPU is offline. It cannot go while it is sent to. */
static void nmi_send(int cpu)
{
	preempt_disable();
	if (cpu_online(cpu))
		apic->send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
	preempt_enable();
}

#else

static inline int nmi_start(void (*function)(void))
{
	return -EOPNOTSUPP;
}

static inline void nmi_stop(void)
{
}

static inline void nmi_send(int cpu)
{
}

#endif

#endif /* MAGSLAB_TEST_NMI_H */

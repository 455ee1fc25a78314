// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the kernel tells that somebody accessed memory that is not there, we may
 * know whose it was. Nothing is done about it: the task dies, as it would.
 */
#include <linux/kdebug.h>
#include <linux/notifier.h>

#include "compat.h"
#include "safety/safety.h"

/*
 * The kernel has shown the code around by now, so many bytes before and after.
 * Where there is no such code, at the beginning of a module, that has faulted as
 * well, and the address of the first fault is lost.
 */
#define CODE_BYTES 64

static bool is_of_code(struct pt_regs *regs, unsigned long address)
{
	return address - instruction_pointer(regs) + CODE_BYTES <
	       2 * CODE_BYTES;
}

/* An object is accessed by an address that is in some register. */
static void look_at_registers(struct pt_regs *regs)
{
	const unsigned long *word = (const unsigned long *)regs;
	const unsigned long *end = (const unsigned long *)(regs + 1);

	while (word < end &&
	       !safety_guard_fault((void *)*word, instruction_pointer(regs)))
		word++;
}

/* The notifiers are called in an RCU reader's section. */
static int oops_notified(struct notifier_block *notifier, unsigned long event,
			 void *data)
{
	const struct die_args *args = data;
	unsigned long address;

	if (event != DIE_OOPS || !magslab_fault_address(args, &address))
		return NOTIFY_DONE;
	if (is_of_code(args->regs, address))
		look_at_registers(args->regs);
	else
		safety_guard_fault((void *)address,
				   instruction_pointer(args->regs));
	return NOTIFY_DONE;
}

static struct notifier_block oops_notifier = {
	.notifier_call = oops_notified,
};

int safety_oops_init(void)
{
	return register_die_notifier(&oops_notifier);
}

void safety_oops_exit(void)
{
	unregister_die_notifier(&oops_notifier);
}

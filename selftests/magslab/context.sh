#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The table of Documentation/contexts.rst, cell by cell: the cases are in
# modules/magslab_context.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

FUNCTIONS="alloc zalloc alloc_bulk alloc_node free free_bulk cache_of figures"

# cases_of FUNCTION
cases_of() {
	load magslab_context function="$1" ||
		ktap_exit_fail_msg "magslab_context.ko does not load"
	report_of magslab_context
	[ "$1" != rest ] || note "NMIs: $(param magslab_context strikes)"
	unload magslab_context
}

# Functions that take objects are tried in two states of the cache, and those that
# may take from a reserve in a third.
begin $((4 * 11 * 2 + 3 * 11 + 4 * 11 + 3)) magslab_context
for function in $FUNCTIONS rest; do
	cases_of "$function"
done
ktap_finished

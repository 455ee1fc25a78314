#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Interrupts and NMIs at every instruction: see modules/magslab_reentry.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# sweep PREFIX [PARAMETER...]: with small magazines, so that few calls get to
# all layers.
sweep() {
	prefix=$1
	shift
	load magslab_reentry "$@" ||
		ktap_exit_fail_msg "magslab_reentry.ko does not load"
	echo 4 >"$DEBUGFS/caches/reentry/magazine_capacity"
	set_param magslab_reentry sweep 1
	report_of magslab_reentry "$prefix"
	# shellcheck disable=SC2046 # lines become words
	note $(param magslab_reentry figures)
	note "in the middle of an operation: $(stat_of reentry interrupts);" \
		"freed without a lock: $(stat_of reentry settled_objects)"
	unload magslab_reentry
}

# What callers do, and what they call, is another matter in a hardened cache.
sweep_hardened() {
	set_param magslab safety hardened
	sweep hardened_ only=__magslab
	set_param magslab safety ""
}

# others 0 or 1: the other CPUs, which would have to be told of each probe.
others() {
	for online in /sys/devices/system/cpu/cpu[1-9]*/online; do
		[ ! -w "$online" ] || echo "$1" >"$online"
	done
}

begin 4 magslab_reentry
trap 'others 1; cleanup' EXIT
others 0
sweep ''
sweep_hardened
ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Memory: where it is accounted, who gets it back, and what happens when there
# is none.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Objects of a page each, 16 MiB in all, so that the effect is hard to miss.
SIZE=4096
OBJECTS=4096
KIB=16384
# What the rest of the system may do to a counter meanwhile, in KiB.
SLACK=${MAGSLAB_SLACK_KIB:-4096}

# near WHAT A B: they differ by no more than the rest may cause.
near() {
	expect "$1" "$2" -ge $(($3 - SLACK)) &&
		expect "$1" "$2" -le $(($3 + SLACK))
}

fresh_meminfo() {
	cat /proc/sys/vm/stat_refresh
	meminfo "$1"
}

available_kib() {
	cat /proc/sys/vm/stat_refresh
	with_kept_kib MemAvailable
}

drop_caches() {
	echo 2 >/proc/sys/vm/drop_caches
}

# Start from an empty cache and a quiet system.
settle() {
	set_param magslab_hold objects 0 && set_param magslab_hold shrink 1 &&
		expect "pages" "$(stat_of hold pages)" -eq 0 || return 1
	drop_caches
	used=$(fresh_meminfo SUnreclaim)
	idle=$(fresh_meminfo KReclaimable)
	available=$(available_kib)
}

live_is_unreclaimable() {
	settle && set_param magslab_hold objects $OBJECTS &&
		near "SUnreclaim" "$(fresh_meminfo SUnreclaim)" \
			$((used + KIB)) &&
		near "KReclaimable" "$(fresh_meminfo KReclaimable)" "$idle" &&
		near "MemAvailable" "$(available_kib)" \
			$((available - KIB))
}

# Without magazines, what is freed goes to the slabs and leaves them empty. The
# kernel counts at least half of what is reclaimable as available.
empty_is_reclaimable() {
	settle || return 1
	echo 1 >"$DEBUGFS/fail_magazines"
	set_param magslab_hold objects $OBJECTS &&
		set_param magslab_hold objects 0
	echo 0 >"$DEBUGFS/fail_magazines"
	empty=$(($(stat_of hold slabs_empty) * \
		$(stat_of hold pages_per_slab) * 4))
	expect "KiB of empty slabs" $empty -ge $((KIB * 9 / 10)) &&
		near "SUnreclaim" "$(fresh_meminfo SUnreclaim)" "$used" &&
		near "KReclaimable" "$(fresh_meminfo KReclaimable)" \
			$((idle + empty)) &&
		expect "MemAvailable" "$(available_kib)" -ge \
			$((available - empty / 2 - SLACK)) &&
		set_param magslab_hold shrink 1 &&
		near "KReclaimable after a shrink" \
			"$(fresh_meminfo KReclaimable)" "$idle"
}

nothing_is_left() {
	settle && set_param magslab_hold objects $OBJECTS &&
		set_param magslab_hold objects 0 &&
		set_param magslab_hold shrink 1 &&
		expect "pages" "$(stat_of hold pages)" -eq 0 &&
		near "SUnreclaim" "$(fresh_meminfo SUnreclaim)" "$used" &&
		near "KReclaimable" "$(fresh_meminfo KReclaimable)" "$idle" &&
		near "MemAvailable" "$(available_kib)" \
			"$available"
}

# What CPUs have loaded stays with them; the rest goes.
drop_caches_shrinks() {
	settle && set_param magslab_hold objects $OBJECTS &&
		set_param magslab_hold objects 0 || return 1
	before=$(stat_of hold pages)
	drop_caches
	note "pages: $before before, $(stat_of hold pages) after"
	expect "pages before" "$before" -ge $OBJECTS &&
		expect "pages after" "$(stat_of hold pages)" -le \
			$((before / 20 + 16 * $(nproc))) &&
		expect "objects in depots" "$(stat_of hold depot_objects)" \
			-eq 0 &&
		expect "empty slabs" "$(stat_of hold slabs_empty)" -eq 0 &&
		adds_up hold
}

# Pages with a live object stay, and so do the objects.
drop_caches_spares_the_living() {
	settle && set_param magslab_hold objects $OBJECTS || return 1
	drop_caches
	expect "pages" "$(stat_of hold pages)" -ge $OBJECTS &&
		set_param magslab_hold objects 100 || return 1
	drop_caches
	expect "live objects" "$(stat_of hold live_objects)" -eq 100 &&
		adds_up hold &&
		expect "pages" "$(stat_of hold pages)" -ge 100 &&
		set_param magslab_hold objects 200
}

# Fill memory with a file until more is needed than was free, by less than there
# is to be had, which is 156 MiB: 60 of them may be below what the kernel keeps for
# itself, as it keeps a third more after it was short of pages side by side, and CPUs
# keep tens of MiB on lists of their own, where the kernel may forget them. No process
# is started while it is full: what the kernel does if it finds no two pages side by
# side is not ours to test.
hog() {
	settle && set_param magslab_hold objects 40000 &&
		set_param magslab_hold objects 0 || return 1
	before=$(stat_of hold pages)
	kills=$(sed -n 's/^oom_kill //p' /proc/vmstat)
	mkdir /tmp/hog && mount -t tmpfs -o size=100% hog /tmp/hog || return 1
	dd if=/dev/zero of=/tmp/hog/file bs=1M 2>/dev/null \
		count=$((($(meminfo MemFree) + 48 * 1024) / 1024))
	status=$?
	: >/tmp/hog/file
	after=$(stat_of hold pages)
	umount /tmp/hog && rmdir /tmp/hog
	note "pages: $before before, $after after"
	expect "status of dd" $status -eq 0 &&
		expect "pages returned" $((before - after)) -ge 10000 &&
		expect "tasks killed" \
			"$(sed -n 's/^oom_kill //p' /proc/vmstat)" -eq "$kills"
}

# From the k-th on, no more pages: NULL, nothing lost, and life goes on.
pages_fail() {
	for k in 1 2 7 100; do
		settle || return 1
		refused=$(param magslab_hold refused)
		echo $k >"$DEBUGFS/fail_pages"
		set_param magslab_hold objects $OBJECTS 2>/dev/null &&
			note "nothing failed"
		echo 0 >"$DEBUGFS/fail_pages"
		held=$(param magslab_hold objects)
		expect "allocations refused" "$(param magslab_hold refused)" \
			-eq $((refused + 1)) &&
			expect "live objects" \
				"$(stat_of hold live_objects)" -eq "$held" &&
			expect "pages" "$(stat_of hold pages)" -eq \
				$(((k - 1) * $(stat_of hold pages_per_slab))) &&
			adds_up hold &&
			set_param magslab_hold objects $OBJECTS &&
			adds_up hold || return 1
	done
}

# Without magazines the cache is slower, not smaller.
magazines_fail() {
	for k in 1 2 5; do
		settle || return 1
		echo $k >"$DEBUGFS/fail_magazines"
		set_param magslab_hold objects 1000 && adds_up hold &&
			set_param magslab_hold objects 10 && adds_up hold &&
			set_param magslab_hold shrink 1 && adds_up hold &&
			set_param magslab_hold objects 500 && adds_up hold
		status=$?
		echo 0 >"$DEBUGFS/fail_magazines"
		[ $status = 0 ] || return 1
	done
	settle
}

begin 8 magslab_hold
load magslab_hold size=$SIZE ctor=N ||
	ktap_exit_fail_msg "magslab_hold.ko does not load"
run "live objects count as unreclaimable" live_is_unreclaimable
run "empty slabs count as reclaimable" empty_is_reclaimable
run "nothing is left after free and shrink" nothing_is_left
run "drop_caches gets back what is free" drop_caches_shrinks
run "and leaves what is live" drop_caches_spares_the_living
if [ "$(meminfo MemTotal)" -le $((4 * 1024 * 1024)) ]; then
	run "memory pressure gets back what is free" hog
else
	skip "memory pressure gets back what is free" "too much memory to fill"
fi
run "failing page allocations lose nothing" pages_fail
run "failing magazine allocations lose nothing" magazines_fail
ktap_finished

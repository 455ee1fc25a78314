#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# CPUs that go away take nothing with them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

CPUS=$(nproc)
LAST=$((CPUS - 1))

# set_cpu CPU 0|1
set_cpu() {
	echo "$2" >"/sys/devices/system/cpu/cpu$1/online"
}

# Whatever a case did, all CPUs are there for the next one.
all_online() {
	for cpu in $(seq 1 $LAST); do
		[ "$(cat "/sys/devices/system/cpu/cpu$cpu/online")" = 1 ] ||
			set_cpu "$cpu" 1
	done
}

# hold_on CPU NR
hold_on() {
	echo "$2" | taskset -c "$1" \
		tee /sys/module/magslab_hold/parameters/objects >/dev/null
}

in_magazines_of() {
	echo $(($(column hold "$1" loaded) + $(column hold "$1" previous)))
}

# Leave free objects in the magazines of a CPU.
fill_magazines_of() {
	hold_on "$1" 1000 && hold_on "$1" 100 &&
		expect "objects in magazines of CPU $1" \
			"$(in_magazines_of "$1")" -gt 0
}

drained() {
	fill_magazines_of $LAST && set_cpu $LAST 0 &&
		expect "online" "$(column hold $LAST online)" = 0 &&
		expect "objects in magazines of the dead" \
			"$(in_magazines_of $LAST)" -eq 0 &&
		expect "live objects" "$(stat_of hold live_objects)" -eq 100 &&
		adds_up hold
}

each_drained() {
	for cpu in $(seq 1 $LAST); do
		fill_magazines_of "$cpu" || return 1
	done
	for cpu in $(seq 1 $LAST); do
		set_cpu "$cpu" 0 &&
			expect "objects in magazines of CPU $cpu" \
				"$(in_magazines_of "$cpu")" -eq 0 &&
			adds_up hold || return 1
	done
}

# What the dead held is not only counted away: its pages come back.
pages_come_back() {
	fill_magazines_of $LAST && set_cpu $LAST 0 &&
		set_param magslab_hold objects 0 &&
		set_param magslab_hold shrink 1 &&
		expect "pages" "$(stat_of hold pages)" -eq 0 &&
		expect "capacity" "$(stat_of hold capacity_objects)" -eq 0
}

# Objects allocated by the dead are freed by the living.
freed_by_others() {
	hold_on $LAST 3000 && set_cpu $LAST 0 && hold_on 0 7 &&
		expect "live objects" "$(stat_of hold live_objects)" -eq 7 &&
		adds_up hold
}

comes_back() {
	before=$(column hold $LAST allocs)
	set_cpu $LAST 0 && set_cpu $LAST 1 && fill_magazines_of $LAST &&
		expect "allocations" "$(column hold $LAST allocs)" -gt \
			"$before" &&
		adds_up hold
}

born_while_offline() {
	set_cpu $LAST 0 && unload magslab_hold && unload magslab &&
		load magslab && load magslab_hold &&
		set_param magslab_hold objects 50 && set_cpu $LAST 1 &&
		fill_magazines_of $LAST && adds_up hold
}

gone_while_offline() {
	fill_magazines_of $LAST && set_cpu $LAST 0 &&
		unload magslab_hold && unload magslab && set_cpu $LAST 1 &&
		load magslab && load magslab_hold
}

# toggle ROUNDS: CPUs go and come. One may be refused while another is used.
toggle() {
	left=$1
	while [ "$left" -gt 0 ]; do
		left=$((left - 1))
		for cpu in $(seq 1 $LAST); do
			set_cpu "$cpu" 0
		done
		all_online
	done 2>/dev/null
}

# Shrinking asks every CPU that is online, whichever that is.
shrink_meanwhile() {
	toggle 4 &
	toggler=$!
	while kill -0 $toggler 2>/dev/null; do
		set_param magslab_hold objects 2000
		set_param magslab_hold objects 10
		set_param magslab_hold shrink 1
	done
	wait $toggler
	set_param magslab_hold objects 0
	set_param magslab_hold shrink 1
	adds_up hold && expect "pages" "$(stat_of hold pages)" -eq 0
}

# A cache that is being destroyed while a CPU dies still has objects there.
storm_meanwhile() {
	rm -f /tmp/toggled
	{
		toggle 8
		touch /tmp/toggled
	} &
	while [ ! -e /tmp/toggled ]; do
		for cpu in $(seq 0 $LAST); do
			echo 10 | taskset -c "$cpu" \
				tee /sys/module/magslab_hold/parameters/storm
		done
	done >/dev/null 2>&1
	wait
	rm /tmp/toggled
	set_param magslab_hold storm 10 &&
		expect "caches" "$(caches)" = hold
}

# A run is bound to its CPUs, and may fail when they go. It must not hang, and
# leaves nothing.
bench_meanwhile() {
	rm -f /tmp/toggled /tmp/bench-done
	{
		while [ ! -e /tmp/toggled ]; do
			magslab-bench -q -p smoke --cpus "$CPUS" 2>/dev/null
			magslab-bench -q -p smoke 2>/dev/null
		done
		touch /tmp/bench-done
	} &
	sleep 1
	toggle 8
	touch /tmp/toggled
	wait_for 60 [ -e /tmp/bench-done ] || {
		note "the bench does not end"
		return 1
	}
	rm -f /tmp/toggled /tmp/bench-done
	expect "caches" "$(caches)" = hold &&
		magslab-bench -q -p smoke
}

case_run() {
	run "$1" "$2"
	all_online
}

[ "$CPUS" -gt 1 ] || skip_all "needs a second CPU"
[ -w /sys/devices/system/cpu/cpu1/online ] ||
	skip_all "needs CPUs that can go offline"
begin 10 magslab_hold
load magslab_hold || ktap_exit_fail_msg "magslab_hold.ko does not load"
case_run "a dead CPU holds nothing" drained
case_run "nor does any of them" each_drained
case_run "pages of the dead come back" pages_come_back
case_run "objects of the dead can be freed" freed_by_others
case_run "a CPU comes back to work" comes_back
case_run "load while a CPU is offline" born_while_offline
case_run "unload while a CPU is offline" gone_while_offline
case_run "shrink while CPUs come and go" shrink_meanwhile
case_run "caches come and go while CPUs do" storm_meanwhile
if command -v magslab-bench >/dev/null; then
	case_run "bench while CPUs come and go" bench_meanwhile
else
	skip "bench while CPUs come and go" "no magslab-bench"
fi
ktap_finished

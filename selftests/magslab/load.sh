#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Loading and unloading: nothing is left behind, and what must not be unloaded
# is not.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

ROUNDS=50

all_there() {
	[ -c /dev/magslab ] && [ -d "$DEBUGFS/caches" ] &&
		[ -f "$DEBUGFS/summary" ] && grep -q magslab /proc/misc &&
		grep -q magslab /sys/devices/system/cpu/hotplug/states
}

all_gone() {
	! [ -e /dev/magslab ] && ! [ -e "$DEBUGFS" ] &&
		! [ -e /sys/module/magslab ] && ! grep -q magslab /proc/misc &&
		! grep -q magslab /sys/devices/system/cpu/hotplug/states
}

cycle() {
	unload magslab && all_gone && load magslab && all_there
}

cycles() {
	round=0
	while [ $round -lt "$1" ]; do
		round=$((round + 1))
		cycle && continue
		note "in round $round"
		return 1
	done
}

# Memory that has a user, in KiB.
used_kib() {
	echo 3 >/proc/sys/vm/drop_caches
	cat /proc/sys/vm/stat_refresh
	echo $(($(meminfo MemTotal) - $(with_kept_kib MemFree) - \
		$(meminfo Cached)))
}

used_at_most() {
	used=$(used_kib)
	[ "$used" -le "$1" ]
}

# settles KIB COMMAND...: what a command leaks, it leaks each time; what the
# kernel's own caches take, they take but a few times. Much of what is freed
# takes a while to be free.
settles() {
	kib=$1
	shift
	for _ in 1 2 3 4; do
		before=$(used_kib)
		"$@" || return 1
		wait_for 10 used_at_most $((before + kib)) && break
		note "KiB used: $before before, $(used_kib) after, once more"
	done
	expect "KiB used" "$used" -le $((before + kib)) || return 1
	note "KiB used: $before before, $used after"
}

# A page lost in each round is what is allowed in these two.
no_leak() {
	cycles 10 && settles $((4 * ROUNDS)) cycles $ROUNDS
}

with_objects() {
	round=0
	while [ $round -lt "$1" ]; do
		load magslab_hold && set_param magslab_hold objects 3000 &&
			unload magslab_hold && cycle || return 1
		round=$((round + 1))
	done
}

# The same with a cache in use each time.
no_leak_with_objects() {
	with_objects 5 && settles $((4 * 20)) with_objects 20
}

twice() {
	if load magslab 2>/dev/null; then
		note "it was loaded twice"
		return 1
	fi
	all_there
}

while_open() {
	exec 8<>/dev/magslab
	unload magslab 2>/dev/null && note "it was unloaded while open"
	all_there && load magslab_hold && unload magslab_hold
	status=$?
	exec 8<&-
	[ $status = 0 ] && cycle
}

while_used() {
	load magslab_hold || return 1
	unload magslab 2>/dev/null && note "it was unloaded while in use"
	set_param magslab_hold objects 100 &&
		expect "objects" "$(stat_of hold live_objects)" -eq 100 &&
		unload magslab_hold && cycle
}

# What a module forgot is reported once, by name and number, and stays.
forgotten() {
	log_mark
	load magslab_hold && set_param magslab_hold objects 500 &&
		load magslab_leak objects="$1" destroy="$2" &&
		unload magslab_leak
}

# reported NAME NUMBER
reported() {
	log_since_mark >/tmp/log
	lines=$(grep "magslab.*'$1'" /tmp/log | grep -cw "$2")
	rm /tmp/log
	expect "lines that say '$1' and $2" "$lines" -eq 1
}

# The others are as they were, and magslab can go and come again.
life_goes_on() {
	expect "objects of another" "$(stat_of hold live_objects)" -eq 500 &&
		set_param magslab_hold objects 1000 &&
		adds_up hold && unload magslab_hold
}

left_at_destroy() {
	for nr in 3 1 300; do
		forgotten $nr Y && reported leak-destroyed $nr &&
			expect "caches" "$(caches)" = hold &&
			life_goes_on && cycle || return 1
	done
}

leaked_pages_stay() {
	before=$(used_kib)
	for round in 1 2 3 4 5 6 7 8; do
		load magslab_leak objects=16000 && unload magslab_leak ||
			return 1
	done
	# 16000 objects of 256 bytes are at least 1000 pages.
	expect "KiB used after $round leaks" "$(used_kib)" -ge \
		$((before + round * 1000 * 4 - ${MAGSLAB_SLACK_KIB:-512}))
}

never_destroyed() {
	for nr in 3 200; do
		forgotten $nr N &&
			expect "objects" "$(stat_of leak-left live_objects)" \
				-eq $nr &&
			life_goes_on && log_mark && cycle &&
			reported leak-left $nr || return 1
	done
}

# The name of a cache that was left can not be had until magslab is reloaded.
name_of_the_left() {
	load magslab_leak destroy=N && unload magslab_leak || return 1
	if load magslab_leak destroy=N 2>/dev/null; then
		note "two caches have one name"
		unload magslab_leak
		return 1
	fi
	cycle
}

begin 9 magslab_hold magslab_leak
run "load and unload $ROUNDS times without a leak" no_leak
run "and with objects" no_leak_with_objects
run "a second load is refused" twice
run "unload is refused while the device is open" while_open
run "unload is refused while a cache is in use" while_used
run "objects left at destroy are reported" left_at_destroy messages
run "and their pages are leaked" leaked_pages_stay messages
run "a cache left at unload is reported" never_destroyed messages
run "its name is taken as long as it is there" name_of_the_left messages
ktap_finished

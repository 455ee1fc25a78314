#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is not needed any more goes back by itself, and magazines adapt; both can
# be tuned.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# A peak of 1 GiB, if the machine has room for it, else of 128 MiB.
SIZE=4096
if [ "$(meminfo MemAvailable)" -gt $((1280 * 1024)) ]; then
	PEAK=$((1024 * 1024 * 1024 / SIZE))
else
	PEAK=$((128 * 1024 * 1024 / SIZE))
fi

# refuses FILE VALUE...: each is an error, and changes nothing.
refuses() {
	file=$1 before=$(cat "$1")
	shift
	for value; do
		if sh -c "echo '$value' >'$file'" 2>/dev/null; then
			note "$file takes $value"
			return 1
		fi
	done
	expect "$file" "$(cat "$file")" = "$before"
}

# takes FILE VALUE...: each, as can be read.
takes() {
	file=$1
	shift
	for value; do
		echo "$value" >"$file" &&
			expect "$file" "$(cat "$file")" -eq "$value" || return 1
	done
}

bounds() {
	takes "$DEBUGFS/reap_interval_ms" 1 1000 86400000 0 &&
		refuses "$DEBUGFS/reap_interval_ms" -1 86400001 x "" &&
		takes "$DEBUGFS/contention_threshold" 1 4294967295 8 &&
		refuses "$DEBUGFS/contention_threshold" 0 4294967296 x &&
		takes "$DEBUGFS/caches/hold/magazine_capacity" 1 254 7 &&
		refuses "$DEBUGFS/caches/hold/magazine_capacity" -1 255 x &&
		! sh -c "echo 2 >$DEBUGFS/reap" 2>/dev/null &&
		echo 0 >"$DEBUGFS/caches/hold/magazine_capacity"
}

capacities() {
	for capacity in 1 254 3 0; do
		echo $capacity >"$DEBUGFS/caches/hold/magazine_capacity"
		set_param magslab_hold objects 5000 && adds_up hold &&
			set_param magslab_hold objects 3 && adds_up hold &&
			set_param magslab_hold shrink 1 && adds_up hold ||
			return 1
	done
	set_param magslab_hold objects 0
}

peak() {
	set_param magslab_hold objects $PEAK &&
		set_param magslab_hold objects 0 || return 1
	peak=$(stat_of hold pages)
}

one_reap() {
	peak && echo 1 >"$DEBUGFS/reap" || return 1
	note "pages: $peak at the peak, $(stat_of hold pages) after one reap"
	expect "pages" "$peak" -ge $PEAK &&
		expect "pages after one reap" "$(stat_of hold pages)" -le \
			$((peak / 100)) &&
		adds_up hold
}

# Two intervals, and the patience that an emulated machine needs.
by_itself() {
	echo 200 >"$DEBUGFS/reap_interval_ms"
	peak || return 1
	for _ in $(seq 300); do
		[ "$(stat_of hold pages)" -gt $((peak / 100)) ] || break
		sleep 0.1
	done
	echo 0 >"$DEBUGFS/reap_interval_ms"
	note "pages: $peak at the peak, $(stat_of hold pages) later"
	expect "pages" "$(stat_of hold pages)" -le $((peak / 100)) &&
		adds_up hold
}

begin 4 magslab_hold
load magslab_hold size=$SIZE ctor=N ||
	ktap_exit_fail_msg "magslab_hold.ko does not load"
run "tunables take what they can and refuse the rest" bounds
run "magazines of any capacity lose nothing" capacities
run "after a peak one reap leaves at most 1 %" one_reap
run "after a peak nothing stays for long" by_itself
ktap_finished

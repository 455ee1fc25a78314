#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The reserve, while no page can be had: the cases are in
# modules/magslab_reserve.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Somebody had to use it, and somebody had to wait, or nothing was tried.
counted() {
	for cache in reserve reserve-pair; do
		note "$cache: $(stat_of $cache reserve_allocs) from the" \
			"reserve, $(stat_of $cache reserve_waits) waits"
		expect "$cache: from the reserve" \
			"$(stat_of $cache reserve_allocs)" -gt 0 &&
			expect "$cache: waits" \
				"$(stat_of $cache reserve_waits)" -gt 0 &&
			expect "$cache: live objects" \
				"$(stat_of $cache live_objects)" -eq 0 &&
			adds_up $cache || return 1
	done
}

is_full() {
	[ "$(stat_of reserve reserve_objects)" = \
		"$(stat_of reserve reserve_size)" ]
}

fills_up() {
	wait_for 10 is_full || note "reserve_objects: $(stat_of reserve \
		reserve_objects) of $(stat_of reserve reserve_size)"
	is_full
}

goes() {
	unload magslab_reserve && expect "caches" \
		"$(caches)" = ""
}

begin 8 magslab_reserve
load magslab_reserve || ktap_exit_fail_msg "magslab_reserve.ko does not load"
echo 1 >"$DEBUGFS/fail_pages"
set_param magslab_reserve run 1
echo 0 >"$DEBUGFS/fail_pages"
report_of magslab_reserve
run "it fills up when there is memory" fills_up
run "uses are counted, and nothing is lost" counted
run "it goes with its cache" goes
ktap_finished

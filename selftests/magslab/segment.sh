#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Segments: the cases are in modules/magslab_segment.c. Here is what debugfs tells of
# them, and the one that is laid out at load.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

SEGMENTS=$DEBUGFS/segments

# row SEGMENT POOL: its line of the table.
row() {
	awk -v name="$2" '$1 == name && NF == 13' "$SEGMENTS/$1"
}

balances() {
	sed 's/^/# /' "$SEGMENTS/selftest"
	for pool in race odd; do
		row selftest $pool |
			awk '$5 != $6 + $7 || $6 != 0 || $8 > $5 { exit 1 }
				END { exit !NR }' || return 1
	done
	grep -q '^map of race, 1 a cell:$' "$SEGMENTS/selftest" &&
		grep -q '^\.\{24\}$' "$SEGMENTS/selftest" &&
		grep -q '^\.-\{23\}$' "$SEGMENTS/selftest"
}

goes() {
	unload magslab_segment && [ ! -e "$SEGMENTS/selftest" ]
}

at_load() {
	unload magslab && load magslab segment=a:64:10,b:100:1000 &&
		row load a | grep -q ' 64 *64 *10 *0 *10 *0 ' &&
		row load b | grep -q ' 100 *104 *1000 *0 *1000 *0 ' || return 1
	unload magslab && load magslab
}

bad_at_load() {
	unload magslab
	for text in a a:64 a:64:0 a:0:1 a:64:1:1 'a:64:1,' a:x:1 a:64:1,a:64:1 \
		a:65537:1 a:64:16777216 a:65536:16385; do
		if load magslab "segment=$text" 2>/dev/null; then
			note "segment=$text: accepted"
			return 1
		fi
		log_since_mark | grep -q "segment=$text: error" || return 1
	done
	load magslab
}

begin 15 magslab_segment
load magslab_segment || ktap_exit_fail_msg "magslab_segment.ko does not load"
report_of magslab_segment
run "figures balance" balances messages
run "it goes with its owner" goes messages
run "one is laid out at load" at_load
run "what cannot be is refused at load" bad_at_load messages
ktap_finished

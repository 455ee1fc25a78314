#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Arenas: the cases are in modules/magslab_arena.c. Here is what debugfs tells of them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

ARENAS=$DEBUGFS/arenas

# figure ARENA NAME
figure() {
	sed -n "s/^$2: //p" "$ARENAS/$1"
}

balances() {
	for file in "$ARENAS"/selftest-*; do
		arena=${file##*/}
		note "$arena: $(figure "$arena" chunks_got) chunks," \
			"$(figure "$arena" oversize_got) oversize," \
			"$(figure "$arena" marks) marks"
		expect "$arena: chunks" "$(figure "$arena" chunks)" -eq \
			$(($(figure "$arena" chunks_got) - \
				$(figure "$arena" chunks_given_back))) &&
			expect "$arena: oversize" \
				"$(figure "$arena" oversize)" -eq 0 &&
			expect "$arena: marks" "$(figure "$arena" marks)" -eq \
				"$(figure "$arena" marks_released)" &&
			expect "$arena: used" \
				"$(figure "$arena" used_bytes)" -eq 0 &&
			expect "$arena: held" \
				"$(figure "$arena" held_bytes)" -eq \
				$(($(figure "$arena" chunks) * \
					$(figure "$arena" chunk_bytes))) ||
			return 1
	done
	expect "chunks held by all" "$(for file in "$ARENAS"/*; do
		figure "${file##*/}" chunks
	done | awk '{ n += $1 } END { print n + 0 }')" -eq \
		"$(stat_of magslab-arena-16k live_objects)"
}

goes() {
	unload magslab_arena && expect "arenas" "$(ls "$ARENAS")" = "" &&
		expect "chunks" "$(stat_of magslab-arena-16k live_objects)" \
			-eq 0 && adds_up magslab-arena-16k
}

begin 6 magslab_arena
load magslab_arena || ktap_exit_fail_msg "magslab_arena.ko does not load"
report_of magslab_arena
run "figures balance" balances messages
run "it goes with its owner" goes messages
ktap_finished

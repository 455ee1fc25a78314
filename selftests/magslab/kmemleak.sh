#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Where the kernel has kmemleak: it lists the objects that nobody knows the address
# of, and no others. What there is to be found is in modules/magslab_kmemleak.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

KMEMLEAK=/sys/kernel/debug/kmemleak
LOST=32

# What is younger than five seconds is not listed, nor what a scan saw changing.
scan() {
	sleep 6
	echo scan >$KMEMLEAK && echo scan >$KMEMLEAK && cat $KMEMLEAK >/tmp/leaks
}

# listed FUNCTION: how many that it allocated.
listed() {
	awk -v call=" $1+0x" '
		/^unreferenced object/ { counted = 0 }
		!counted && index($0, call) { counted = 1; n++ }
		END { print n + 0 }' /tmp/leaks
}

# What looks like an address in any memory counts, and some is bound to lie about:
# the more the larger what it is the address of.
lost_by() {
	note "of $LOST lost by $1: $(listed "$1") found"
	expect "listed of $1" "$(listed "$1")" -ge "$2" &&
		expect "listed of $1" "$(listed "$1")" -le $LOST
}

none_of() {
	for call; do
		expect "listed of $call" "$(listed "$call")" -eq 0 || return 1
	done
}

objects_lost() {
	lost_by lose_objects $((LOST / 2))
}

memory_lost() {
	lost_by lose_memory $((LOST / 2)) && lost_by lose_pages 1
}

objects_known() {
	none_of link_objects
}

objects_free() {
	none_of free_objects have_again have_elsewhere
}

objects_ignored() {
	none_of lose_ignored
}

# Whatever else has to do with magslab: its caches, magazines and batches.
nothing_else() {
	awk '
		function done() { if (ours && !planted) printf "%s", text }
		/^unreferenced object/ { done(); ours = planted = 0; text = "" }
		/\[magslab[_a-z]*\]/ { ours = 1 }
		/ lose_[a-z]*\+0x/ { planted = 1 }
		{ text = text "# " $0 "\n" }
		END { done() }' /tmp/leaks >/tmp/others
	cat /tmp/others
	[ ! -s /tmp/others ]
}

nothing_after_unload() {
	unload magslab_kmemleak && scan && nothing_else &&
		none_of lose_objects lose_memory lose_pages
}

[ -w $KMEMLEAK ] || skip_all "needs kmemleak"
# Asked for what it does anyway, it tells whether it is on.
echo scan=off 2>/dev/null >$KMEMLEAK || skip_all "kmemleak is off"
begin 8 magslab_kmemleak
load magslab_kmemleak || ktap_exit_fail_msg "magslab_kmemleak.ko does not load"
run "kmemleak goes on" scan
run "objects are found that are lost" objects_lost
run "memory of any size is found that is lost" memory_lost
run "objects that other objects know of are not lost" objects_known
run "nor are those that are free, whoever freed them" objects_free
run "nor those of a cache that is not to be traced" objects_ignored
run "nor anything that is magslab's own" nothing_else
run "nothing is left after that is free" nothing_after_unload
ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The same work on SLUB and on magslab, timed. Where the clock counts
# instructions these are instructions.
#
#	cost.sh [ROUNDS]
# shellcheck source=../magslab/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=disks.sh
. "$here/disks.sh"

ROUNDS=${1:-20}
TURNS=3
ROWS="ext2-files ext2-names minix-files minix-names disk-reads"

# row_work ROW COUNT: what is done for a row of the table.
row_work() {
	case $1 in
	*-files) fswork rounds "/tmp/${1%-*}" "$2" ;;
	*-names) fswork names "/tmp/${1%-*}" "$2" ;;
	disk-reads) fswork reads "$(disk_of ext2)" $(($2 * 200)) ;;
	esac
}

# least ROW: per operation, of some turns. The first round, before, fills the
# caches.
least() {
	row_work "$1" 1 >/dev/null || return
	for _ in $(seq $TURNS); do
		row_work "$1" "$ROUNDS" || return
	done | awk '{ print int($3 / $1 + 0.5) }' | sort -n | head -n 1
}

# measure ALLOCATOR: all rows, into a file each.
measure() {
	# Disks that answer at once.
	load_dropin "$1" delay=0 || return
	for fs in $FILESYSTEMS; do
		format "$fs" || return
	done
	mount_all || return
	for row in $ROWS; do
		least "$row" >"/tmp/$row.$1"
		[ -s "/tmp/$row.$1" ] || return
	done
	unmount_all && unload_dropin
}

table() {
	echo "# Per operation, system calls included, least of $TURNS turns"
	printf '# %-12s %8s %8s %8s\n' work magslab SLUB ratio
	for row in $ROWS; do
		awk -v row="$row" '{ ns[NR] = $1 } END {
			printf "# %-12s %8d %8d %6.1f %%\n", row, ns[1], ns[2],
				100 * ns[1] / ns[2] }' \
			"/tmp/$row.magslab" "/tmp/$row.slub"
	done
}

on_magslab() {
	measure magslab
}

on_slub() {
	measure slub
}

cd "$here" || exit
begin 3
# No time may pass while nothing runs, and nothing may run but the work.
do_not_throttle
set_vm dirty_writeback_centisecs 0
run "kernel modules load" load_kernel_modules
run "on SLUB" on_slub
run "on magslab" on_magslab
table
ktap_finished

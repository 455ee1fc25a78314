#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cache at rest, for a dump of this machine to be looked into: what is to be found
# there, and where the module and what it uses of the kernel lie. It waits for the
# dump and does not return.
# shellcheck source=../magslab/common.sh
. "$(dirname "$0")/common.sh"

hold() {
	echo "$2" | taskset -c "$1" \
		tee /sys/module/magslab_hold/parameters/objects >/dev/null
}

[ -d /sys/module/magslab ] || load magslab
echo 0 >"$DEBUGFS/reap_interval_ms"
load magslab_hold
# Slabs that are partial and empty: without magazines to go to, objects go there.
hold 0 5000
echo 1 >"$DEBUGFS/fail_magazines"
set_param magslab_hold shrink 1
hold 0 2500
echo 0 >"$DEBUGFS/fail_magazines"
# Magazines on both CPUs and in the depot.
for objects in 3500 2200 2777; do
	hold 1 $objects
	hold 0 $objects
done
hold 0 2700
sed 's/^/stat: /' "$DEBUGFS/caches/hold/stats"
awk 'NR > 1 { print "cpu:", $1, $3, $4 }' "$DEBUGFS/caches/hold/cpus"
for section in /sys/module/magslab/sections/.*; do
	[ ! -f "$section" ] ||
		echo "section: ${section##*/} $(cat "$section")"
done
awk '$3 ~ /^(__per_cpu_offset|__cpu_possible_mask|nr_node_ids)$/ {
	print "symbol:", $3, "0x" $1 }' /proc/kallsyms
echo "ready to be dumped"
sleep 3600

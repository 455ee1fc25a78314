#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Other people's modules on magslab: ext2 and minix on simulated SCSI disks, as
# the kernel's source package has them. All caches of theirs are magslab's.
# shellcheck source=../magslab/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=disks.sh
. "$here/disks.sh"

WORK_SECONDS=$(cat "$here/seconds")
KEPT=800
CGROUP=/tmp/cgroup/dropin
LIMIT_MB=16

loads() {
	load_kernel_modules && load_dropin magslab ndelay=20000
}

# In debugfs, and not among the kernel's.
caches_are_ours() {
	for cache in $CACHES; do
		[ -d "$DEBUGFS/caches/$cache" ] || {
			note "$cache is not in $DEBUGFS/caches"
			return 1
		}
		! grep "^$cache " /proc/slabinfo || return
	done
}

formats() {
	for fs in $FILESYSTEMS; do
		format "$fs" || return
	done
	mount_all
}

# work FILESYSTEM: both disks at once, two processes each.
work() {
	for _ in 1 2; do
		fswork seconds "/tmp/$1" "$WORK_SECONDS" >>"/tmp/$1.log" 2>&1 &
	done
}

works() {
	for fs in $FILESYSTEMS; do
		rm -f "/tmp/$fs.log"
		work "$fs"
	done
	wait
	for fs in $FILESYSTEMS; do
		sed "s/^/# $fs: /" "/tmp/$fs.log"
		expect "workers on $fs that saw no error" \
			"$(grep -c ' operations, ' "/tmp/$fs.log")" -eq 2 || return
	done
	for cache in NAME $CACHES; do
		note "$(grep " $cache$" "$DEBUGFS/summary")"
	done
}

files_stay() {
	for fs in $FILESYSTEMS; do
		mkdir "/tmp/$fs/kept" &&
			fswork fill "/tmp/$fs/kept" $KEPT >/dev/null || return
	done
	unmount_all && mount_all || return
	for fs in $FILESYSTEMS; do
		fswork check "/tmp/$fs/kept" $KEPT >/dev/null || return
	done
}

cached_inodes() {
	echo $(($(stat_of ext2_inode_cache live_objects) + \
		$(stat_of minix_inode_cache live_objects)))
}

reclaimed() {
	[ "$(cached_inodes)" -lt $(($1 / 10)) ]
}

drop_caches() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# Inodes that nobody uses leave when the kernel asks for them.
inodes_are_reclaimed() {
	before=$(cached_inodes)
	expect "inodes in the caches" "$before" -ge $((2 * KEPT)) || return
	drop_caches
	wait_for 10 reclaimed "$before" ||
		expect "inodes left" "$(cached_inodes)" -lt $((before / 10))
}

# Fills memory until the kernel looks for inodes to free. It is told to begin
# long before there is none left.
squeeze() {
	mkdir -p /tmp/ballast
	mount -t tmpfs -o size=95% tmpfs /tmp/ballast || return
	set_vm watermark_scale_factor 1000
	set_vm vfs_cache_pressure 1000
	nr=0
	while [ "$(cached_inodes)" -gt $(($1 / 2)) ] &&
		[ "$(meminfo MemFree)" -gt 24000 ]; do
		dd if=/dev/zero of=/tmp/ballast/$nr bs=1M count=4 2>/dev/null
		nr=$((nr + 1))
	done
	wait_for 10 squeezed "$1"
	status=$?
	note "$((nr * 4)) MB of ballast, $1 inodes before, $(cached_inodes) after"
	set_vm watermark_scale_factor 10
	set_vm vfs_cache_pressure 100
	umount /tmp/ballast
	return "$status"
}

squeezed() {
	[ "$(cached_inodes)" -le $(($1 / 2)) ]
}

memory_pressure() {
	for fs in $FILESYSTEMS; do
		fswork check "/tmp/$fs/kept" $KEPT >/dev/null || return
	done
	sync
	squeeze "$(cached_inodes)" || return
	for fs in $FILESYSTEMS; do
		fswork check "/tmp/$fs/kept" $KEPT >/dev/null || return
	done
}

limits_hit() {
	sed -n 's/^max //p' $CGROUP/memory.events
}

cgroup_begin() {
	mkdir -p /tmp/cgroup
	mount -t cgroup2 cgroup2 /tmp/cgroup &&
		echo +memory >/tmp/cgroup/cgroup.subtree_control &&
		mkdir $CGROUP && echo ${LIMIT_MB}M >$CGROUP/memory.max
}

cgroup_end() {
	rmdir $CGROUP && umount /tmp/cgroup
}

# in_cgroup COMMAND...
in_cgroup() {
	sh -c "echo \$\$ >$CGROUP/cgroup.procs && exec \"\$@\"" sh "$@"
}

# More than the group may have, in files, while files come and go. And inodes in
# pages that are allocated for the group.
limited_work() {
	mkdir "/tmp/$1/limited" &&
		fswork fill "/tmp/$1/limited" $KEPT >/dev/null || return
	fswork seconds "/tmp/$1" 1 >"/tmp/$1.log" 2>&1 &&
		dd if=/dev/zero of="/tmp/$1/big" bs=64k \
			count=$((LIMIT_MB * 24)) 2>/dev/null &&
		fswork check "/tmp/$1/kept" $KEPT >/dev/null &&
		rm "/tmp/$1/big"
}

cgroup_limit() {
	cgroup_begin && drop_caches || return
	for fs in $FILESYSTEMS; do
		in_cgroup "$here/filesystems.sh" limited "$fs" || return
	done
	# They go on a list for unused ones, which may be per cgroup.
	drop_caches
	for fs in $FILESYSTEMS; do
		fswork empty "/tmp/$fs/limited" $KEPT >/dev/null &&
			rmdir "/tmp/$fs/limited" || return
	done
	note "the limit of $LIMIT_MB MB was hit $(limits_hit) times"
	expect "times the limit was hit" "$(limits_hit)" -gt 0 && cgroup_end
}

empties() {
	for fs in $FILESYSTEMS; do
		fswork empty "/tmp/$fs/kept" $KEPT >/dev/null &&
			rmdir "/tmp/$fs/kept" || return
	done
	unmount_all
}

none_live() {
	for cache in $CACHES; do
		[ "$(stat_of "$cache" live_objects)" -eq 0 ] || return
	done
}

nothing_live() {
	wait_for 10 none_live && status=0 || status=1
	for cache in $CACHES; do
		note "$cache: $(stat_of "$cache" allocs) allocations," \
			"$(stat_of "$cache" live_objects) live"
		adds_up "$cache" || status=1
		expect "allocations of $cache" \
			"$(stat_of "$cache" allocs)" -gt 100 || status=1
	done
	return "$status"
}

unloads() {
	unload_dropin || return
	for cache in $CACHES; do
		[ ! -e "$DEBUGFS/caches/$cache" ] || return
	done
}

# What runs inside the memory cgroup.
if [ "${1:-}" = limited ]; then
	limited_work "$2"
	exit
fi

cd "$here" || exit
begin 11
run "modules load" loads
do_not_throttle
[ -b "$(disk_of minix)" ] || ktap_exit_fail_msg "nothing to work on"
run "their caches are magslab's" caches_are_ours
run "filesystems are made and mounted" formats
run "files, links and names, $WORK_SECONDS s" works
run "files are there after another mount" files_stay
run "unused inodes are reclaimed" inodes_are_reclaimed
run "memory pressure" memory_pressure
run "in a memory cgroup at its limit" cgroup_limit
run "filesystems are emptied and unmounted" empties
run "no object is live" nothing_live
run "modules unload" unloads
ktap_finished

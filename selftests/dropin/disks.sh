# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The disks and filesystems that both programs here work on: two simulated SCSI
# hosts with a disk each, the first with ext2 and the second with minix.

# shellcheck disable=SC2034 # for the scripts that source this
CACHES="ext2_inode_cache minix_inode_cache sdebug_queued_cmd"
FILESYSTEMS="ext2 minix"
DISK_MB=40

disk_of() {
	case $1 in
	ext2) echo /dev/sda ;;
	minix) echo /dev/sdb ;;
	esac
}

# What the kernel has as modules, of those that the disks need.
load_kernel_modules() {
	for module in scsi_common scsi_mod sd_mod; do
		[ -d /sys/module/$module ] || insmod "kernel/$module.ko" || return
	done
}

# load_dropin FOLDER PARAMETER=VALUE...: for the disks.
load_dropin() {
	folder=$1
	shift
	insmod "$folder/ext2.ko" && insmod "$folder/minix.ko" &&
		insmod "$folder/scsi_debug.ko" dev_size_mb=$DISK_MB \
			add_host=2 per_host_store=1 "$@" &&
		wait_for 10 test -b /dev/sdb
}

unload_dropin() {
	rmmod scsi_debug && rmmod minix && rmmod ext2
}

# format FILESYSTEM: what it says is of interest only if it fails.
format() {
	case $1 in
	ext2) mkfs.ext2 -F "$(disk_of ext2)" ;;
	minix) mkfs.minix -n 30 "$(disk_of minix)" ;;
	esac >/tmp/format 2>&1 || ! sed "s/^/# $1: /" /tmp/format
}

mount_all() {
	for fs in $FILESYSTEMS; do
		mkdir -p "/tmp/$fs"
		mount -t "$fs" "$(disk_of "$fs")" "/tmp/$fs" || return
	done
}

unmount_all() {
	for fs in $FILESYSTEMS; do
		umount "/tmp/$fs" || return
	done
}

# set_vm NAME VALUE
set_vm() {
	echo "$2" >"/proc/sys/vm/$1"
}

# The kernel slows down who writes faster than it takes the disk for, which it
# has just met. Let it be the allocators' time that counts.
do_not_throttle() {
	set_vm dirty_background_ratio 80
	set_vm dirty_ratio 90
}

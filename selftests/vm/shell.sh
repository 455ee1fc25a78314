#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A shell in a virtual machine with the module loaded.
. "$(dirname "$0")/env.sh"
. "$VM/machine.sh"

CPUS=${CPUS:-2}
CLOCK=${CLOCK:-wall}
ACCEL=${ACCEL:-tcg}
# The prompt is the show here; a panic would still speak up.
CMDLINE="loglevel=4 ${CMDLINE:-}"

guest_check_options
build_for "${KERNEL:-6.12-cloud}" || exit
build_client
initramfs_pack "$SCRATCH/initramfs"
guest_qemu "$SCRATCH/initramfs" shell
say BOOT "$RELEASE, $CPUS CPUs"
"${GUEST[@]}" -serial mon:stdio

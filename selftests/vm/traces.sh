#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Records the traces of selftests/traces anew: each is what a stock kernel with four
# CPUs did while the script of its name ran.
. "$(dirname "$0")/env.sh"
. "$VM/machine.sh"

KERNEL=${KERNEL:-6.12-cloud}
CPUS=${CPUS:-4}
CLOCK=wall
ACCEL=${ACCEL:-tcg}
CMDLINE=${CMDLINE:-}
TRACES=$ROOT/selftests/traces

guest_check_options
build_for "$KERNEL" || exit
build_client
mkdir -p "$SCRATCH/scripts"
cp "$TRACES"/*.sh "$SCRATCH/scripts"
initramfs_pack "$SCRATCH/initramfs" "$SCRATCH/scripts"
guest_qemu "$SCRATCH/initramfs" traces
say BOOT "$RELEASE, $CPUS CPUs"
guest_run traces || exit
grep -v '^magslab: ' "$OUT/traces.result"
# In text, so that the serial line leaves it as it is.
tr -d '\r' <"$OUT/traces.data" | base64 -d | tar -xf - -C "$TRACES"
say WROTE "$(du -ch "$TRACES"/*.trace | tail -n 1) in ${TRACES#"$ROOT/"}"

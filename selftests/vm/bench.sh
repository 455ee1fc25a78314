#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The comparison in one command: build, boot, measure, print.
. "$(dirname "$0")/env.sh"
. "$VM/kernel.sh"
. "$VM/source.sh"
. "$VM/uml.sh"
. "$VM/build.sh"
. "$VM/initramfs.sh"
. "$VM/guest.sh"

KERNEL=${KERNEL:-6.12-cloud}
# Memory does not depend on how time is told, and a pipeline has two CPUs.
case ${1:-} in
memory) CLOCK=${CLOCK:-wall} ;;
pipeline) CPUS=${CPUS:-2} CLOCK=${CLOCK:-wall} ;;
esac
CPUS=${CPUS:-1}
CLOCK=${CLOCK:-insn}
ACCEL=${ACCEL:-tcg}
CMDLINE=${CMDLINE:-}

bench_qemu() {
	guest_check_options
	build_for "$KERNEL" || exit
	build_client
	initramfs_pack "$SCRATCH/initramfs"
	guest_qemu "$SCRATCH/initramfs" bench
	say BOOT "$RELEASE, $CPUS CPU, $CLOCK clock, $ACCEL"
	guest_run "$NAME" || exit
}

bench_memory() {
	BENCH_ARGS="--profile memory ${BENCH_ARGS:-}"
	bench_qemu
}

bench_pipeline() {
	BENCH_ARGS="--cpus $CPUS --workload producer-consumer ${BENCH_ARGS:-}"
	bench_qemu
}

bench_uml() {
	uml_get
	say BUILD "magslab for UML"
	build_modules uml "$UML" ARCH=um || exit
	build_client
	initramfs_pack "$SCRATCH/initramfs"
	say BOOT "UML $SOURCE_VERSION"
	guest_run_uml bench-uml "$SCRATCH/initramfs" bench || exit
}

case ${1:-qemu} in
qemu)
	NAME=bench
	bench_qemu
	;;
memory)
	NAME=bench-memory
	bench_memory
	;;
pipeline)
	NAME=bench-pipeline
	bench_pipeline
	;;
uml)
	NAME=bench-uml
	bench_uml
	;;
*)
	die "usage: ${0##*/} [qemu|memory|pipeline|uml]"
	;;
esac

mv "$OUT/$NAME.data" "$OUT/$NAME.json"
grep -v '^magslab: ' "$OUT/$NAME.result"
if [[ $NAME == bench-uml ]]; then
	echo
	echo "Native nanoseconds on UML, compiled for $OPTIMIZE. This kernel counts no"
	echo "preemption, so magslab's guard costs less here than on a stock kernel."
fi
say WROTE "out/$NAME.json"

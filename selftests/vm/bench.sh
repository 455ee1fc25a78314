#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The comparison in one command: build, boot, measure, print.
. "$(dirname "$0")/env.sh"
. "$VM/machine.sh"
. "$VM/malloc.sh"

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
# Modules of selftests/modules/bench, whose back-ends take part.
BACKENDS=${BACKENDS:-}

bench_qemu() {
	guest_check_options
	build_for "$KERNEL" || exit
	[[ -z $BACKENDS ]] || build_backends "$RELEASE" "$HEADERS" || exit
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
	malloc_get
	initramfs_pack "$SCRATCH/initramfs"
	malloc_run
	say BOOT "UML $SOURCE_VERSION"
	guest_run_uml bench-uml "$SCRATCH/initramfs" bench || exit
	malloc_run
}

# bench_honesty: whether duels are to be trusted, by known answers. DUELS says how
# many between equals, of a second, and with what is 3 % slower, of ten seconds.
bench_honesty() {
	local DUELS=${DUELS:-200,20} TIMEOUT=1800

	[[ $DUELS =~ ^[1-9][0-9]*,[1-9][0-9]*$ ]] ||
		die "DUELS=$DUELS is not two numbers, as in 200,20"
	CMDLINE+=" magslab.duels=$DUELS"
	uml_get
	say BUILD "magslab for UML"
	build_modules uml "$UML" ARCH=um || exit
	build_backends uml "$UML" ARCH=um || exit
	build_client
	initramfs_pack "$SCRATCH/initramfs"
	say BOOT "UML $SOURCE_VERSION"
	guest_run_uml bench-honesty "$SCRATCH/initramfs" honesty || exit
	grep -v '^magslab: ' "$OUT/bench-honesty.result"
	if grep -q '^not ok' "$OUT/bench-honesty.result"; then
		exit 1
	fi
	exit 0
}

bench_uml_notes() {
	cat <<-END

	Beside user space on the same host, before and after: the best block of each, as
	a host has other things to do. The same loops, 64 bytes, one thread; where the
	kernel zeroes objects (init_on_alloc) calloc() stands against it, else malloc().
	Neither side makes system calls for an object, only for memory.
	END
	malloc_table "$OUT/bench-uml.json"
	cat <<-END

	Native nanoseconds on UML, compiled for $OPTIMIZE; the libraries are Debian's, for
	speed. This kernel counts no preemption, so magslab's guard costs less here than
	on a stock kernel.
	END
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
honesty)
	bench_honesty
	;;
uml)
	NAME=bench-uml
	bench_uml
	;;
*)
	die "usage: ${0##*/} [qemu|memory|pipeline|uml|honesty]"
	;;
esac

mv "$OUT/$NAME.data" "$OUT/$NAME.json"
grep -v '^magslab: ' "$OUT/$NAME.result"
[[ $NAME != bench-uml ]] || bench_uml_notes
say WROTE "out/$NAME.json"

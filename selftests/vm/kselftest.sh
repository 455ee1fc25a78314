# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Test cases that run on stock kernels in QEMU.

# Emulated CPUs share few real ones and may wait long for their turn.
PATIENT="rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30"

# Two nodes of two CPUs, the first with memory on either side of 4 GiB: there no
# request for a zone or a node is met by chance.
TWO_NODES=(-smp "4,sockets=2" -machine "pc,max-ram-below-4g=1G"
	-object "memory-backend-ram,id=ram0,size=1536M"
	-numa "node,memdev=ram0,cpus=0-1"
	-object "memory-backend-ram,id=ram1,size=512M"
	-numa "node,memdev=ram1,cpus=2-3")

kselftest_build() {
	local args=(-C "$ROOT/selftests/magslab" OUTPUT="$BUILDS/kselftest"
		KSELFTEST_DIR="$SOURCE/tools/testing/selftests")

	TESTS=$BUILDS/kselftest/installed
	rm -rf "$TESTS"
	make "${args[@]}" all && make "${args[@]}" DESTDIR="$TESTS" install
}

# kselftest_boot NAME JOB [TESTS]: IMAGE with the modules in BUILD, and with CPUS
# and CMDLINE; one more test case says that the guest came through.
kselftest_boot() {
	# shellcheck disable=SC2034 # guest_run
	local GUEST_AGAIN=()

	rm -f "$OUT/$1.before"
	initramfs_pack "$SCRATCH/initramfs" "${3:-}"
	# shellcheck disable=SC2034 # guest_run
	[[ -z ${3:-} ]] || GUEST_AGAIN=(kselftest_resume "$1" "$3")
	guest_qemu "$SCRATCH/initramfs" "$2"
	say BOOT "$RELEASE, $CPUS CPUs, job $2"
	tally_command "$1: the guest reports and its log is clean" guest_run "$1"
}

# kselftest_resume NAME TESTS: the next attempt goes on with the program that the last one
# did not come to the end of. What those before it have said is kept.
kselftest_resume() {
	local program

	program=$(sed -n 's/^# program: //p' "$OUT/$1.result" | tail -n 1)
	[[ -n $program ]] || return 0
	say RESUME "$1: $program"
	sed "/^# program: $program\$/,\$d" "$OUT/$1.result" >>"$OUT/$1.before"
	rm -rf "$SCRATCH/again"
	cp -r "$2" "$SCRATCH/again"
	sed -n "/^$program\$/,\$p" "$2/list" >"$SCRATCH/again/list"
	initramfs_pack "$SCRATCH/initramfs" "$SCRATCH/again"
}

# kselftest_report NAME: what the programs of all attempts said.
kselftest_report() {
	[[ ! -e $OUT/$1.before ]] || cat "$OUT/$1.before"
	cat "$OUT/$1.result"
}

kselftest_tally() {
	local times

	kselftest_report "$1" | awk -v prefix="$1" -f "$VM/tap.awk" |
		tally_lines "$1"
	times=$(kselftest_report "$1" | kselftest_times)
	[[ -z $times ]] || say TOOK "$1: $times"
}

# Of all programs, and of the longest.
kselftest_times() {
	sed -n 's/^# exit: \([^ ]*\) .* after \([0-9]*\) s$/\2 \1/p' |
		sort -nr | awk '{ sum += $1 } NR <= 5 { most = most ", " $2 " " $1 }
			END { if (NR) print sum " s" most }'
}

# stock_run NAME KERNEL JOB [TESTS]
stock_run() {
	if ! build_for "$2" || ! build_test_modules "$RELEASE" "$HEADERS"; then
		tally "not ok" "$1: build"
		return
	fi
	kselftest_boot "$1" "${@:3}"
	kselftest_tally "$1"
}

# What is of programs in user space, or of what magslab does by itself: the same on any
# kernel.
OF_NO_KERNEL='screen|top.sh|duel.sh|sweep.sh|rules.sh'
OF_NO_KERNEL+='|balance.sh|json.sh|workloads.sh'

kselftest_run() {
	local CPUS=4 CLOCK=$CLOCK CMDLINE="$PATIENT $CMDLINE"
	# shellcheck disable=SC2034 # for guest_wait; all programs of a guest
	local TIMEOUT=1500 plain

	source_get
	if ! logged "$OUT/build-kselftest.log" kselftest_build; then
		tally "not ok" "kselftest: build"
		return
	fi
	stock_run check-6.12-cloud 6.12-cloud check "$TESTS"

	# All that a kernel has part in, on the others too.
	CMDLINE+=" MAGSLAB_COLLECTOR_REACHABLE=200000"
	sed -i -E "/^($OF_NO_KERNEL)$/d" "$TESTS/list"
	stock_run check-6.1-cloud 6.1-cloud check "$TESTS"
	stock_run check-6.12-rt 6.12-rt check "$TESTS"
	CMDLINE=${CMDLINE% MAGSLAB_COLLECTOR*}

	# What depends on the machine or the command line, and no more.
	plain=$CMDLINE
	CMDLINE+=" init_on_free=1"
	GUEST_OPTIONS=("${TWO_NODES[@]}")
	printf '%s\n' object.sh sizes.sh instruments.sh surroundings.sh >"$TESTS/list"
	stock_run check-nodes 6.12-cloud check "$TESTS"
	# shellcheck disable=SC2034 # guest_qemu: the plain machine again
	GUEST_OPTIONS=()

	# What only the emulator can count.
	CPUS=1 CLOCK=insn CMDLINE="$plain MAGSLAB_CLOCK=insn"
	printf '%s\n' known.sh collector.sh ladder.sh rules.sh >"$TESTS/list"
	stock_run check-insn 6.12-cloud check "$TESTS"
}

# The watchdogs keep their defaults here: a bench must never stall a kernel.
smoke_run() {
	local kernel CPUS=2

	for kernel in "${KERNELS[@]}"; do
		stock_run "smoke-$kernel" "$kernel" smoke
	done
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Boots one guest, waits for its report and judges it. The guest's three serial
# lines are files of the host: the kernel log (NAME.log), the report
# (NAME.result) and what the guest returns (NAME.data), all in OUT.

# What no healthy run writes to the kernel log.
SPLAT='WARNING:|BUG:|Oops|Call Trace|INFO: .*(lockdep|rcu|task .* blocked)|UBSAN|general protection|soft lockup|Kernel panic'

# Refused here, before minutes of building.
guest_check_options() {
	[[ $CPUS =~ ^[1-9][0-9]*$ ]] || die "CPUS=$CPUS is not a number of CPUs"
	[[ $CLOCK == insn || $CLOCK == wall ]] ||
		die "CLOCK=$CLOCK is unknown; there are: insn wall"
	[[ $ACCEL == tcg || $ACCEL == kvm ]] ||
		die "ACCEL=$ACCEL is unknown; there are: tcg kvm"
	[[ $CLOCK == wall || $CPUS == 1 ]] ||
		die "CLOCK=insn needs CPUS=1: counting instructions, QEMU runs several CPUs in turns. For CPUS=$CPUS say CLOCK=wall."
	[[ $CLOCK == wall || $ACCEL == tcg ]] ||
		die "CLOCK=insn needs ACCEL=tcg: only the emulator counts instructions. For ACCEL=$ACCEL say CLOCK=wall."
}

guest_parameters() {
	echo "panic=-1 oops=panic panic_on_warn=1 loglevel=5 magslab.job=$1 $CMDLINE"
}

# More of QEMU's options, for tests that need another machine.
GUEST_OPTIONS=()

# guest_qemu INITRAMFS JOB: sets GUEST, all but the serial lines.
guest_qemu() {
	need qemu-system-x86
	GUEST=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot
		-display none -cpu max -smp "$CPUS" -m "${MEMORY:-2048}"
		-kernel "$IMAGE" -initrd "$1"
		-append "console=ttyS0 $(guest_parameters "$2")"
		"${GUEST_OPTIONS[@]}")
	if [[ $CLOCK == insn ]]; then
		GUEST+=(-accel tcg -icount "shift=0,sleep=off")
	elif [[ $ACCEL == tcg ]]; then
		GUEST+=(-accel "tcg,thread=multi")
	else
		GUEST+=(-accel "$ACCEL")
	fi
}

# trapped_by_nothing LOG: died of an int3 where memory has none.
trapped_by_nothing() {
	awk '/int3: 0000 \[#1\]/ { trapped = 1 }
		trapped && / Code: / {
			sub(/ <.*/, "")
			exit $NF != "cc" ? 0 : 1
		}
		END { if (!trapped) exit 1 }' "$1"
}

# impossible_flags LOG: died with flags that no processor has. Of the low 32 bits
# 3, 5, 15 and those from 22 up are always 0, and bit 1 is always 1.
impossible_flags() {
	local flags

	flags=$(grep -aA 20 -m 1 'Oops' "$1" |
		sed -nE 's/.*EFLAGS: ([0-9a-f]{8})\r?$/\1/p' | sed -n 1p)
	[[ -n $flags ]] &&
		((16#$flags & 16#ffc08028 || !(16#$flags & 2)))
}

# guest_broken NAME: says why, if it was not the guest's own doing. What dies before
# our first program has begun says nothing of us. Nor does what the emulator got
# wrong: QEMU 7.2 may keep a translation of code that was made while another CPU
# patched that code, so that a breakpoint of the kernel's own patching (or of a
# probe) is met after it has gone, or registers are restored from another place.
guest_broken() {
	grep -q '^magslab: started$' "$OUT/$1.result" || echo "no boot"
	! trapped_by_nothing "$OUT/$1.log" ||
		echo "trapped by an int3 that is not there"
	! impossible_flags "$OUT/$1.log" ||
		echo "flags that no processor has"
}

# What to do before another attempt, for tests that can go on where they were.
GUEST_AGAIN=()

# guest_run NAME: with GUEST; true if the guest reported success in time and
# the kernel had nothing to complain about.
guest_run() {
	local attempt why

	for attempt in 1 2 3; do
		guest_wait "$1" "${GUEST[@]}" \
			-serial "file:$OUT/$1.log" \
			-serial "file:$OUT/$1.result" -serial "file:$OUT/$1.data"
		why=$(guest_broken "$1")
		[[ -n $why ]] || break
		say AGAIN "$1: $why, attempt $attempt of 3"
		cp "$OUT/$1.log" "$OUT/$1.attempt-$attempt.log"
		((attempt == 3)) || "${GUEST_AGAIN[@]}"
	done
	guest_judge "$1"
}

# uml_memory_folder MEGABYTES: UML's memory is a file, mapped to be run from. On
# a disk it would be written back all the time.
uml_memory_folder() {
	local free

	free=$(df -m --output=avail /dev/shm 2>/dev/null | tail -n 1)
	if ((${free:-0} > $1)) && ! findmnt -n -O noexec /dev/shm >/dev/null; then
		echo /dev/shm
	else
		echo "$SCRATCH"
	fi
}

# guest_run_uml NAME INITRAMFS JOB: the same on UML.
guest_run_uml() {
	local memory=${MEMORY:-2048} folder

	folder=$(uml_memory_folder "$memory")
	TMPDIR=$folder guest_wait "$1" "$UML/linux" \
		"mem=${memory}M" "initrd=$2" "uml_dir=$SCRATCH/" \
		con=null "con0=null,fd:1" ssl=null "ssl1=null,fd:8" \
		"ssl2=null,fd:9" "$(guest_parameters "$3")" \
		>"$OUT/$1.log" 8>"$OUT/$1.result" 9>"$OUT/$1.data"
	guest_judge "$1"
}

# guest_wait NAME COMMAND...: until it ends or TIMEOUT seconds went by.
guest_wait() {
	local start=$SECONDS pid

	timeout -k 5 "${TIMEOUT:-300}" "${@:2}" </dev/null 2>"$SCRATCH/stderr" &
	pid=$!
	while [[ -t 2 ]] && kill -0 "$pid" 2>/dev/null; do
		printf '\r  %-7s %s %d s ' RUN "$1" $((SECONDS - start)) >&2
		sleep 0.2
	done
	[[ ! -t 2 ]] || printf '\r\e[K' >&2
	STATUS=0
	wait "$pid" || STATUS=$?
	cat "$SCRATCH/stderr" >>"$OUT/$1.log"
}

# guest_complaint LOG: the first, if any. KCSAN watches all of the kernel, which has
# data races of its own; those that name no module are between parts of it.
guest_complaint() {
	grep -aoE "($SPLAT).*" "$1" | grep -vE '^BUG: KCSAN: [^[]*$' | sed -n 1p
}

guest_judge() {
	local why log=$OUT/$1.log

	if why=$(guest_complaint "$log"); then
		why="the kernel complained: $why"
	elif ((STATUS == 124 || STATUS == 137)); then
		why="no report within ${TIMEOUT:-300} s"
	elif [[ $(tail -n 1 "$OUT/$1.result") != "magslab: passed" ]]; then
		why=$(sed -n 's/^magslab: failed: //p' "$OUT/$1.result")
		why=${why:-the guest ended without a report}
	fi
	[[ -n $why ]] || return 0
	# A guest that said why it failed needs no kernel log beside it.
	grep -q '^magslab: failed' "$OUT/$1.result" || tail -n 25 "$log" >&2
	say FAILED "$1: $why (whole log: $log)"
	return 1
}

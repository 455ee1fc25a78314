# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A dump of a guest with a stock kernel, for drgn to look into. The guest says what
# there is to be found.

# dump_when_ready RESULT: has the guest dumped, with the addresses its page tables
# give, and ended.
dump_when_ready() {
	until grep -q '^ready to be dumped' "$1" 2>/dev/null; do
		sleep 0.5
	done
	printf '%s\n' "dump-guest-memory -p $SCRATCH/dump" quit \
		>"$SCRATCH/monitor.in"
	cat "$SCRATCH/monitor.out" >/dev/null
}

# dump_guest: leaves $SCRATCH/dump, and what the guest said in dump.result.
dump_guest() {
	# shellcheck disable=SC2034 # for guest_qemu
	local watcher GUEST_OPTIONS=(-monitor "pipe:$SCRATCH/monitor")

	mkfifo "$SCRATCH"/monitor.{in,out}
	initramfs_pack "$SCRATCH/initramfs" "$TESTS"
	MEMORY=512 guest_qemu "$SCRATCH/initramfs" check
	say BOOT "$RELEASE, $CPUS CPUs, to be dumped"
	rm -f "$OUT/dump.result"
	dump_when_ready "$OUT/dump.result" &
	watcher=$!
	guest_wait dump "${GUEST[@]}" -serial "file:$OUT/dump.log" \
		-serial "file:$OUT/dump.result" -serial "file:$OUT/dump.data"
	kill "$watcher" 2>/dev/null || true
	[[ -s $SCRATCH/dump ]] && ! guest_complaint "$OUT/dump.log"
}

# dump_said WHAT: lines of the guest, without their first word.
dump_said() {
	tr -d '\r' <"$OUT/dump.result" | sed -n "s/^$1: //p"
}

# QEMU's note is the first segment. drgn takes a dump with that for one that has no
# addresses but physical ones.
dump_hide_note() {
	local segments

	segments=$(od -An -t u8 -j 32 -N 8 "$SCRATCH/dump")
	chmod u+w "$SCRATCH/dump"
	printf '\0\0\0\0' | dd of="$SCRATCH/dump" bs=1 seek="${segments// /}" \
		conv=notrunc status=none
}

# The module linked to where it lay, and with what it used of the kernel.
dump_symbols() {
	local options=() name address

	while read -r name address; do
		case $name in
		.text | .data* | .bss | .rodata)
			options+=(--section-start "$name=$address") ;;
		esac
	done < <(dump_said section)
	while read -r name address; do
		options+=(--defsym "$name=$address")
	done < <(dump_said symbol)
	ld -o "$SCRATCH/magslab.symbols" -e 0 --no-check-sections \
		--unresolved-symbols=ignore-all "${options[@]}" \
		"$BUILD/module/magslab.ko"
}

dump_ask() {
	/usr/bin/python3 /usr/bin/drgn -q -c "$SCRATCH/dump" \
		--no-default-symbols -s "$SCRATCH/magslab.symbols" \
		"$ROOT/selftests/trace/caches.py" "$@"
}

# What the counters said, in the words of the script. All of it is on node 0.
dump_expected() {
	dump_said stat | awk -F ': ' '
		{ stat[$1] = $2 }
		END {
			print "hold: size=" stat["object_size"] \
				" objects=" stat["capacity_objects"] \
				" in_use=" stat["live_objects"]
			print "  node 0: slabs full=" stat["slabs_full"] \
				" partial=" stat["slabs_partial"] \
				" empty=" stat["slabs_empty"] \
				" free_objects=" stat["free_slab_objects"] \
				" depot full=" stat["depot_full"] \
				" empty=" stat["depot_empty"] \
				" objects=" stat["depot_objects"]
		}'
	dump_said cpu | sed 's/\(.*\) \(.*\) \(.*\)/  cpu \1: loaded=\2 previous=\3/'
}

# dump_agrees CACHE...: what drgn found is what the guest said.
dump_agrees() {
	dump_ask "$@" >"$OUT/dump.drgn" &&
		diff -u <(dump_expected) "$OUT/dump.drgn"
}

# All caches: that one is among them, and magslab's own.
dump_lists_all() {
	dump_ask >"$OUT/dump.drgn-all" && grep -q '^hold: ' "$OUT/dump.drgn-all" &&
		grep -q '^magslab-64: ' "$OUT/dump.drgn-all"
}

# Each part counts, or the comparison would be of little.
dump_has_all_parts() {
	local part

	for part in slabs_full slabs_partial slabs_empty depot_full \
		magazine_objects live_objects; do
		dump_said stat | grep -q "^$part: [1-9]" || {
			echo "the guest has no $part"
			return 1
		}
	done
}

dump_refuses() {
	local said

	! said=$(dump_ask nothing 2>&1) && [[ $said == "no such cache: nothing" ]]
}

# dump_tests: sets TESTS.
dump_tests() {
	TESTS=$BUILD/dump/installed
	rm -rf "$TESTS"
	mkdir -p "$TESTS"
	install "$ROOT/selftests/trace/dump.sh" "$ROOT/selftests/magslab/common.sh" \
		"$SOURCE/tools/testing/selftests/kselftest/ktap_helpers.sh" "$TESTS"
	echo timeout=900 >"$TESTS/settings"
	echo dump.sh >"$TESTS/list"
}

dump_run() {
	# shellcheck disable=SC2034 # for guest_wait
	local CPUS=2 CMDLINE="$PATIENT $CMDLINE" TIMEOUT=300 TESTS

	need python3-drgn binutils
	source_get
	if ! build_for 6.12-cloud || ! build_test_modules "$RELEASE" "$HEADERS" ||
		! dump_tests || ! dump_guest || ! dump_hide_note || ! dump_symbols; then
		tally "not ok" "drgn: a guest to look into"
		return
	fi
	tally_command "drgn: the guest has something of everything" dump_has_all_parts
	tally_command "drgn: caches.py finds what the counters say" dump_agrees hold
	tally_command "drgn: caches.py finds all caches" dump_lists_all
	tally_command "drgn: caches.py says what is not there" dump_refuses
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The KUnit suites on UML; the kernel's own kunit.py reads what they wrote.

# kunit_suite NAME SUITE: what a guest reported of it, as one line for every case.
kunit_suite() {
	local log=$OUT/$1-$2.log status=0

	awk -v suite="$2" '/^magslab: / { next }
		/^# suite: / { on = $3 == suite; next } on' "$OUT/$1.result" |
		python3 "$SOURCE/tools/testing/kunit/kunit.py" parse >"$log" 2>&1 ||
		status=$?
	# Whatever the cases say, an error in the form is an error.
	awk -f "$VM/kunit.awk" -v prefix="$1" -v status="$status" \
		-v suite="$2" "$log"
}

# kunit_tally NAME: of all suites that a guest ran.
kunit_tally() {
	local suite

	sed -n 's/^# suite: //p' "$OUT/$1.result" | while read -r suite; do
		kunit_suite "$1" "$suite"
	done | tally_lines "$1"
}

kunit_run() {
	need python3
	uml_get
	say BUILD "magslab for UML"
	# The back-ends only have to build: bench-honesty is who loads them.
	if ! build_modules uml "$UML" ARCH=um ||
		! build_backends uml "$UML" ARCH=um; then
		tally "not ok" "kunit: build for UML"
		return
	fi
	initramfs_pack "$SCRATCH/initramfs"
	tally_command "kunit: UML boots, runs the suites and reports" \
		guest_run_uml kunit "$SCRATCH/initramfs" kunit
	kunit_tally kunit
}

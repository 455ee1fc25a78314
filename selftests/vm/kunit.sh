# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The KUnit suites on UML; the kernel's own kunit.py reads what they wrote.

# kunit_suite NAME: what the guest reported of it, as one line for every case.
kunit_suite() {
	local log=$OUT/kunit-$1.log status=0

	awk -v suite="$1" '/^magslab: / { next }
		/^# suite: / { on = $3 == suite; next } on' "$OUT/kunit.result" |
		python3 "$SOURCE/tools/testing/kunit/kunit.py" parse >"$log" 2>&1 ||
		status=$?
	# Whatever the cases say, an error in the form is an error.
	awk -f "$VM/kunit.awk" -v status="$status" -v suite="$1" "$log"
}

kunit_run() {
	local suite

	need python3
	uml_get
	say BUILD "magslab for UML"
	if ! build_modules uml "$UML" ARCH=um; then
		tally "not ok" "kunit: build for UML"
		return
	fi
	initramfs_pack "$SCRATCH/initramfs"
	tally_command "kunit: UML boots, runs the suites and reports" \
		guest_run_uml kunit "$SCRATCH/initramfs" kunit
	sed -n 's/^# suite: //p' "$OUT/kunit.result" | while read -r suite; do
		kunit_suite "$suite"
	done | tally_lines kunit
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What of the benchmark's client needs no device: arithmetic, files and drawings.

# client_programs: all of them, in a guest's manner, for tap.awk.
client_programs() {
	local program status

	for program in "$BUILDS"/client/*-test "$ROOT"/selftests/bench/*-test.sh; do
		status=0
		echo "# program: ${program##*/}"
		"$program" "$CLIENT" || status=$?
		echo "# exit: ${program##*/} $status"
	done
}

client_run() {
	need gnuplot-nox libxml2-utils
	build_client
	source_get
	if ! logged "$OUT/build-client-tests.log" make -C "$ROOT/selftests/bench" \
		OUT="$BUILDS/client" \
		KSELFTEST_DIR="$SOURCE/tools/testing/selftests" tests; then
		tally "not ok" "client: build"
		return
	fi
	client_programs >"$OUT/client.result" 2>&1
	kselftest_tally client
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# One line for every test case of a run, and what they add up to.

TALLY=$OUT/tally
rm -f "$TALLY" "$OUT/verdict"
: >"$TALLY"

# tally KIND NAME: KIND is "ok", "not ok" or "skip".
tally() {
	echo "$1 $2" >>"$TALLY"
	case $1 in
	ok) say PASS "$2" ;;
	skip) say SKIP "$2" ;;
	*) say FAIL "$2" ;;
	esac
}

# tally_command NAME COMMAND...: one test case, in a shell of its own.
tally_command() {
	if ("${@:2}"); then
		tally ok "$1"
	else
		tally "not ok" "$1"
	fi
}

# tally_lines NAME: many of them, from stdin; only failures are shown singly, and
# "why" lines after them.
tally_lines() {
	local lines=$SCRATCH/lines

	cat >"$lines"
	sed '/^why /d' "$lines" >>"$TALLY"
	[[ -s $lines ]] || tally "not ok" "$1: reported no test"
	if grep -q '^not ok ' "$lines"; then
		sed -n -e 's/^not ok /  FAIL    /p' -e 's/^why /            /p' \
			"$lines" >&2
		say SEE "$OUT/$1.result"
	fi
	say DONE "$1: $(tally_sum "$lines")"
}

tally_sum() {
	echo "$(grep -c '^ok ' "$1") passed," \
		"$(grep -c '^not ok ' "$1") failed," \
		"$(grep -c '^skip ' "$1") skipped"
}

# The last line of a run, and its exit status.
tally_verdict() {
	if grep -q '^not ok ' "$TALLY"; then
		echo
		echo "Failed:"
		sed -n 's/^not ok /  /p' "$TALLY"
	fi
	tally_sum "$TALLY" | tee "$OUT/verdict"
	grep -q '^ok ' "$TALLY" && ! grep -q '^not ok ' "$TALLY"
}

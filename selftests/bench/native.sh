# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the tests of commands that need no device share. Sourced with the client as
# the first argument.
client=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cases=0
failed=0

# begin CASES
begin() {
	echo "TAP version 13"
	echo "1..$1"
}

# run NAME COMMAND...
run() {
	name=$1
	shift
	cases=$((cases + 1))
	if "$@"; then
		echo "ok $cases $name"
	else
		echo "not ok $cases $name"
		failed=1
	fi
}

finished() {
	[ $failed -eq 0 ]
}

# document NAME TEXT: a file of results, with what all of them have.
document() {
	printf '{"schema":1,"fingerprint":{"clock":"wall","clock_step":1},%s}\n' \
		"$2" >"$work/$1.json"
}

# refuses WORD ARGUMENT...: exit code 2, nothing on stdout, a message with WORD.
refuses() {
	word=$1
	shift
	"$client" "$@" >"$work/text" 2>"$work/messages"
	[ $? -eq 2 ] && [ ! -s "$work/text" ] &&
		grep -q -e "$word" "$work/messages" && return
	echo "# $*: no '$word' in: $(cat "$work/messages")"
	return 1
}

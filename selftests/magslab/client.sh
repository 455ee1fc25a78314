# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the tests of magslab-bench share, beside what all of them do.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TABLE=/tmp/table

# refuses WORD ARGUMENT...: magslab-bench does, with exit code 2, nothing on stdout and a
# message with WORD. Who tests one command says so in SUBCOMMAND.
refuses() {
	word=$1
	shift
	magslab-bench ${SUBCOMMAND:+"$SUBCOMMAND"} "$@" >$TABLE 2>/tmp/messages
	expect "exit status of $*" $? -eq 2 &&
		expect "output of $*" "$(cat $TABLE)" = "" || return 1
	grep -q -e "$word" /tmp/messages && return
	note "$*: no '$word' in: $(cat /tmp/messages)"
	return 1
}

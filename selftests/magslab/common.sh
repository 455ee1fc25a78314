# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the shell tests share. A test is a function; "run NAME FUNCTION" calls it
# and prints its result. Lines it prints say why it failed.

here=$(dirname "$0")
# shellcheck disable=SC1091 # the kernel's, installed beside this file
. "$here/ktap_helpers.sh"

MODULES=${MAGSLAB_MODULES:-/lib/magslab}
DEBUGFS=/sys/kernel/debug/magslab

# Lines of explanation. The helper of KTAP would expand a * in them.
note() {
	echo "# $*"
}

skip_all() {
	ktap_print_header
	ktap_skip_all "$@"
	exit "$KSFT_SKIP"
}

# begin PLAN MODULE...: the modules are those the test loads.
begin() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	[ -d /sys/module/magslab ] || load magslab ||
		skip_all "magslab.ko cannot be loaded"
	[ -d "$DEBUGFS" ] || skip_all "needs debugfs"
	# Memory is given back when a test says so, and not in between.
	echo 0 >"$DEBUGFS/reap_interval_ms"
	ktap_print_header
	ktap_set_plan "$1"
	shift
	for module; do
		[ -e "$MODULES/$module.ko" ] ||
			ktap_exit_fail_msg "no $MODULES/$module.ko"
	done
	MODULES_USED="$*"
	trap cleanup EXIT
}

# Whatever happened, leave magslab loaded and nothing else.
cleanup() {
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null
	done
	wait
	for module in $MODULES_USED; do
		[ ! -d "/sys/module/$module" ] || rmmod "$module"
	done
	[ -d /sys/module/magslab ] || load magslab
	echo 5000 >"$DEBUGFS/reap_interval_ms"
}

# load MODULE [PARAMETER=VALUE]...
load() {
	module=$1
	shift
	insmod "$MODULES/$module.ko" "$@"
}

unload() {
	rmmod "$1"
}

param() {
	cat "/sys/module/$1/parameters/$2"
}

# set_param MODULE PARAMETER VALUE
set_param() {
	echo "$3" >"/sys/module/$1/parameters/$2"
}

# Names of the caches, but for those that are always there.
caches() {
	for cache in "$DEBUGFS"/caches/*; do
		case ${cache##*/} in
		magslab-*) ;;
		*) echo "${cache##*/}" ;;
		esac
	done
}

# stat_of CACHE NAME
stat_of() {
	sed -n "s/^$2: //p" "$DEBUGFS/caches/$1/stats"
}

# column CACHE CPU NAME: out of the table of CPUs.
column() {
	awk -v cpu="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 && $1 == cpu { print $at[name] }' \
		"$DEBUGFS/caches/$1/cpus"
}

meminfo() {
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

# with_kept_kib NAME: what meminfo says, and the free pages that CPUs keep for
# themselves, which it counts as used. A CPU that gives up what it keeps between the
# two readings would have it in neither, so they must be much the same before and
# after.
with_kept_kib() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sum=$(awk -v name="$1:" '
			FILENAME == "/proc/meminfo" { if ($1 == name) kib = $2; after = 1 }
			$1 == "count:" && !after { kept += $2 }
			$1 == "count:" && after { again += $2 }
			END {
				print kib + kept * 4
				exit kept - again > 64 || again - kept > 64
			}' \
			/proc/zoneinfo /proc/meminfo /proc/zoneinfo) && break
		usleep 10000
	done
	echo "$sum"
}

# expect WHAT A OPERATOR B: a comparison of test(1), and a line if it fails.
expect() {
	test "$2" "$3" "$4" && return
	note "$1: expected $2 $3 $4"
	return 1
}

# adds_up CACHE: what is in use and what is free is all there is, at rest.
adds_up() {
	live=$(stat_of "$1" live_objects)
	free=$(($(stat_of "$1" magazine_objects) + \
		$(stat_of "$1" depot_objects) + \
		$(stat_of "$1" reserve_objects) + \
		$(stat_of "$1" free_slab_objects) + \
		$(stat_of "$1" uncounted_objects) + \
		$(stat_of "$1" dead_objects)))
	expect "$1: live + free = capacity" \
		$((live + free)) -eq "$(stat_of "$1" capacity_objects)"
}

# Kernel messages since the last call of log_mark.
log_mark() {
	mark="magslab selftest: mark $$ $(cut -d' ' -f1 /proc/uptime)"
	echo "$mark" >/dev/kmsg
}

log_since_mark() {
	dmesg | sed "1,/$mark/d"
}

# wait_for SECONDS COMMAND...: until it is true.
wait_for() {
	left=$(($1 * 10))
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		usleep 100000
	done
}

# run NAME FUNCTION [messages]: unless they are part of the test, a message of
# magslab is a complaint, and fails it.
run() {
	log_mark
	if "$2" && { [ "${3:-}" = messages ] || silent; }; then
		ktap_test_pass "$1"
	else
		ktap_test_fail "$1"
	fi
}

silent() {
	log_since_mark | grep 'magslab: ' >/tmp/messages || return 0
	sed 's/^/# /' /tmp/messages
	return 1
}

# skip NAME WHY
skip() {
	__ktap_test ok "$1" "SKIP $2"
	KTAP_CNT_SKIP=$((KTAP_CNT_SKIP + 1))
}

# report_of MODULE [PREFIX]: the results of the cases that it ran while it was
# loaded, with PREFIX before their names.
report_of() {
	while read -r verdict name why; do
		case $verdict in
		ok)
			ktap_test_pass "${2:-}$name"
			;;
		not)
			# "not ok NAME WHAT WAS EXPECTED"
			note "expected: ${why#* }"
			ktap_test_fail "${2:-}${why%% *}"
			;;
		skip)
			skip "${2:-}$name" "$why"
			;;
		esac
	done <<-END
	$(param "$1" report)
	END
}

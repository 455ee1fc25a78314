#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Safety modes: what is done wrong on purpose is found, once, and the machine
# goes on. The cases are in modules/magslab_safety.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Of what the cases did, the log tells whose it was.
owners_are_told() {
	log_since_mark >/tmp/messages
	grep -q "cache 'safety': write after free" /tmp/messages &&
		grep -q 'last allocated by task' /tmp/messages &&
		grep -q 'last freed by task' /tmp/messages &&
		grep -q '^.* write_after_free+' /tmp/messages
}

figures() {
	param magslab_safety figures | while read -r name nr found; do
		note "$name: $nr${found:+ bad frees, $found found}"
	done
}

# An unknown mode is refused, and what was set before stays.
modes_are_checked() {
	set_param magslab safety hardened,debug || return 1
	! set_param magslab safety hardened,nonsense 2>/dev/null &&
		[ "$(param magslab safety)" = hardened,debug ] &&
		set_param magslab safety "" &&
		[ -z "$(param magslab safety)" ]
}

# Pages that the pool of guard mode has mapped.
pages_mapped() {
	grep -c '\[magslab\].* vmap' /proc/vmallocinfo
}

# Every object has a page as long as there are any; the books balance, and when
# nobody uses the pool it has nothing mapped.
guarded_unasked() {
	expect "pages mapped before" "$(pages_mapped)" -eq 0 || return 1
	set_param magslab safety guard && load magslab_hold &&
		set_param magslab safety "" &&
		set_param magslab_hold objects 3000 &&
		expect "objects apart" "$(stat_of hold apart_objects)" -eq 64 &&
		expect "pages mapped" "$(pages_mapped)" -ge 64 &&
		expect "live objects" "$(stat_of hold live_objects)" -eq 2936 &&
		adds_up hold && set_param magslab_hold objects 10 &&
		adds_up hold && unload magslab_hold &&
		expect "pages mapped after" "$(pages_mapped)" -eq 0
}

guard_sample_is_checked() {
	! set_param magslab guard_sample 0 2>/dev/null &&
		! set_param magslab guard_sample x 2>/dev/null &&
		expect "guard_sample" "$(param magslab guard_sample)" -eq 1
}

begin 35 magslab_safety magslab_hold
set_param magslab guard_sample 1
run "all caches can be guarded" guarded_unasked
run "the rate of guarded objects is checked" guard_sample_is_checked
log_mark
load magslab_safety || ktap_exit_fail_msg "magslab_safety.ko does not load"
report_of magslab_safety
if owners_are_told; then
	ktap_test_pass "owners are told with their stacks"
else
	ktap_test_fail "owners are told with their stacks"
fi
figures
run "modes given for all caches are checked" modes_are_checked messages

# Nobody asked magslab_hold; its cache is in both modes all the same.
watched_unasked() {
	set_param magslab safety debug && load magslab_hold &&
		set_param magslab safety "" &&
		set_param magslab_hold objects 3000 &&
		adds_up hold && unload magslab_hold
}

run "all caches can be watched" watched_unasked
set_param magslab guard_sample 100
ktap_finished

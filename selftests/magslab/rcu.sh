#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is free after a grace period: the cases are in modules/magslab_rcu.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

nothing_is_left() {
	expect "live objects" "$(stat_of rcu live_objects)" -eq 0 &&
		expect "waiting" "$(stat_of rcu rcu_objects)" -eq 0 &&
		expect "stranded" "$(stat_of rcu rcu_stranded)" -eq 0 &&
		adds_up rcu && adds_up rcu-typesafe
}

# With hundreds of objects that no grace period has freed yet.
goes() {
	unload magslab_rcu && expect "caches" "$(caches)" = ""
}

begin 5 magslab_rcu
load magslab_rcu || ktap_exit_fail_msg "magslab_rcu.ko does not load"
report_of magslab_rcu
run "nothing is left behind" nothing_is_left
run "a cache goes with objects under way" goes
ktap_finished

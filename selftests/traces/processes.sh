#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Processes that come and go: pipelines, shells in shells, many at a time, and some
# that are killed while they sleep.
for round in $(seq 12); do
	echo "$round" | cat | tr 0-9 a-j | cat >/dev/null
	(: | (: | (: | true)))
	seq 8 | xargs -n 1 -P 8 true
	sleep 100 &
	sleep 100 &
	kill %1 %2 2>/dev/null || kill $! 2>/dev/null
	wait
done

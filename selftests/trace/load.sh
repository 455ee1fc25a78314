#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the tools look on at: a cache that grows, goes to and fro, and lives for a
# second before it shrinks. The task that does it is tee.
cd /sys/module/magslab_hold/parameters || exit
for objects in 3000 1 3000; do
	echo $objects | tee objects
done >/dev/null
usleep 1200000
echo 0 | tee objects >/dev/null
echo 1 >shrink

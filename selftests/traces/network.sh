#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A server and its clients, over loopback: small pages, one connection each, four
# clients at a time, and some large ones.
work=$(mktemp -d) || exit
ip link set lo up
echo small >"$work/small"
head -c 200000 /dev/zero >"$work/large"

httpd -f -p 127.0.0.1:8000 -h "$work" &
server=$!
until wget -q -O /dev/null http://127.0.0.1:8000/small; do
	usleep 20000
done

seq 60 | xargs -n 1 -P 4 sh -c 'wget -q -O /dev/null http://127.0.0.1:8000/small'
seq 8 | xargs -n 1 -P 4 sh -c 'wget -q -O /dev/null http://127.0.0.1:8000/large'
kill $server
wait $server
rm -r "$work"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a boot and a build do with files: a tree is made, copied, looked through, each
# file of it worked on by a process of its own, four at a time, and all is put together
# and taken away again.
work=$(mktemp -d) || exit
mount -t tmpfs files "$work"
cd "$work" || exit

for folder in $(seq 12); do
	mkdir -p "tree/$folder"
	for file in $(seq 10); do
		seq $((folder * file * 5)) >"tree/$folder/$file.c"
	done
done
cp -r tree copy
# shellcheck disable=SC2016 # for the other shell
find copy -name '*.c' -print0 | xargs -0 -n 1 -P 4 sh -c 'gzip -c "$0" >"$0.o"'
find copy -name '*.o' -exec cat {} + >all
find copy -exec ls -ld {} + >list
grep -rl 500 copy >matches
tar -cf all.tar copy
rm -r tree copy

cd /
umount "$work"
rm -rf "$work"

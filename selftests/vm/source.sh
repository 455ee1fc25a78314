# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's own source: UML is built from it, and checkpatch, kernel-doc and
# kunit.py are found nowhere else.

SOURCE_PACKAGE=linux-source-6.12

# source_get: sets SOURCE and SOURCE_VERSION.
source_get() {
	local tree=$SCRATCH/$SOURCE_PACKAGE

	need "$SOURCE_PACKAGE" xz-utils
	# The Debian revision counts: a new one may bring new patches.
	SOURCE_VERSION=$(dpkg-query -W -f='${Version}' "$SOURCE_PACKAGE")
	SOURCE=$CACHE/source/$SOURCE_VERSION
	[[ ! -d $SOURCE ]] || return 0

	say UNPACK "$SOURCE_PACKAGE $SOURCE_VERSION"
	tar -I 'xz -T0' -xf "/usr/src/$SOURCE_PACKAGE.tar.xz" -C "$SCRATCH"
	mkdir -p "$CACHE/source"
	mv -T "$tree" "$SOURCE"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced first by every script here: where things are, how to speak to the
# user, and how to install what is missing.
set -euo pipefail
export LC_ALL=C

# The user's make options are not for the kernel builds started from here.
unset MAKEFLAGS MFLAGS MAKELEVEL KERNELRELEASE KDIR

VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$VM/../.." && pwd)
OUT=$ROOT/out
CACHE=${MAGSLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/magslab}
mkdir -p "$OUT" "$CACHE"

# What half-finished work goes into, so that only whole things get their name.
SCRATCH=$(mktemp -d "$CACHE/scratch.XXXXXX")

# A guest must not outlive the script that watches it.
clean_up() {
	jobs -p | xargs -r kill 2>/dev/null || true
	rm -rf "$SCRATCH"
}
trap clean_up EXIT

# Progress is for stderr; stdout belongs to tables and verdicts.
say() {
	printf '  %-7s %s\n' "$1" "$2" >&2
}

die() {
	printf 'magslab: %s\n' "$*" >&2
	exit 1
}

# logged LOG COMMAND...: silent as long as it works.
logged() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null && return
	tail -n 30 "$log" >&2
	say FAILED "whole log: $log"
	return 1
}

as_root() {
	if ((EUID == 0)); then
		"$@"
	else
		sudo "$@"
	fi
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 "$@"
}

# Other people's repositories may be out of reach: not our failure.
apt_update() {
	say APT update
	logged "$OUT/apt-update.log" apt_get update || true
}

# need PACKAGE...: installs what is not there. Package lists may be absent or
# older than the archive, so a failed try is repeated with new ones.
need() {
	local missing=() package

	for package; do
		dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null |
			grep -qx installed || missing+=("$package")
	done
	((${#missing[@]})) || return 0

	say APT "install ${missing[*]}"
	apt_get install --no-install-recommends "${missing[@]}" \
		>"$OUT/apt-install.log" 2>&1 </dev/null && return
	apt_update
	logged "$OUT/apt-install.log" \
		apt_get install --no-install-recommends "${missing[@]}" ||
		die "cannot install: ${missing[*]}"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian's kernels by short name: which release a name means today, the image
# to boot and the headers to build with.
# shellcheck disable=SC2034 # the variables are for the scripts that source this

declare -A RELEASES=()
KERNELS=(6.1-cloud 6.1 6.1-rt 6.12 6.12-cloud 6.12-rt)

# kernel_meta NAME: the package that follows the security updates. Debian 12's
# own version is 6.1, and its packages do not say so.
kernel_meta() {
	local version=${1%%-*}- flavour=${1#*-}-

	[[ $1 == *-* ]] || flavour=
	[[ $version != 6.1- ]] || version=
	echo "linux-image-$version${flavour}amd64"
}

kernel_resolve() {
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Depends: linux-image-\([^ ,]*\).*/\1/p'
}

# kernel_package RELEASE: sets DEB. The caller removes it when it is done.
kernel_package() {
	say FETCH "linux-image-$1"
	rm -f "$SCRATCH"/*.deb
	(cd "$SCRATCH" && apt-get -q -o APT::Sandbox::User=root \
		download "linux-image-$1") >"$OUT/apt-download.log" 2>&1 || return 1
	DEB=$(echo "$SCRATCH"/*.deb)
}

# kernel_download RELEASE: the image is booted, never installed.
kernel_download() {
	local dir=$CACHE/kernel/$1

	[[ ! -e $dir/vmlinuz ]] || return 0
	kernel_package "$1" || return 1
	dpkg-deb --fsys-tarfile "$DEB" |
		tar -xO "./boot/vmlinuz-$1" >"$SCRATCH/vmlinuz" || return 1
	rm -f "$DEB"
	mkdir -p "$dir"
	mv "$SCRATCH/vmlinuz" "$dir/vmlinuz"
}

# kernel_modules RELEASE NAME...: sets KERNEL_MODULES to modules that come with
# the image.
kernel_modules() {
	local dir=$CACHE/kernel/$1/modules name

	KERNEL_MODULES=("${@:2}")
	KERNEL_MODULES=("${KERNEL_MODULES[@]/#/$dir/}")
	KERNEL_MODULES=("${KERNEL_MODULES[@]/%/.ko}")
	ls "${KERNEL_MODULES[@]}" >/dev/null 2>&1 && return
	need xz-utils
	kernel_package "$1" || return 1
	mkdir -p "$dir" "$SCRATCH/modules"
	for name in "${@:2}"; do
		dpkg-deb --fsys-tarfile "$DEB" | tar -xC "$SCRATCH/modules" \
			--transform='s|.*/||' --wildcards "*/$name.ko*" || return 1
	done
	rm -f "$DEB"
	find "$SCRATCH/modules" -name '*.xz' -exec xz -d {} +
	mv "$SCRATCH/modules"/* "$dir"
}

# kernel_find NAME: makes sure that image and headers are there.
kernel_find() {
	local meta

	[[ " ${KERNELS[*]} " == *" $1 "* ]] ||
		die "KERNEL=$1 is unknown; there are: ${KERNELS[*]}"
	meta=$(kernel_meta "$1")
	RELEASE=$(kernel_resolve "$meta")
	if [[ -z $RELEASE ]] || ! kernel_download "$RELEASE"; then
		apt_update
		RELEASE=$(kernel_resolve "$meta")
		[[ -n $RELEASE ]] || die "KERNEL=$1: there is no package $meta"
		kernel_download "$RELEASE" ||
			die "KERNEL=$1: cannot fetch linux-image-$RELEASE, see $OUT/apt-download.log"
	fi
	[[ $RELEASE == "${1%%-*}".* ]] ||
		die "KERNEL=$1: $meta means $RELEASE here; is this Debian 12?"
	need "linux-headers-$RELEASE"
}

# kernel_get NAME: sets RELEASE, IMAGE and HEADERS.
kernel_get() {
	RELEASE=${RELEASES[$1]:-}
	if [[ -z $RELEASE ]]; then
		kernel_find "$1"
		RELEASES[$1]=$RELEASE
	fi
	IMAGE=$CACHE/kernel/$RELEASE/vmlinuz
	HEADERS=/usr/src/linux-headers-$RELEASE
}

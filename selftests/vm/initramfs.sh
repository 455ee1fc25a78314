# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Packs what one guest needs into one archive.

# The shared libraries a program names, at the places it names.
initramfs_libraries() {
	local library

	{ ldd "$1" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; } |
		while read -r library; do
			install -D "$library" "$2$library"
		done
}

# What programs have to know of the terminal they find themselves on. Debian has
# the usual ones in ncurses-base, below /lib.
initramfs_terminals() {
	local type file

	need ncurses-base
	for type in linux vt100 vt220 xterm xterm-256color screen tmux; do
		file=/lib/terminfo/${type:0:1}/$type
		install -D -m 644 "$file" "$1$file"
	done
}

# initramfs_pack ARCHIVE [TESTS]: the modules in BUILD, CLIENT, TOP and, if
# given, a folder of test programs. BENCH_ARGS and BACKENDS go in as files, because
# the kernel command line has quotes of its own.
initramfs_pack() {
	local root=$SCRATCH/root file

	need busybox-static cpio
	rm -rf "$root"
	mkdir -p "$root"/{bin,dev,etc,lib/magslab,proc,root,run,sys,tests,tmp}
	ln -s bin "$root/sbin"
	install "$(command -v busybox)" "$root/bin/busybox"
	"$root/bin/busybox" --list | grep -vx busybox |
		sed "s|.*|ln -s busybox '$root/bin/&'|" | sh
	install "$VM/init" "$root/init"
	printf '%s\n' "${BENCH_ARGS:-}" >"$root/etc/bench-args"
	printf '%s\n' "${BACKENDS:-}" >"$root/etc/backends"

	# Debug information stays on the host: it is most of a module's size.
	while read -r file; do
		strip --strip-debug -o "$root/lib/magslab/$(basename "$file")" "$file"
	done < <(cat "$BUILD"/{,selftests/modules/{,bench/}}modules.order 2>/dev/null |
		sed 's/\.o$/.ko/')

	install "$CLIENT" "$TOP" "$root/bin"
	# shellcheck disable=SC2153 # env.sh's
	install -D -m 644 -t "$root/usr/share/magslab" \
		"$ROOT"/selftests/traces/*.trace
	initramfs_terminals "$root"
	[[ -z ${2:-} ]] || cp -r "$2/." "$root/tests"
	for file in "$root"/bin/magslab-{bench,top} "$root"/tests/*; do
		[[ ! -x $file ]] || initramfs_libraries "$file" "$root"
	done

	# Not compressed: QEMU copies faster than the guest unpacks.
	(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) >"$1"
}

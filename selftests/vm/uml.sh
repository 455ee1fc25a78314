# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# User Mode Linux from Debian's source: KUnit is in no stock kernel, and native
# speed is in no emulated one.

OPTIMIZE=${OPTIMIZE:-size}

uml_fragments() {
	cat "$VM/uml.config" "$VM/uml-$OPTIMIZE.config"
}

uml_configure() {
	local line

	make -C "$SOURCE" O="$UML" ARCH=um tinyconfig &&
		(cd "$UML" && "$SOURCE/scripts/kconfig/merge_config.sh" \
			-m .config "$VM/uml.config" \
			"$VM/uml-$OPTIMIZE.config") &&
		make -C "$SOURCE" O="$UML" ARCH=um olddefconfig || return 1

	# Kconfig drops what it cannot satisfy without a word.
	while read -r line; do
		grep -qxF -- "$line" "$UML/.config" && continue
		echo "olddefconfig dropped: $line"
		return 1
	done < <(uml_fragments | grep -E '^(CONFIG_|# CONFIG_)')
}

# uml_get: sets UML, a build tree with the kernel in it and ready for modules.
uml_get() {
	local key

	need gcc make flex bison bc libc6-dev
	source_get
	[[ -e $VM/uml-$OPTIMIZE.config ]] ||
		die "OPTIMIZE is size or speed, not '$OPTIMIZE'"
	key=$(cat <(uml_fragments) <(gcc --version) | sha256sum | cut -c1-12)
	UML=$CACHE/uml/$SOURCE_VERSION-$key
	# The tree knows its own place, so it is built there and stamped.
	[[ ! -e $UML/.complete ]] || return 0

	say BUILD "UML $SOURCE_VERSION, once; some minutes"
	mkdir -p "$UML"
	logged "$OUT/uml-config.log" uml_configure ||
		die "cannot configure UML"
	logged "$OUT/uml-build.log" \
		make -C "$SOURCE" O="$UML" ARCH=um -j"$(nproc)" ||
		die "cannot build UML"
	touch "$UML/.complete"
}

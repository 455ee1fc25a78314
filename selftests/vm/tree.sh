# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels of our own, built from Debian's source: tinyconfig and fragments on top.

# tree_configure TREE "MAKE ARGUMENT..." FRAGMENT...
tree_configure() {
	local build="make -C $SOURCE O=$1 $2"

	# shellcheck disable=SC2086 # words are wanted
	$build tinyconfig &&
		(cd "$1" && "$SOURCE/scripts/kconfig/merge_config.sh" \
			-m .config "${@:3}") &&
		$build olddefconfig || return 1

	# Kconfig drops what it cannot satisfy without a word.
	! grep -hE '^(CONFIG_|# CONFIG_)' "${@:3}" | tree_lost "$1/.config"
}

# tree_lost CONFIG: those of the wanted lines that it has not got. What is not
# offered is as good as not set.
tree_lost() {
	awk 'NR == FNR { sub(/^# /, ""); sub(/ is not set$/, "=n"); want[$0]; next }
		/^CONFIG_/ { split($0, option, "="); set[option[1]]; have[$0] }
		END {
			for (line in want) {
				name = line
				sub(/=.*/, "", name)
				if (line in have || (line ~ /=n$/ && !(name in set)))
					continue
				print "olddefconfig dropped: " line
				lost = 1
			}
			exit !lost
		}' - "$1"
}

# tree_get NAME "MAKE ARGUMENT..." FRAGMENT...: sets TREE, a build tree with the
# kernel in it and ready for modules.
tree_get() {
	local key

	need gcc make flex bison bc libc6-dev
	source_get
	key=$(cat "${@:3}" <(gcc --version) | sha256sum | cut -c1-12)
	TREE=$CACHE/$1/$SOURCE_VERSION-$key
	# The tree knows its own place, so it is built there and stamped.
	[[ ! -e $TREE/.complete ]] || return 0

	say BUILD "$1 kernel $SOURCE_VERSION, once; some minutes"
	mkdir -p "$TREE"
	logged "$OUT/$1-config.log" tree_configure "$TREE" "${@:2}" ||
		die "cannot configure the $1 kernel"
	# shellcheck disable=SC2086 # words are wanted
	logged "$OUT/$1-build.log" \
		make -C "$SOURCE" O="$TREE" -j"$(nproc)" $2 ||
		die "cannot build the $1 kernel"
	touch "$TREE/.complete"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels that watch what runs on them, with more CPUs and nodes than one.

# debug_get NAME: sets TREE. The name is what most of it is about: kasan, kcsan.
debug_get() {
	need libelf-dev lz4
	tree_get "debug-$1" "" "$VM/debug.config" "$VM/debug-$1.config"
}

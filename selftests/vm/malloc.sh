# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What user space gets on this host, by the same loops, beside UML's figures.

MALLOCS=(glibc tcmalloc jemalloc mimalloc)
declare -A MALLOC_LIBRARY=(
	[glibc]=libc.so.6
	[tcmalloc]=libtcmalloc_minimal.so.4
	[jemalloc]=libjemalloc.so.2
	[mimalloc]=libmimalloc.so.2
)

malloc_get() {
	need gcc make libc6-dev jq libtcmalloc-minimal4 libjemalloc2 libmimalloc2.0
	logged "$OUT/build-malloc.log" \
		make -C "$ROOT/selftests/bench" OUT="$BUILDS/client" \
		"$BUILDS/client/malloc-bench" || die "cannot build malloc-bench"
	: >"$SCRATCH/malloc"
}

# malloc_one ALLOCATOR CALL: adds lines for malloc.awk.
malloc_one() {
	local library=${MALLOC_LIBRARY[$1]} preload="" args=() out=$SCRATCH/malloc-one

	[[ $1 == glibc ]] || preload=$library
	[[ $2 == malloc ]] || args=("$2")
	LD_PRELOAD=$preload "$BUILDS/client/malloc-bench" "${args[@]}" >"$out" ||
		die "malloc-bench fails with $1"
	grep -q "^library .*/$library\$" "$out" ||
		die "$library was not preloaded: $(head -n 1 "$out")"
	sed "1d; s/^/$1 $2 /" "$out" >>"$SCRATCH/malloc"
}

# malloc_run: all of them in turns, twice, by either call.
malloc_run() {
	local call allocator

	say RUN "user space: ${MALLOCS[*]}"
	for _ in 1 2; do
		for call in malloc calloc; do
			for allocator in "${MALLOCS[@]}"; do
				malloc_one "$allocator" "$call"
			done
		done
	done
}

# malloc_table JSON: the rows that both sides have.
malloc_table() {
	local call=malloc

	[[ $(jq .fingerprint.init_on_alloc "$1") == false ]] || call=calloc
	jq -r '.results[] | select(.size == 64) |
		select(.backend == "magslab" or .backend == "kmem_cache") |
		"\(.backend) \(.workload) \(.per_op.min)"' "$1" >"$SCRATCH/uml"
	awk -f "$VM/malloc.awk" -v call="$call" "$SCRATCH/uml" "$SCRATCH/malloc"
}

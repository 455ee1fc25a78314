# SPDX-License-Identifier: GPL-2.0-only
# Allocators of the kernel and of user space beside each other. Input: lines of
# allocator, row and nanoseconds, then lines of allocator, call, row and
# nanoseconds, least and median, of which those with the right call count. Each
# is shown at its best: what else the host does only ever makes it slower.

function keep(allocator, row, ns) {
	if (!((allocator, row) in least) || ns < least[allocator, row])
		least[allocator, row] = ns
}

NF == 3 {
	keep($1, $2, $3 + 0)
	if (!seen[$2]++)
		rows[++nr_rows] = $2
}

NF == 5 && $2 == call {
	keep($1, $3, $4 + 0)
	of_user[$3]
}

function print_head(i) {
	printf "%-14s", "workload"
	for (i = 1; i <= nr; i++)
		printf " %10s", names[i]
	print "  magslab/best of user space"
}

function cell(allocator, row) {
	if ((allocator, row) in least)
		return sprintf("%.1f", least[allocator, row])
	return "-"
}

function best_of_user(row, i, best) {
	for (i = first_user; i <= nr; i++)
		if (!best || least[names[i], row] < least[best, row])
			best = names[i]
	return best
}

function verdict(row, best, ratio) {
	if (!(("magslab", row) in least))
		return "-"
	best = best_of_user(row)
	ratio = least["magslab", row] / least[best, row]
	return sprintf("%5.1f %% of %-8s %s", 100 * ratio, best,
		       ratio <= 1 ? "ahead" : "BEHIND")
}

function print_row(row, i) {
	printf "%-14s", row
	for (i = 1; i <= nr; i++)
		printf " %10s", cell(names[i], row)
	print "  " verdict(row)
}

END {
	nr = split("magslab kmem_cache glibc tcmalloc jemalloc mimalloc", names)
	first_user = 3
	for (r = 1; r <= nr_rows; r++) {
		if (!(rows[r] in of_user))
			continue
		if (!printed++)
			print_head()
		print_row(rows[r])
	}
	if (!printed)
		print "(no row of this run is one of theirs)"
}

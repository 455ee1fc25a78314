#!/usr/bin/env drgn
# SPDX-License-Identifier: GPL-2.0-only
"""Where are the objects of magslab's caches, in a dump of a machine?

    drgn -c DUMP -s SYMBOLS caches.py [CACHE]...

For each cache a line of totals; a line for each node: its slabs and the objects
free in them, found by walking the lists, and what is in its depot; and one for each
CPU: objects in its two magazines. Objects of a reserve count as in use.

Of the kernel it needs three symbols and none of its debug information: all types
that matter are in magslab.ko's own.
"""
import sys

from drgn import Object
from drgn.helpers.linux.list import list_for_each_entry

BITS_PER_LONG = 64


def kernel_object(prog, name, type):
    return Object(prog, type, address=prog.symbol(name).address)


def possible_cpus(prog):
    bits = kernel_object(prog, "__cpu_possible_mask", "struct cpumask").bits
    for word, value in enumerate(bits):
        for bit in range(BITS_PER_LONG):
            if value.value_() >> bit & 1:
                yield word * BITS_PER_LONG + bit


def possible_nodes(prog):
    return range(kernel_object(prog, "nr_node_ids", "unsigned int").value_())


def on_cpu(prog, pointer, cpu):
    """What a pointer to a per-CPU object means on one CPU."""
    offsets = Object(
        prog, "unsigned long *", value=prog.symbol("__per_cpu_offset").address
    )
    return Object(prog, pointer.type_, value=pointer.value_() + offsets[cpu].value_())


def all_caches(prog):
    head = prog.variable("caches", "alloc/cache.c")
    return list_for_each_entry("struct magslab_cache", head.address_of_(), "link")


def name_of(cache):
    return cache.name.string_().decode()


def slabs_of(head):
    """Return: slabs on one list, and objects that are free in them."""
    free = [
        slab.index.value_()
        for slab in list_for_each_entry("struct page", head.address_of_(), "lru")
    ]
    return len(free), sum(free)


class Node:
    """What a cache has on one node."""

    def __init__(self, prog, nid, node):
        empty = prog.constant("MAGSLAB_SLAB_EMPTY").value_()
        lists = [slabs_of(head) for head in node.slabs.lists]
        self.nid = nid
        self.full = lists[0][0]
        self.partial = sum(slabs for slabs, _ in lists[1:empty])
        self.empty = lists[empty][0]
        self.slabs = self.full + self.partial + self.empty
        self.free = sum(free for _, free in lists)
        self.depot = node.depot
        self.depot_objects = node.depot.nr_objects.value_()

    def __str__(self):
        return (
            f"node {self.nid}: slabs full={self.full} partial={self.partial}"
            f" empty={self.empty} free_objects={self.free}"
            f" depot full={self.depot.full.nr.value_()}"
            f" empty={self.depot.empty.nr.value_()} objects={self.depot_objects}"
        )


class Magazines:
    """The two of one CPU."""

    def __init__(self, number, cpu):
        self.number = number
        self.loaded = (cpu.front.top - cpu.front.base).value_()
        self.previous = cpu.previous_rounds.value_()

    def __str__(self):
        return f"cpu {self.number}: loaded={self.loaded} previous={self.previous}"


def show(prog, cache):
    nodes = [
        Node(prog, nid, cache.node[nid])
        for nid in possible_nodes(prog)
        if cache.node[nid]
    ]
    cpus = [
        Magazines(number, on_cpu(prog, cache.cpu, number))
        for number in possible_cpus(prog)
    ]
    capacity = sum(node.slabs for node in nodes) * cache.layout.nr.value_()
    free = sum(node.free + node.depot_objects for node in nodes)
    free += sum(cpu.loaded + cpu.previous for cpu in cpus)
    print(
        f"{name_of(cache)}: size={cache.size.value_()} objects={capacity}"
        f" in_use={capacity - free}"
    )
    for part in nodes + cpus:
        print(f"  {part}")


def main(prog, wanted):
    caches = [c for c in all_caches(prog) if not wanted or name_of(c) in wanted]
    for cache in caches:
        show(prog, cache)
    missing = set(wanted) - {name_of(cache) for cache in caches}
    if missing:
        sys.exit(f"no such cache: {', '.join(sorted(missing))}")


main(prog, sys.argv[1:])  # noqa: F821 -- drgn's own

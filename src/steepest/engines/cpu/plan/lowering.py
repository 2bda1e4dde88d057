"""Turns groups into kernels: chooses buffers, turns drafts into steps, gives roots their accesses.

Depends on fusing.py, roots.py and the loop form.
"""

from __future__ import annotations

from dataclasses import replace

from steepest.engines.cpu.loops.form import Constant, Kernel, Load, Share, Store
from steepest.engines.cpu.loops.spaces import ZERO, Access, Buffer, Coordinate, Stored, size_of
from steepest.engines.cpu.plan.fusing import Fused, Group, commit_share
from steepest.engines.cpu.plan.index_expressions import Drafter, space_of, spread
from steepest.engines.cpu.plan.placing import Memory, steps_of
from steepest.engines.cpu.plan.roots import root_of
from steepest.program.graph import Graph, Node


def lower(
    graph: Graph, fused: Fused, storage: tuple[Stored, ...]
) -> tuple[Memory, list[list[Kernel]]]:
    """The buffers of a program and its kernels, phase by phase."""
    memory = Memory(graph, storage)
    targets = _targets(graph, fused, memory)
    wanted = _wanted(fused)
    for group in fused.groups:
        for node in group.members:
            if node in wanted and node not in memory.held:
                private = group.share.kind == "everyone"
                memory.scratch(node, "private" if private else "scratch")
    phases: list[list[Kernel]] = [[] for _ in range(fused.phases)]
    for group in fused.groups:
        phases[group.phase] += _kernels(fused, memory, group, wanted)
    for commit in fused.commits:
        share = commit_share(fused.where[commit.root].share)
        phases[commit.phase].append(_commit_kernel(memory, commit.root, targets, share))
    return memory, phases


def named(phases: list[list[Kernel]]) -> list[list[Kernel]]:
    """The kernels with names that say their phase and number."""
    return [
        [
            replace(kernel, name=f"p{phase}k{number}_{kernel.name}")
            for number, kernel in enumerate(kernels)
        ]
        for phase, kernels in enumerate(phases)
    ]


def _targets(graph: Graph, fused: Fused, memory: Memory) -> dict[Node, Buffer]:
    """Adds the caller's buffers; roots without a commit are computed directly into theirs."""
    for place, node in enumerate(graph.inputs):
        memory.held[node] = memory.new(node, "input", place, f"x{place}")
    for slot, node in enumerate(graph.variables):
        memory.held[node] = memory.new(node, "state", slot, f"s{slot}")
    targets = {
        root: memory.held[graph.variables[slot]] for slot, root in fused.facts.normal.updates
    }
    for place, root in enumerate(fused.facts.normal.outputs):
        targets[root] = memory.new(root, "output", place, f"out{place}")
    copied = {commit.root for commit in fused.commits}
    memory.held.update({root: to for root, to in targets.items() if root not in copied})
    return targets


def _wanted(fused: Fused) -> set[Node]:
    """The values that are read outside their group, or by the caller."""
    wanted = set(fused.facts.normal.roots)
    if fused.facts.normal.guard is not None:
        wanted.add(fused.facts.normal.guard)
    for group in fused.groups:
        wanted.update(f.node for f in group.fetches if f.node not in group.members)
    return wanted


def _commit_kernel(memory: Memory, root: Node, targets: dict[Node, Buffer], share: Share) -> Kernel:
    own, sizes = spread(root.shape), tuple(map(size_of, root.shape))
    step = Load(Access(memory.of(root), sizes, own), root.dtype)
    store = Store(Access(targets[root], sizes, own), 0)
    return Kernel("commit", share, space_of(root.shape), None, (step,), (store,))


# ---------------------------------------------------------------- one group


def _kernels(fused: Fused, memory: Memory, group: Group, wanted: set[Node]) -> list[Kernel]:
    anchor = group.anchor
    if anchor is not None and anchor.op in ("place", "concat"):
        kernels = _assembled(fused, memory, group.share, anchor)
    else:
        kernels = [_kernel(fused, memory, group, wanted)]
    guard = fused.facts.normal.guard
    if group is fused.gate and guard is not None:
        kernels[-1] = replace(kernels[-1], guards=_own_access(memory, guard))
    return kernels


def _kernel(fused: Fused, memory: Memory, group: Group, wanted: set[Node]) -> Kernel:
    anchor = group.anchor
    inside = frozenset(group.members) | fused.facts.absorbed
    drafter = Drafter(inside.__contains__, anchor)
    stores = []
    for node in group.members:
        if node in wanted:
            step = drafter.resolve(node, spread(node.shape))
            stores.append(Store(_own_access(memory, node), step))
    root = None if anchor is None else root_of(fused, memory, anchor)
    space = group.space
    if anchor is not None and anchor.op == "scatter_add":
        space = (size_of(anchor.shape[0]), *space_of(anchor.shape[1:]))
    steps = steps_of(memory, drafter.steps)
    name = "_".join(dict.fromkeys(node.op for node in group.members[:3]))
    return Kernel(name, group.share, space, root, steps, tuple(stores))


def _own_access(memory: Memory, node: Node) -> Access:
    coordinates = spread(node.shape)
    if node.op == "scatter_add":
        coordinates = (Coordinate(0), *spread(node.shape[1:], 1))
    return Access(memory.of(node), tuple(map(size_of, node.shape)), coordinates)


# ---------------------------------------------------------------- places of a larger array


def _assembled(fused: Fused, memory: Memory, share: Share, anchor: Node) -> list[Kernel]:
    """The kernels of `place` (zeros, then the input at its indices) or `concat` (each input)."""
    kernels = []
    if anchor.op == "place":
        zero = Constant(anchor.dtype.type(0), anchor.dtype)
        store = Store(_own_access(memory, anchor), 0)
        kernels.append(Kernel("zeros", share, space_of(anchor.shape), None, (zero,), (store,)))
        ranges = [(start, step) for start, _, step in anchor.params["ranges"]]
        return [*kernels, _moved_in(fused, memory, share, anchor, anchor.inputs[0], ranges)]
    offset, axis = 0, anchor.params["axis"]
    for source in anchor.inputs:
        ranges = [(offset if place == axis else 0, 1) for place in range(len(anchor.shape))]
        kernels.append(_moved_in(fused, memory, share, anchor, source, ranges))
        offset += source.shape[axis] or 0
    return kernels


def _moved_in(
    fused: Fused,
    memory: Memory,
    share: Share,
    anchor: Node,
    source: Node,
    ranges: list[tuple[int, int]],
) -> Kernel:
    drafter = Drafter(lambda other: False)
    own = spread(source.shape)
    value = drafter.resolve(source, own)
    places = tuple(
        Coordinate(None, 0, start) if c is ZERO else Coordinate(c.axis, step, start)
        for c, (start, step) in zip(own, ranges, strict=True)
    )
    access = Access(memory.of(anchor), tuple(map(size_of, anchor.shape)), places)
    steps = steps_of(memory, drafter.steps)
    return Kernel(anchor.op, share, space_of(source.shape), None, steps, (Store(access, value),))

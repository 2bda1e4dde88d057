"""Fuses values into groups, one for each kernel, and chooses the phase in which each group runs.

Depends on sharing.py. A value joins the group of a value that it reads where both have the same
space and share; so a chain becomes one loop, and an update joins the product that is its gradient.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from steepest.engines.cpu.loops.form import Share
from steepest.engines.cpu.loops.spaces import Coordinate, Size
from steepest.engines.cpu.plan.index_expressions import ANCHORS, Fetch, is_elementwise, space_of
from steepest.engines.cpu.plan.normal import Normal
from steepest.engines.cpu.plan.sharing import FIRST, MOST_FUSED, Facts, is_own
from steepest.program.graph import Node, ordered

_CLOSED = frozenset("place concat cumsum scatter_add to_dense".split())  # no value joins them


@dataclass(eq=False)
class Group:
    """The values of one kernel: at most one anchor, and elementwise values computed from it."""

    number: int
    space: tuple[Size, ...]
    share: Share
    phase: int
    members: list[Node]
    fetches: list[Fetch] = field(default_factory=list)
    values: int = 0  # that it computes, those absorbed by its members too

    @property
    def anchor(self) -> Node | None:
        """The member that needs its own loops."""
        return self.members[0] if self.members[0].op in ANCHORS else None


@dataclass(frozen=True)
class Commit:
    """A copy of a new value into its variable, in a kernel after all that read the old value."""

    root: Node
    phase: int


@dataclass
class Fused:
    """The groups, and the copies at the end of a batch."""

    facts: Facts
    groups: list[Group]
    where: dict[Node, Group]
    commits: list[Commit]
    gate: Group | None = None
    held: frozenset[Node] = frozenset()  # updates that wait until all else is computed
    held_until: tuple[int, int] = 0, 0  # their first phase, and the first group they may join

    @cached_property
    def old_values(self) -> dict[int, list[tuple[Group, Fetch]]]:
        """The groups that read each variable, by its slot; used once all groups exist."""
        found: dict[int, list[tuple[Group, Fetch]]] = {}
        for group in self.groups:
            for fetch in group.fetches:
                if fetch.node.op == "variable":
                    found.setdefault(fetch.node.params["slot"], []).append((group, fetch))
        return found

    @property
    def phases(self) -> int:
        """The number of phases of a batch."""
        phases = [group.phase for group in self.groups] + [c.phase for c in self.commits]
        return 1 + max(phases, default=0)


def fuse(facts: Facts, interruptible: bool = False) -> Fused:
    """Groups for all computed values, then the commits that updates need.

    If it is to be interruptible, no variable is written before all that takes long is computed.
    """
    fused = Fused(facts, [], {}, [])
    normal = facts.normal
    before = set(ordered(normal.before_updates))
    prelude = _prelude(facts)
    computed = [node for node in facts.homes if node not in facts.absorbed | prelude.keys()]
    for node in (*prelude, *(node for node in computed if node in before)):
        _place(fused, node)
    if normal.guard is not None:  # all outputs are computed before the guard is read
        phase = max(fused.where[root].phase for root in normal.before_updates)
        fused.gate = next(group for group in reversed(fused.groups) if group.phase == phase)
    rest = [node for node in computed if node not in before]
    fused.held = _held(normal, rest) if interruptible else frozenset()
    for node in rest:
        if node not in fused.held:
            _place(fused, node)
    if interruptible:
        last = max((group.phase for group in fused.groups), default=-1)
        fused.held_until = last + 1, len(fused.groups)
    for node in rest:
        if node in fused.held:
            _place(fused, node)
    for slot, root in normal.updates:
        group = fused.where[root]
        if group.share.kind == "everyone" or not _in_place(fused, slot, root, group):
            fused.commits.append(Commit(root, _commit_phase(fused, slot, root)))
    return fused


def _prelude(facts: Facts) -> dict[Node, None]:
    """The values that every worker can compute first, so that any kernel may use them."""
    found: dict[Node, None] = {}
    for node in facts.homes:
        if node not in facts.absorbed and facts.shares[node].kind == "everyone":
            sources = [fetch.node for fetch in facts.draft(node).fetches]
            known = all(source.is_leaf or source in found for source in sources)
            if known and not any(None in source.shape for source in sources):
                found[node] = None
    return found


def _held(normal: Normal, nodes: list[Node]) -> frozenset[Node]:
    """The updates among these nodes, and all that is computed from them."""
    found = {node for _, node in normal.updates}.intersection(nodes)
    for node in normal.nodes:
        if any(source in found for source in node.inputs):
            found.add(node)
    return frozenset(found)


# ---------------------------------------------------------------- groups


def _place(fused: Fused, node: Node) -> None:
    fetches = fused.facts.draft(node).fetches
    phase, floor = _earliest(fused, node, fetches)
    group = _joined(fused, node, phase, floor) if is_elementwise(node) else None
    if group is None:
        share, space = fused.facts.shares[node], space_of(node.shape)
        group = Group(len(fused.groups), space, share, phase, [])
        fused.groups.append(group)
    group.members.append(node)
    group.values += fused.facts.computed_with(node)
    group.fetches += fetches
    fused.where[node] = group


def _earliest(fused: Fused, node: Node, fetches: tuple[Fetch, ...]) -> tuple[int, int]:
    """The first phase in which a node can be computed, and the first group that it can join."""
    phase = floor = 0
    for fetch in fetches:
        group = fused.where.get(fetch.node)
        if group is not None:
            own = reads_own(fused.facts, fetch, node)
            phase = max(phase, group.phase + (0 if own else 1))
            floor = max(floor, group.number)
    if fused.gate is not None and any(root is node for _, root in fused.facts.normal.updates):
        phase, floor = max(phase, fused.gate.phase), max(floor, fused.gate.number + 1)
    if node in fused.held:
        phase, floor = max(phase, fused.held_until[0]), max(floor, fused.held_until[1])
    return phase, floor


def reads_own(facts: Facts, fetch: Fetch, reader: Node) -> bool:
    """Whether the reader's worker itself computed the values that it fetches."""
    spaces = space_of(fetch.node.shape), space_of(reader.shape)
    return is_own(fetch, facts.shares[fetch.node], facts.shares[reader], spaces)


def _joined(fused: Fused, node: Node, phase: int, floor: int) -> Group | None:
    """The last group from `floor` on with the node's space, share and phase, if it can join."""
    share, space = fused.facts.shares[node], space_of(node.shape)
    for group in reversed(fused.groups[floor:]):
        alike = group.space == space and group.share == share and group.phase == phase
        if alike and _open_to(group, fused.facts, node):
            return group
    return None


def _open_to(group: Group, facts: Facts, node: Node) -> bool:
    if group.anchor is not None and group.anchor.op in _CLOSED:
        return False
    if group.values + facts.computed_with(node) > MOST_FUSED:
        return False
    own = [fetch for fetch in facts.draft(node).fetches if fetch.node in group.members]
    return all(_reads_same_index(fetch) for fetch in own)


def _reads_same_index(fetch: Fetch) -> bool:
    """Whether a fetch reads the index that is computed: axes of size 1 are left out."""
    if any(c.looked is not None for c in fetch.coordinates):
        return False
    moving = [c for c, size in zip(fetch.coordinates, fetch.shape, strict=True) if size != 1]
    own = all(c == Coordinate(axis) for axis, c in enumerate(moving))
    return own and space_of(fetch.shape) == space_of(fetch.node.shape)


# ---------------------------------------------------------------- updates


def _in_place(fused: Fused, slot: int, root: Node, group: Group) -> bool:
    """Whether a group may overwrite a variable: no later kernel may need the old value."""
    for other, fetch in fused.old_values.get(slot, ()):
        if other is group:
            if not _overwrites_what_it_read(fused, fetch, root, group):
                return False
        elif other.phase >= group.phase:
            spaces = space_of(fetch.shape), other.space
            earlier = other.phase == group.phase and other.number < group.number
            if not (earlier and is_own(fetch, group.share, other.share, spaces)):
                return False
    return True


def _overwrites_what_it_read(fused: Fused, fetch: Fetch, root: Node, group: Group) -> bool:
    """Whether a group reads only the elements that it overwrites, outside its anchor's loops."""
    anchor = group.anchor
    if anchor is not None and fetch in fused.facts.draft(anchor).fetches:
        return False
    return _reads_same_index(fetch) and space_of(fetch.shape) == group.space


def _commit_phase(fused: Fused, slot: int, root: Node) -> int:
    """The first phase after the value, the guard and every reader of the old value."""
    phases = [fused.where[root].phase, fused.held_until[0]]
    alone = commit_share(fused.where[root].share) == FIRST
    if fused.gate is not None:
        phases.append(fused.gate.phase)
    for group, _ in fused.old_values.get(slot, ()):
        phases.append(group.phase + (0 if alone and group.share == FIRST else 1))
    return max(phases)


def commit_share(share: Share) -> Share:
    """The share of a copy: that of the value, or worker 0 where every worker has the value."""
    return FIRST if share.kind == "everyone" else share

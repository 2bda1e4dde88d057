"""Chooses how the columns of a fit are stored: as given, or as sparse rows where that is quicker.

Labels and what a Dataset prepares stay as they are. Depends on feeds, sparsify and derived_cache.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from steepest.core import tree
from steepest.data.columns import DenseColumn, SparseColumn, Stored
from steepest.data.sparsify import packed, pays
from steepest.engines.choose import engine_for, packs
from steepest.engines.derived_cache import cached, is_cached
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.program.graph import Graph, Node
from steepest.program.passes import clean

if TYPE_CHECKING:
    from steepest.neuralnet.learner import Learner


class SparseStorage:
    """Packs columns of a model's feeds as sparse rows; a column of several feeds is packed once.

    `once`: each feed will be read a single time.
    """

    def __init__(self, model: Learner, once: bool = False) -> None:
        self._model, self._once = model, once
        self._packed: dict[int, tuple[Stored, Stored]] = {}

    def feed(self, feed: Feed) -> Feed:
        """The feed with columns that are mostly zero as sparse rows, if only products read them.

        >>> import numpy as np, steepest as st
        >>> from steepest.neuralnet.input.feeds import columns_of
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1000,))])
        >>> x = columns_of(np.zeros((1000, 1000), np.float32), "x", np.dtype("float32"))
        >>> SparseStorage(model).feed(ArrayFeed((x,), 32)).nest[0].storage
        'sparse'
        """
        if not isinstance(feed, ArrayFeed) or feed.prepare is not None:
            return feed
        nest = self.nest(feed.nest)
        if nest is feed.nest:
            return feed
        stored = copy.copy(feed)
        stored.nest = nest
        return stored

    def nest(self, nest: tuple[Any, ...]) -> tuple[Any, ...]:
        """Packs the columns of a nest likewise."""
        leaves = tree.leaves(nest[0])
        known = [isinstance(leaf, DenseColumn) and is_cached(leaf.array) for leaf in leaves]
        chosen = [
            pays(leaf, self._once and not packed_before)
            for leaf, packed_before in zip(leaves, known, strict=True)
        ]
        engine = self._model._engine
        if not any(chosen) or not packs(engine):
            return nest
        graph = self._model.recorded_step("predict", nest[:1]).graph
        if not engine_for(graph, engine).packs():
            return nest
        read = _read_by_products(graph)
        chosen = [pays_off and fits for pays_off, fits in zip(chosen, read, strict=True)]
        stored = map(self._column, leaves, chosen)
        return (tree.rebuild(nest[0], stored), *nest[1:]) if any(chosen) else nest

    def _column(self, column: Stored, pack: bool) -> Stored:
        if not pack or not isinstance(column, DenseColumn):
            return column
        if id(column) not in self._packed:
            self._packed[id(column)] = column, _sparse_rows(column)
        return self._packed[id(column)][1]


def _sparse_rows(column: DenseColumn) -> SparseColumn:
    """A column as sparse rows; a shared one is read once, not once for each training."""
    if column.packed is not None:
        return column.packed
    found = cached(partial(packed, column), column.array)
    if column.is_shared:
        column.packed = found
    return found


_known: WeakKeyDictionary[Graph, list[bool]] = WeakKeyDictionary()


def _read_by_products(graph: Graph) -> list[bool]:
    """For each input whether only products read it, or a multiple of it, as their left side."""
    if graph not in _known:
        cleaned, readers = clean(graph), dict[Node, list[Node]]()
        for node in cleaned.nodes:
            for source in node.inputs:
                readers.setdefault(source, []).append(node)
        _known[graph] = [_leads_to_products(node, readers) for node in cleaned.inputs]
    return _known[graph]


def _leads_to_products(node: Node, readers: dict[Node, list[Node]]) -> bool:
    after = readers.get(node, [])
    return bool(after) and all(
        (reader.op == "matmul" and reader.inputs[0] is node and len(reader.inputs[1].shape) == 2)
        or (_is_multiple_of(node, reader) and _leads_to_products(reader, readers))
        for reader in after
    )


def _is_multiple_of(node: Node, reader: Node) -> bool:
    if reader.op == "cast":
        return node.dtype == np.uint8 and reader.dtype == np.float32
    if reader.op not in ("multiply", "divide") or reader.shape != node.shape:
        return False
    left, right = reader.inputs
    other = right if left is node else left if reader.op == "multiply" else None
    return other is not None and other.op == "constant" and other.params["value"].size == 1


def storage_lines(columns: Sequence[Stored], given: Sequence[Stored]) -> list[str]:
    """A line of text for each input that is stored as sparse rows.

    >>> from steepest.data.sparsify import packed
    >>> dense = DenseColumn(np.eye(4, dtype=np.float32))
    >>> storage_lines([packed(dense)], [dense])
    ['input 0: sparse rows, packed from dense ones; 25.0% of the numbers are not zero']
    """
    lines = []
    for position, (column, before) in enumerate(zip(columns, given, strict=True)):
        if isinstance(column, SparseColumn):
            share = len(column.indices) / max(len(column) * column.width, 1)
            how = "" if column is before else ", packed from dense ones"
            lines.append(
                f"input {position}: sparse rows{how}; {share:.1%} of the numbers are not zero"
            )
    return lines

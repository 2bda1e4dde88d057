"""How the columns of a fit are stored: as they came, or as sparse rows where that is quicker.

Leans on feed, packing and keeping. Labels and what a Dataset prepares stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from steepest.core import tree
from steepest.data.columns import DenseColumn, SparseColumn, Stored
from steepest.data.derived_cache import cached, is_cached
from steepest.data.sparsify import packed, pays
from steepest.engines.choose import engine_for, reads
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.neuralnet.learner import Learner
from steepest.program.graph import Graph, Node
from steepest.program.passes import clean


class Store:
    """Packs the columns of a model's feeds, each of them once however many feeds share it.

    `once` says that each feed will be gone through a single time.
    """

    def __init__(self, model: Learner, once: bool = False) -> None:
        self._model, self._once = model, once
        self._packed: dict[int, tuple[Stored, Stored]] = {}

    def feed(self, feed: Feed | None) -> Any:
        """The feed with columns that are mostly zero as sparse rows, if products alone read them.

        >>> import numpy as np, steepest as st
        >>> from steepest.neuralnet.input.feeds import columns_of
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1000,))])
        >>> x = columns_of(np.zeros((1000, 1000), np.float32), "x", np.dtype("float32"))
        >>> Store(model).feed(ArrayFeed((x,), 32)).nest[0].storage
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
        """Columns likewise, as a batch holds them."""
        leaves = tree.leaves(nest[0])
        chosen = [self._pays(leaf) for leaf in leaves]
        engine = self._model._engine
        if not any(chosen) or not reads("sparse", engine):
            return nest
        graph = self._model.recorded_step("predict", nest[:1]).graph
        if not engine_for(graph, engine).reads("sparse"):
            return nest
        read = _read_by_products(graph)
        chosen = [worth and easy for worth, easy in zip(chosen, read, strict=True)]
        stored = map(self._column, leaves, chosen)
        return (tree.rebuild(nest[0], stored), *nest[1:]) if any(chosen) else nest

    def _pays(self, column: Stored) -> bool:
        known = isinstance(column, DenseColumn) and is_cached(column.array)
        return pays(column, self._once and not known)

    def _column(self, column: Stored, pack: bool) -> Stored:
        if not pack or not isinstance(column, DenseColumn):
            return column
        if id(column) not in self._packed:
            self._packed[id(column)] = column, cached(partial(packed, column), column.array)
        return self._packed[id(column)][1]


_known: WeakKeyDictionary[Graph, list[bool]] = WeakKeyDictionary()


def _read_by_products(graph: Graph) -> list[bool]:
    """For each input whether it, or a multiple, is the left side of products and nothing else."""
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
        _is_product_of(node, reader)
        or (_is_multiple_of(node, reader) and _leads_to_products(reader, readers))
        for reader in after
    )


def _is_product_of(node: Node, reader: Node) -> bool:
    return reader.op == "matmul" and reader.inputs[0] is node and len(reader.inputs[1].shape) == 2


def _is_multiple_of(node: Node, reader: Node) -> bool:
    if reader.op == "cast":
        return node.dtype == np.uint8 and reader.dtype == np.float32
    if reader.op not in ("multiply", "divide") or reader.shape != node.shape:
        return False
    left, right = reader.inputs
    other = right if left is node else left if reader.op == "multiply" else None
    return other is not None and other.op == "constant" and other.params["value"].size == 1


def told(columns: Sequence[Stored], given: Sequence[Stored]) -> list[str]:
    """A line for each input that is not stored as it was given, or that is sparse.

    >>> from steepest.data.sparsify import packed
    >>> dense = DenseColumn(np.eye(4, dtype=np.float32))
    >>> told([packed(dense)], [dense])
    ['input 0: sparse rows, packed from dense ones; 25.0% of the numbers are not zero']
    """
    lines = []
    for place, (column, before) in enumerate(zip(columns, given, strict=True)):
        if isinstance(column, SparseColumn):
            share = len(column.indices) / max(len(column) * column.width, 1)
            how = "" if column is before else ", packed from dense ones"
            lines.append(
                f"input {place}: sparse rows{how}; {share:.1%} of the numbers are not zero"
            )
    return lines

"""How the columns of a fit are stored: as they came, or as sparse rows where that is quicker.

Leans on feed and on packing. Labels, bytes and what a Dataset prepares stay as they are.
"""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Sequence
from typing import Any

from steepest.config import config
from steepest.core import tree
from steepest.data.columns import DenseColumn, SparseColumn, Stored
from steepest.data.packing import packed, pays
from steepest.neuralnet.feed import ArrayFeed, Feed
from steepest.program.graph import Graph


class Store:
    """Packs the columns of a model's feeds, each of them once however many feeds share it.

    `once` says that each feed will be gone through a single time.
    """

    def __init__(self, model: Any, once: bool = False) -> None:
        self._model, self._once = model, once
        self._packed: dict[int, tuple[Stored, Stored]] = {}

    def feed(self, feed: Feed | None) -> Any:
        """The feed with columns that are mostly zero as sparse rows, if products alone read them.

        >>> import numpy as np, steepest as st
        >>> from steepest.neuralnet.feed import columns_of
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
        chosen = [pays(leaf, self._once) for leaf in leaves]
        if not any(chosen) or not _is_compiled(self._model):
            return nest
        read = _read_by_products(self._model.rehearsed("predict", nest[:1]).graph)
        chosen = [worth and easy for worth, easy in zip(chosen, read, strict=True)]
        stored = map(self._column, leaves, chosen)
        return (tree.rebuild(nest[0], stored), *nest[1:]) if any(chosen) else nest

    def _column(self, column: Stored, pack: bool) -> Stored:
        if not pack or not isinstance(column, DenseColumn):
            return column
        if id(column) not in self._packed:
            self._packed[id(column)] = column, packed(column)
        return self._packed[id(column)][1]


def _is_compiled(model: Any) -> bool:
    """Whether machine code will read the rows; NumPy would spell each batch's zeros out."""
    engine = model._engine or config.engine
    return engine != "numpy" and importlib.util.find_spec("llvmlite") is not None


def _read_by_products(graph: Graph) -> list[bool]:
    """For each input whether it is the left side of matrix products and nothing else."""
    readers = {node: [n for n in graph.nodes if node in n.inputs] for node in graph.inputs}
    return [
        bool(readers[node]) and all(_is_product_of(node, reader) for reader in readers[node])
        for node in graph.inputs
    ]


def _is_product_of(node: Any, reader: Any) -> bool:
    return reader.op == "matmul" and reader.inputs[0] is node and len(reader.inputs[1].shape) == 2


def told(columns: Sequence[Stored], given: Sequence[Stored]) -> list[str]:
    """A line for each input that is not stored as it was given, or that is sparse.

    >>> import numpy as np
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

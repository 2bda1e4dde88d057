"""The names of the columns that a model was trained on: later tables are brought into their order.

Depends on columns and feeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.data.columns import DenseColumn, Stored
from steepest.errors import DataError, caution
from steepest.neuralnet.input.feeds import in_dtype


@dataclass(frozen=True)
class ColumnNames:
    """The names of the columns of each input, in the order of the training; none for an array.

    >>> trained = ColumnNames([("a", "b")])
    >>> table = DenseColumn(np.float32([[1, 2]]), ("a", "b"))
    >>> trained.in_order(table, np.dtype("float32")) is table
    True
    """

    inputs: Sequence[tuple[str, ...]]

    def in_order(self, x: Any, dtype: np.dtype[Any]) -> Any:
        """The inputs with their columns in the order of the training.

        Columns in another order are a warning, other columns an error; arrays have no names.
        """
        leaves = tree.leaves(x)
        if [names_of(leaf) for leaf in leaves] == self.inputs or len(leaves) != len(self.inputs):
            return x
        ordered = map(self._ordered, leaves, self.inputs)
        return tree.rebuild(x, iter([in_dtype(column, dtype) for column in ordered]))

    def _ordered(self, column: Stored, wanted: tuple[str, ...]) -> Stored:
        given = names_of(column)
        if not given or not wanted or given == wanted or not isinstance(column, DenseColumn):
            return column
        if sorted(given) != sorted(wanted) or len(set(wanted)) < len(wanted):
            missing = [name for name in wanted if name not in given]
            others = [name for name in given if name not in wanted]
            raise DataError(
                "x: the columns are not those of the training: "
                + "; ".join(
                    f"{names} {word}"
                    for names, word in ((missing, "are missing"), (others, "were not there"))
                    if names
                )
                + "; choose the columns by their names, or give an array to go by position"
            )
        caution(
            "x: the columns are in another order than in training, and are brought into that "
            f"order by their names; give {list(wanted)}"
        )
        places = [given.index(name) for name in wanted]
        return DenseColumn(column.array[:, places], wanted, column.dtype)


def names_of(column: Stored) -> tuple[str, ...]:
    """The names of the columns of a table; none of an array.

    >>> names_of(DenseColumn(np.zeros((1, 2)), ("a", "b")))
    ('a', 'b')
    """
    return column.names if isinstance(column, DenseColumn) else ()


def trained_names(x: Any) -> list[tuple[str, ...]] | None:
    """The names in the inputs of a training; None if no input has names.

    >>> trained_names(DenseColumn(np.zeros((1, 2)))) is None
    True
    """
    names = [names_of(leaf) for leaf in tree.leaves(x)]
    return names if any(names) else None

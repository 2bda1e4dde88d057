"""Arrays without elements: shapes and values are those of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st

NONE, ROWS, COLUMNS = np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0))
TABLE: dict[str, list[tuple[Any, ...]]] = {
    "diag": [(NONE, 0), (NONE, 2), (NONE, -1), (ROWS, 0), (COLUMNS, 0)],
    "diagflat": [(NONE, 0), (ROWS, 1)],
    "diagonal": [(ROWS, 0), (COLUMNS, 0)],
    "tril": [(ROWS, 0), (COLUMNS, 1)],
    "triu": [(ROWS, 0), (COLUMNS, -1)],
    "trace": [(ROWS,), (COLUMNS,)],
    "sum": [(NONE,), (ROWS, 0), (ROWS, 1)],
    "prod": [(NONE,), (ROWS, 0), (ROWS, 1)],
    "any": [(NONE,), (ROWS, 0), (ROWS, 1), (COLUMNS, 1), (ROWS, (0, 1))],
    "all": [(NONE,), (ROWS, 0), (ROWS, 1), (COLUMNS, 1), (ROWS, (0, 1))],
    "cumsum": [(NONE, 0), (ROWS, 0), (ROWS, 1)],
    "cumprod": [(NONE, 0), (ROWS, 1)],
    "sort": [(NONE,), (ROWS, 0), (COLUMNS, 1)],
    "argsort": [(NONE,), (ROWS, 1)],
    "flip": [(NONE, 0), (ROWS, 1)],
    "roll": [(NONE, 2), (ROWS, 1, 1)],
    "repeat": [(NONE, 2), (ROWS, 2, 1)],
    "tile": [(NONE, 2), (ROWS, (2, 1))],
    "ravel": [(ROWS,)],
    "transpose": [(ROWS,)],
    "matmul": [(COLUMNS, ROWS), (ROWS, COLUMNS)],
    "outer": [(NONE, np.ones(2))],
    "kron": [(ROWS, np.ones((2, 2)))],
    "concatenate": [([NONE, np.ones(2)],), ([ROWS, np.ones((1, 3))],)],
    "stack": [([NONE, NONE],), ([NONE, NONE], 1)],
    "diff": [(NONE,), (np.zeros(1),)],
    "where": [(NONE > 0, NONE, NONE)],
    "bincount": [(NONE.astype(int), None, 3)],
    "unique": [(NONE,)],
    "isin": [(NONE, np.ones(2)), (np.ones(2), NONE)],
    "searchsorted": [(NONE, np.ones(2)), (np.ones(2), NONE)],
    "digitize": [(NONE, np.ones(2))],
}
CALLS = [
    pytest.param(name, call, id=f"{name} {number}")
    for name, calls in TABLE.items()
    for number, call in enumerate(calls)
]


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_empty_arrays(name: str, arguments: tuple[Any, ...]) -> None:
    found, meant = getattr(st.ops, name)(*arguments), getattr(np, name)(*arguments)
    assert np.shape(found) == np.shape(meant)
    np.testing.assert_array_equal(np.asarray(found), meant)

"""Sparse rows that do not make a matrix are refused: machine code would read beside memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest.data.columns import SparseColumn
from steepest.errors import DataError

SOUND: dict[str, Any] = {"indptr": [0, 1, 3], "indices": [2, 0, 1], "values": [1.0, 2.0, 3.0]}


def made(**changes: Any) -> SparseColumn:
    given = {name: np.array(part) for name, part in {**SOUND, **changes}.items()}
    return SparseColumn(given["indptr"], given["indices"], given["values"], 3)


def test_sound_rows() -> None:
    assert made().toarray().tolist() == [[0.0, 0.0, 1.0], [2.0, 3.0, 0.0]]
    assert made(indptr=[0], indices=np.zeros(0, int), values=[]).toarray().shape == (0, 3)
    assert made(indptr=[0, 0, 3]).toarray()[0].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"indptr": np.zeros(0, int)}, "indptr must begin with 0 and never decrease"),
        ({"indptr": [1, 1, 3]}, "indptr must begin with 0 and never decrease"),
        ({"indptr": [0, 2, 1]}, "indptr must begin with 0 and never decrease"),
        ({"indptr": [0, 1, 4]}, "indptr ends at 4, there are 3 indices"),
        ({"indices": [3, 0, 1]}, r"an index is outside 0\.\.2"),
        ({"indices": [-1, 0, 1]}, r"an index is outside 0\.\.2"),
        ({"values": [1.0, 2.0]}, "2 values for 3 indices"),
    ],
)
def test_unsound_rows(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=f"sparse rows: {words}"):
        made(**changes)

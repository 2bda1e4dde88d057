"""Tensors' methods do what NumPy's methods of the same names do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st

VALUES = np.random.default_rng(0).standard_normal((3, 1, 4))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sum", (1,)), ("mean", (-1,)), ("max", ()), ("min", (0,)), ("std", ()), ("var", (2,)),
        ("prod", (2,)), ("cumsum", (2,)), ("clip", (-0.5, 0.5)), ("round", ()), ("squeeze", ()),
        ("swapaxes", (0, 2)), ("argmax", (2,)), ("argmin", (0,)), ("reshape", (4, 3)),
        ("transpose", ((2, 0, 1),)), ("flatten", ()), ("ravel", ()), ("astype", ("int32",)),
    ],
)  # fmt: skip
def test_as_numpy(name: str, arguments: tuple[Any, ...]) -> None:
    ours = getattr(st.constant(VALUES), name)(*arguments)
    theirs = getattr(VALUES, name)(*arguments)
    assert ours.shape == theirs.shape
    assert np.allclose(ours.numpy(), theirs, rtol=1e-12, atol=1e-12)


def test_truth_and_products() -> None:
    flags = st.constant([[True, False], [True, True]])
    assert flags.any(axis=0).tolist() == [True, True] and flags.all(axis=1).tolist() == [
        False,
        True,
    ]
    matrix = np.arange(4.0).reshape(2, 2)
    assert st.constant(matrix).dot(matrix).tolist() == matrix.dot(matrix).tolist()
    assert st.Variable(matrix).std().item() == pytest.approx(matrix.std())

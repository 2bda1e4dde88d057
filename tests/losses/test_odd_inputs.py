"""Losses and metrics accept or refuse odd inputs; the error is always one of the library's own."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import SteepestError
from tests.test_constructors import required

ODD: dict[str, Any] = {
    "a number": 1.0,
    "one axis": np.ones(4),
    "two axes": np.ones((4, 3)),
    "a column": np.ones((4, 1)),
    "labels": np.array([0, 1, 2, 1]),
    "labels of no class": np.array([7, -3, 1, 0]),
    "three axes": np.ones((4, 2, 3)),
    "no rows": np.zeros((0, 3)),
    "no columns": np.zeros((4, 0)),
    "true and false": np.ones((4, 3), bool),
    "below 0": -np.ones((4, 3)),
    "NaN": np.full((4, 3), np.nan),
    "texts": np.array(["a", "b"]),
    "objects": np.array([None, 1], object),
    "complex numbers": np.ones((4, 3), complex),
    "a dictionary": {"a": 1},
    "nothing": None,
}
WEIGHTS = [np.ones(4), np.ones((4, 3)), np.ones(7), "x"]
BARE = {"Loss", "LossFunction", "Metric", "MeanMetricWrapper", "Mean", "Sum"}
KINDS = [
    pytest.param(getattr(space, name), id=f"{space.__name__}.{name}")
    for space in (st.losses, st.metrics)
    for name in space.__all__
    if inspect.isclass(getattr(space, name)) and name not in BARE
]


PAIRS = [(y, p, None) for y in ODD.values() for p in ODD.values()]
PAIRS += [
    (ODD[y], ODD["two axes"], weights)
    for y in ("labels", "two axes", "no rows", "a number")
    for weights in WEIGHTS
]


@pytest.mark.parametrize("kind", KINDS)
def test_odd_pairs_are_compared_or_refused_by_an_own_error(kind: type) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for y, p, weights in PAIRS:
            try:
                kind(**required(kind))(y, p, sample_weight=weights)
            except SteepestError as error:
                assert str(error)

"""Preparer: the methods of subclasses, and what a model's preparation may be."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest.data.preparing.preparer import Preparer, checked_preparation
from steepest.errors import ArgumentError


class Shift(Preparer):
    """Subtracts the minimum that it learned."""

    def __init__(self, by: float = 0.0, names: Any = None) -> None:
        self.by, self.names = by, names

    def fit(self, data: Any) -> Shift:
        self.by = min(data)
        return self

    def transform(self, data: Any) -> Any:
        return [entry - self.by for entry in data]


def test_the_methods_are_composed_of_fit_and_transform() -> None:
    assert Shift().fit_transform([3, 5]) == [0, 2]
    shift = Shift()
    shift.adapt([2, 4])
    assert shift([2, 7]) == [0, 5]
    assert Preparer().fit([1]).fit([2]) is not None
    with pytest.raises(
        NotImplementedError, match="Preparer has no transform yet: define transform"
    ):
        Preparer().transform([1])


def test_long_arguments_are_cut_where_they_are_shown() -> None:
    long = repr(Shift(names=list(range(1000))))
    assert " ..." in long and len(long) < 200
    assert "names=[1, 2]" in repr(Shift(names=[1, 2]))


def test_what_the_preparation_of_a_model_may_be() -> None:
    lookup = st.data.StringLookup(vocabulary=["a"])
    assert checked_preparation(None) is None
    assert checked_preparation(lookup) is lookup
    assert checked_preparation({"colour": lookup, "size": Shift()})["colour"] is lookup
    for wrong, where in (
        (3, "preparation"),
        ({"a": 3}, r"preparation\['a'\]"),
        ({1: lookup}, r"preparation\[1\]"),
        (st.layers.Dense(1), "preparation"),
    ):
        with pytest.raises(ArgumentError, match=f"{where}: a preparer such as st.data.StringLook"):
            checked_preparation(wrong)

"""Nests: their leaves in order, and rebuilding in the same form."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from steepest.core import tree


class Pair(NamedTuple):
    left: object
    right: object


NESTS = [
    1,
    [],
    (1, [2, (3,)], {}),
    {"b": 1, "a": [2, 3]},
    Pair(1, {"x": Pair(2, 3)}),
    [None, "text", (None,)],
]


@pytest.mark.parametrize("nest", NESTS)
def test_a_nest_put_together_from_its_leaves_is_the_nest(nest: object) -> None:
    again = tree.rebuild(nest, iter(tree.leaves(nest)))
    assert again == nest and type(again) is type(nest)


def test_leaves_of_a_dictionary_are_sorted_by_key() -> None:
    assert tree.leaves({"b": [1, 2], "a": 3}) == tree.leaves({"a": 3, "b": [1, 2]}) == [3, 1, 2]


def test_a_dictionary_keeps_its_order() -> None:
    made = tree.transform(str, {"b": 1, "a": 2})
    assert list(made.items()) == [("b", "1"), ("a", "2")]


def test_leaves_are_transformed_in_their_places() -> None:
    assert tree.transform(lambda leaf: leaf * 2, Pair(1, [2, (3,)])) == Pair(2, [4, (6,)])

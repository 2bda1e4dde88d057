"""Classes and functions of users by name: the innermost block first, then those registered."""

from __future__ import annotations

import pytest

from steepest.errors import ArgumentError
from steepest.user_objects import (
    custom_objects,
    name_spaces,
    register_serializable,
    registered_name,
    registered_object,
    registered_objects,
)


def one(x: float) -> float:
    return x


def two(x: float) -> float:
    return x


def test_the_innermost_block_counts() -> None:
    before = len(name_spaces())
    with custom_objects({"f": one, "g": one}):
        with custom_objects({"f": two}):
            assert registered_object("f") is two and registered_object("g") is one
            assert len(name_spaces()) == before + 2
            assert registered_name(two) == "f"
        assert registered_object("f") is one and registered_name(one) == "f"
    assert registered_object("f") is None and len(name_spaces()) == before


def test_names_of_files_may_say_that_they_are_the_users() -> None:
    with custom_objects({"f": one}):
        assert registered_object("Custom>f") is one and registered_object("Custom>g") is None
    assert registered_object("f") is None


def test_a_decorator_registers_under_its_own_or_another_name() -> None:
    try:
        assert register_serializable(one) is one
        assert register_serializable(name="second")(two) is two
        assert registered_objects()["one"] is one and registered_object("second") is two
        assert registered_name(one) == "one" and registered_name(two) == "second"
    finally:
        for name in ("one", "second"):
            registered_objects().pop(name, None)
    with pytest.raises(ArgumentError, match="the function 'one' cannot be written into"):
        registered_name(one)

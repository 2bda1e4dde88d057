"""Configurations and reprs that follow from the arguments of constructors."""

from __future__ import annotations

import pytest

from steepest.configurable import Configurable
from steepest.errors import ArgumentError


class RoundDisc(Configurable):
    def __init__(self, radius: float = 1.0, inner: object = None) -> None:
        self.radius, self.inner = radius, inner


class Forgetful(Configurable):
    def __init__(self, size: int) -> None:
        pass


def test_an_argument_that_is_not_stored_is_named():
    with pytest.raises(ArgumentError, match="keeps no attribute of that name"):
        Forgetful(3).get_config()


def test_repr_shows_what_was_chosen():
    assert repr(RoundDisc()) == "RoundDisc()"
    assert repr(RoundDisc(2.0, RoundDisc())) == "RoundDisc(radius=2.0, inner=RoundDisc())"

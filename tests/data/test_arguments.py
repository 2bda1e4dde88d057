"""Arguments of data sets: seeds and paths."""

from __future__ import annotations

from pathlib import Path

import pytest

import steepest as st
from steepest.data.arguments import path_of, seed_or_drawn
from steepest.errors import ArgumentError


def test_a_seed_is_given_or_drawn_from_the_global_generator() -> None:
    assert seed_or_drawn(0) == 0 and seed_or_drawn(7) == 7
    st.random.set_seed(3)
    drawn = [seed_or_drawn(None), seed_or_drawn(None)]
    st.random.set_seed(3)
    assert drawn == [seed_or_drawn(None), seed_or_drawn(None)] and drawn[0] != drawn[1]
    assert all(0 <= seed < 2**31 for seed in drawn)


def test_a_path_is_a_text_a_path_or_a_tensor_of_one_text() -> None:
    assert path_of("here", Path("a") / "b.csv") == "a/b.csv"
    assert (
        path_of("here", st.constant("a.csv")) == path_of("here", st.constant(["a.csv"])) == "a.csv"
    )
    for wrong in (3, st.constant(["a", "b"]), st.constant(1.0), None):
        with pytest.raises(ArgumentError, match="here: the path of a file was expected, got"):
            path_of("here", wrong)

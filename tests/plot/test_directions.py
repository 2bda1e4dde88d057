"""Directions in weight space: their norms, angles and names."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError
from steepest.plot.directions import entry_named

RANDOM = np.random.default_rng(5)
WEIGHTS = [
    RANDOM.normal(size=(7, 4)) * [0.01, 1.0, 30.0, 0.0], RANDOM.normal(size=4),
    RANDOM.normal(size=(1, 6)), RANDOM.normal(size=(2, 3, 5)), RANDOM.normal(size=(1, 1)),
]  # fmt: skip


def test_each_unit_has_the_norm_of_its_weights_and_vectors_are_zero():
    for direction in st.plot.filter_normalised(WEIGHTS, seed=2):
        assert [part.shape for part in direction] == [w.shape for w in WEIGHTS]
        assert np.linalg.norm(direction[0], axis=0) == pytest.approx(
            np.linalg.norm(WEIGHTS[0], axis=0)
        )
        assert not direction[1].any()
        assert np.linalg.norm(direction[2]) == pytest.approx(np.linalg.norm(WEIGHTS[2]))
        flat = direction[3].reshape(6, 5), WEIGHTS[3].reshape(6, 5)
        assert np.linalg.norm(flat[0], axis=0) == pytest.approx(np.linalg.norm(flat[1], axis=0))


def test_the_directions_are_orthogonal_in_each_unit():
    one, other = st.plot.filter_normalised(WEIGHTS, seed=2)
    assert (one[0] * other[0]).sum(0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert sum(np.vdot(a, b) for a, b in zip(one, other, strict=True)) == pytest.approx(
        0, abs=1e-10
    )
    assert one[4].item() == pytest.approx(abs(WEIGHTS[4].item())) or one[4].item() < 0
    assert other[4].item() == 0.0  # one number leaves no room for a second direction


def test_the_seed_decides_the_directions():
    first = st.plot.filter_normalised(WEIGHTS, seed=1)[0][0]
    assert np.array_equal(first, st.plot.filter_normalised(WEIGHTS, seed=1)[0][0])
    assert not np.array_equal(first, st.plot.filter_normalised(WEIGHTS, seed=2)[0][0])


def test_entries_are_found_by_path_and_index():
    kernel, bias = st.Variable(np.arange(6.0).reshape(2, 3), name="k"), st.Variable([7.0], name="b")
    variables = [kernel, bias]
    entry = entry_named("here", variables, " k[1, -1] ")
    assert (entry.place, entry.index, entry.value, entry.name) == (0, (1, -1), 5.0, "k[1, -1]")
    one, zero = entry.direction(variables)
    assert one.tolist() == [[0, 0, 0], [0, 0, 1]] and zero.tolist() == [0]
    assert entry_named("here", variables, "b").value == 7.0
    for index, value in (("-2, -3", 0.0), ("1, 2", 5.0)):
        assert entry_named("here", variables, f"k[{index}]").value == value
    for index in ("-3, 0", "2, 0", "0, -4", "0, 3"):
        with pytest.raises(ArgumentError, match="give an index for each axis"):
            entry_named("here", variables, f"k[{index}]")


def test_wrong_names_are_explained():
    variables = [st.Variable(np.zeros((2, 3)), name="dense/kernel")]
    with pytest.raises(UnknownNameError, match="no trainable weight is called 'dense/kernl'"):
        entry_named("here", variables, "dense/kernl[0, 0]")
    for name in ("dense/kernel", "dense/kernel[0]", "dense/kernel[2, 0]"):
        with pytest.raises(ArgumentError, match=r"shape \(2, 3\); .* as 'dense/kernel\[1, 2\]'"):
            entry_named("here", variables, name)
    with pytest.raises(ArgumentError, match=r"here: the name of a weight .*, got 3"):
        entry_named("here", variables, 3)

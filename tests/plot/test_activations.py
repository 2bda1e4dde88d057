"""Activation functions and their derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError


def test_values_and_derivatives_are_those_of_the_formulas():
    data = st.plot.activations_data(["sigmoid", "tanh", "relu", "linear"], -6, 6, points=13)
    s, t = 1 / (1 + np.exp(-data.x)), np.tanh(data.x)
    assert data.values["sigmoid"] == pytest.approx(s)
    assert data.derivatives["sigmoid"] == pytest.approx(s * (1 - s))
    assert data.derivatives["sigmoid"][0] == pytest.approx(0.00246650929)
    assert data.derivatives["tanh"] == pytest.approx(1 - t * t)
    assert data.derivatives["relu"].tolist() == [0.0] * 7 + [1.0] * 6  # relu'(0) = 0
    assert data.derivatives["linear"].tolist() == [1.0] * 13


def test_own_functions_and_constants():
    def cube(x):
        return x**3

    data = st.plot.activations_data([cube, lambda x: 0.0 * x], -1, 1, points=3)
    assert data.derivatives["cube"].tolist() == [3.0, 0.0, 3.0]
    assert data.values["<lambda>"].tolist() == [0.0, 0.0, 0.0]


def test_functions_of_a_whole_layer_are_refused():
    for name in ("softmax", "log_softmax"):
        with pytest.raises(ArgumentError, match=f"{name} is a function of all units of a layer"):
            st.plot.activations_data(name)
    with pytest.raises(UnknownNameError, match="did you mean 'relu'"):
        st.plot.activations_data("rellu")
    with pytest.raises(ArgumentError, match="low < high"):
        st.plot.activations_data("relu", 1, 1)


def test_the_drawing_has_two_panels_with_a_line_a_function():
    pytest.importorskip("matplotlib")
    picture = st.plot.activations(["tanh", "relu"], -2, 2)
    left, right = picture.axes
    assert [len(axes.lines) for axes in picture.axes] == [4, 4]  # with the axes through 0
    assert left.get_xlim() == right.get_xlim() == (-2.0, 2.0)
    assert (left.get_ylabel(), right.get_ylabel()) == ("activation a(x)", "derivative a'(x)")
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["tanh", "relu"]

"""Initial weights through depth."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError


@pytest.fixture(scope="module")
def usual():
    return st.plot.initial_weights_data(layers=8, units=64, rows=200)


def test_small_weights_vanish_and_large_ones_saturate(usual):
    signals = usual.signals
    assert list(signals) == ["equal", "too small", "too large", "Glorot", "He"]
    small, large = signals["too small"], signals["too large"]
    assert (np.diff(small.deviation) < 0).all() and small.deviation[-1] < 1e-6
    assert small.gradient[0] < 1e-6 < small.gradient[-1]
    assert (large.saturated > 0.7).all() and large.gradient[0] > 10
    assert large.gradient[-1] == pytest.approx(1.0, abs=0.05)  # that of the random factors
    for name in ("Glorot", "He"):
        assert signals[name].deviation[-1] > 0.1 and 0.1 < signals[name].gradient[0] < 10
        assert (signals[name].saturated < 0.3).all()


def test_equal_weights_leave_all_units_equal(usual):
    assert usual.signals["equal"].between_units.max() == 0.0
    assert usual.signals["Glorot"].between_units.min() > 0.1


def test_linear_layers_multiply_by_the_size_of_their_weights():
    weights = {"half": st.initializers.Identity(0.5)}
    data = st.plot.initial_weights_data(weights, 3, 20, 50, "linear")
    half = data.signals["half"]
    assert half.deviation == pytest.approx(half.deviation[0] * np.array([1, 0.5, 0.25]))
    assert half.gradient == pytest.approx(half.gradient[-1] * np.array([0.25, 0.5, 1]))
    assert half.zeros.tolist() == half.saturated.tolist() == [0.0] * 3


def test_relu_layers_keep_their_size_with_he_weights():
    data = st.plot.initial_weights_data({"He": "he_normal"}, 6, 200, 200, "relu")
    he = data.signals["He"]
    assert he.deviation[-1] > 0.4 and he.zeros == pytest.approx(np.full(6, 0.5), abs=0.1)
    assert he.saturated == pytest.approx(he.zeros)  # relu'(x) = 0 where relu(x) = 0


def test_the_same_seed_gives_the_same_numbers():
    one, same = (st.plot.initial_weights_data(layers=2, units=8, rows=9, seed=3) for _ in range(2))
    other = st.plot.initial_weights_data(layers=2, units=8, rows=9, seed=4)
    values = [data.signals["He"].deviation.tolist() for data in (one, same, other)]
    assert values[0] == values[1] != values[2]


def test_the_table_has_the_first_middle_and_last_layer(usual):
    lines = usual.table().splitlines()
    assert len(lines) == 16 and lines[0].split()[:3] == ["weights", "layer", "mean"]
    assert [line.split()[2] for line in lines[4:7]] == ["1", "4", "8"]
    assert len({len(line) for line in lines}) == 1


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match="layers: a whole number from 1"):
        st.plot.initial_weights_data(layers=0)
    with pytest.raises(ArgumentError, match="initializers by name were expected"):
        st.plot.initial_weights_data(["he_normal"])
    with pytest.raises(UnknownNameError, match="he_normal"):
        st.plot.initial_weights_data({"a": "he_norml"})


def test_the_drawing_has_three_panels():
    pytest.importorskip("matplotlib")
    picture = st.plot.initial_weights({"small": 0.01, "He": "he_normal"}, 4, 10, 20)
    scales = [axes.get_yscale() for axes in picture.axes]
    assert scales == ["log", "log", "linear"]
    assert [len(axes.lines) for axes in picture.axes] == [2, 2, 2]
    assert picture.axes[2].get_ylim() == (-0.03, 1.03)
    assert picture.ax.lines[0].get_ydata() == pytest.approx(picture.data.signals["small"].deviation)
    assert [text.get_text() for text in picture.ax.texts] == ["small", "He"]

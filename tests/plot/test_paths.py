"""Paths of several optimizers: data and picture."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError


def test_all_paths_begin_at_the_start_and_are_named():
    data = st.plot.paths_data("beale", {"a": "sgd", "b": st.optimizers.Adam(0.1)}, (1.0, 0.5), 7)
    assert list(data.paths) == ["a", "b"] and data.start.tolist() == [1.0, 0.5]
    assert all(path.points.shape == (8, 2) for path in data.paths.values())
    assert st.plot.paths_data("beale", "sgd").start.tolist() == [1.0, 1.5]


def test_a_compiled_descent_can_be_given_again():
    adam = st.plot.Descent("bowl", st.optimizers.Adam(0.1))
    one = st.plot.paths_data("bowl", {"adam": adam}, (1.0, 1.0), 5).paths["adam"]
    assert np.array_equal(one.points, adam.path((1.0, 1.0), 5).points)
    with pytest.raises(ArgumentError, match="'adam' descends on 'bowl', not on 'beale'"):
        st.plot.paths_data("beale", {"adam": adam})


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match="at least one optimizer was expected"):
        st.plot.paths_data("bowl", {})


def test_the_picture_shows_each_path_and_its_heights():
    pytest.importorskip("matplotlib")
    picture = st.plot.paths("ravine", {"a": "sgd", "b": "adam"}, steps=6)
    over, beside = picture.axes
    drawn = {line.get_label(): line for line in over.lines}
    assert np.array_equal(drawn["b"].get_xydata(), picture.data.paths["b"].points)
    heights = {line.get_label(): line.get_ydata() for line in beside.lines}
    assert np.array_equal(heights["a"], picture.data.paths["a"].values)
    assert over.get_xlim() == (-10, 10) and beside.get_xlabel() == "step"
    assert beside.get_ylabel() == "height"
    assert picture.text.startswith("paths on ravine: a ends at ")


def test_a_path_that_leaves_is_drawn_as_far_as_it_is_finite():
    pytest.importorskip("matplotlib")
    picture = st.plot.paths("rosenbrock", {"fast": st.optimizers.SGD(1.0)}, steps=30)
    assert "fast leaves at step " in picture.text
    picture.png(40)


def test_heights_far_below_the_start_are_on_a_logarithmic_scale():
    pytest.importorskip("matplotlib")
    picture = st.plot.paths("bowl", {"sgd": st.optimizers.SGD(0.5), "lbfgs": "lbfgs"}, steps=9)
    assert picture.axes[1].get_yscale() == "log"
    assert picture.axes[1].get_ylim()[0] > 0

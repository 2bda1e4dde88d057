"""Schedules: their values by step."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError


def test_values_are_those_of_the_training():
    halving = st.schedules.per_epoch(st.schedules.PowerDecay(1.0, 0.5))
    named = {"epochs": halving, "progress": lambda progress: 1.0 - progress, "number": 3}
    data = st.plot.schedules_data(named, steps=6, steps_per_epoch=2)
    assert data.steps.tolist() == [0, 1, 2, 3, 4, 5]
    assert data.rates["epochs"].tolist() == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert data.rates["progress"] == pytest.approx(1 - np.arange(6) / 6)
    assert data.rates["number"].tolist() == [3] * 6


def test_long_trainings_are_sampled_with_both_ends():
    data = st.plot.schedules_data(st.schedules.PowerDecay(1.0, 0.5), steps=100_000)
    assert len(data.steps) == 2_000 and data.steps[[0, -1]].tolist() == [0, 99_999]


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match="schedules: steps: a whole number from 1"):
        st.plot.schedules_data(0.1, steps=0)
    with pytest.raises(ArgumentError, match="at least one schedule"):
        st.plot.schedules_data({}, steps=3)
    with pytest.raises(ArgumentError, match=r"st\.plot\.schedules: fast must be a number"):
        st.plot.schedules_data({"fast": "quick"}, steps=3)


def test_the_picture_has_a_line_a_schedule_and_a_scale_from_zero():
    pytest.importorskip("matplotlib")
    picture = st.plot.schedules({"a": 0.1, "b": 0.2}, steps=4)
    assert [line.get_label() for line in picture.ax.lines] == ["a", "b"]
    assert picture.ax.lines[1].get_ydata().tolist() == [0.2] * 4
    assert picture.ax.get_ylim()[0] == 0.0
    assert (picture.ax.get_xlabel(), picture.ax.get_ylabel()) == ("step", "value")
    logged = st.plot.schedules(0.1, steps=4, log=True)
    assert logged.ax.get_yscale() == "log" and "logarithmic" in logged.ax.get_ylabel()
    assert logged.ax.get_legend() is None

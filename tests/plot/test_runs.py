"""Many runs: scores, slices and parallel coordinates."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError

RUNS = {
    "rate": [0.1, 0.01, 0.001, 0.03],
    "activation": ["relu", "tanh", "relu", "tanh"],
    "loss": [0.4, 0.2, float("nan"), 0.3],
}


def test_the_best_so_far_only_improves():
    data = st.plot.scores_data([3.0, np.nan, 1.0, 2.0], best="low")
    assert data.best_so_far.tolist() == [3.0, 3.0, 1.0, 1.0]
    assert st.plot.scores_data([1.0, 0.5, 2.0]).best_so_far.tolist() == [1.0, 1.0, 2.0]


def test_runs_are_ordered_from_best_to_worst():
    data = st.plot.runs_data(RUNS, "loss")
    assert data.order.tolist() == [1, 3, 0, 2] and data.best == 1
    assert st.plot.runs_data(RUNS, "loss", best="high").best == 0
    assert data.options["rate"].tolist() == RUNS["rate"]
    assert data.options["activation"].tolist() == RUNS["activation"]


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match=r"st\.plot\.runs.*best is 'low' or 'high', got 'most'"):
        st.plot.runs_data(RUNS, "loss", best="most")
    with pytest.raises(UnknownNameError, match="did you mean 'loss'"):
        st.plot.runs_data(RUNS, "los")
    failed = RUNS | {"loss": [float("nan")] * 4}
    assert st.plot.runs_data(failed, "loss").best is None
    with pytest.raises(ArgumentError, match="no run has a finite 'loss'"):
        st.plot.parallel(failed, "loss")


@pytest.mark.parametrize("theme", [None, "dark"])
def test_the_pictures_show_all_runs(theme):
    pytest.importorskip("matplotlib")
    picture = st.plot.slices(RUNS, "loss", scales={"rate": "log"}, theme=theme)
    points, best = (dots.get_offsets() for dots in picture.axes[0].collections)
    assert points[[0, 1, 3], 1].tolist() == [0.4, 0.2, 0.3]
    assert best[0].tolist() == points[1].tolist()
    share = (points[0, 0] - points[3, 0]) / (points[0, 0] - points[1, 0])
    assert share == pytest.approx(np.log10(0.1 / 0.03))
    lines = st.plot.parallel(RUNS, "loss", theme=theme).ax.lines
    assert len(lines) == 3 + 1 + 3  # runs with a result, the best again, the axes
    scored = st.plot.scores(RUNS["loss"], "low", name="loss", theme=theme)
    assert scored.ax.get_ylabel() == "loss" and scored.text.endswith("the best is 0.2")
    for each in (picture, scored):
        each.png(40)


def test_the_colours_of_better_runs_are_stronger():
    pytest.importorskip("matplotlib")
    lines = st.plot.parallel(RUNS, "loss", theme="light").ax.lines[:3]
    brightness = {round(line.get_ydata()[-1], 6): sum(line.get_color()) for line in lines}
    ordered = [brightness[place] for place in sorted(brightness)]
    assert ordered == sorted(ordered)  # the lowest loss is the darkest

"""Basins: where paths from many starts end."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.plot.basins import grouped

OPT = st.optimizers


@pytest.mark.parametrize(
    "optimizer",
    [
        OPT.SGD(0.002, momentum=0.9, nesterov=True), OPT.Adam(0.05), OPT.RMSprop(0.05),
        OPT.Rprop(0.01), OPT.SGD(0.01, clipvalue=1.0), OPT.ScheduleFreeAdamW(0.05),
        OPT.SGD(lambda progress: 0.01 * (1.0 - progress)), OPT.SGD(0.005, use_ema=True),
    ],
)  # fmt: skip
def test_ends_are_those_of_single_paths(optimizer):
    descent = st.plot.Descent("himmelblau", optimizer)
    starts = np.random.default_rng(0).uniform(-4, 4, (7, 2))
    ends = descent.ends(starts, steps=30)
    alone = [descent.path(start, steps=30).points[-1] for start in starts]
    assert ends == pytest.approx(np.array(alone), rel=1e-5)
    again = descent.ends(starts, steps=30)
    assert np.array_equal(ends, again)


@pytest.mark.parametrize(
    "optimizer", [OPT.SGD(0.01, clipnorm=1.0), OPT.Lamb(0.1), OPT.Muon(0.1), OPT.LBFGS()]
)
def test_optimizers_that_couple_the_points_are_refused(optimizer):
    descent = st.plot.Descent("himmelblau", optimizer)
    with pytest.raises(
        ArgumentError, match=r"st\.plot\.paths: .*(depends on the others|one path at)"
    ):
        descent.ends([(3.0, 3.0), (-3.0, 1.0), (0.5, 0.1)])


def test_a_symmetric_surface_has_equal_basins():
    two = st.plot.Surface("two", lambda x, y: (x * x - 1.0) ** 2 + y * y)
    data = st.plot.basins_data(two, OPT.SGD(0.05), points=20)
    assert sorted(data.ends.round(4).tolist()) == [[-1.0, 0.0], [1.0, 0.0]]
    assert data.shares.tolist() == [0.5, 0.5]
    right = int(np.argmax(data.ends[:, 0]))
    assert np.array_equal(data.which == right, np.tile(data.x > 0, (20, 1)))
    assert data.heights == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "rate", "points"),
    [("himmelblau", 0.0101, 24), ("six-hump camel", 0.03, 24), ("rastrigin", 0.0033, 18)],
)
def test_each_start_has_the_end_of_its_path(name, rate, points):
    descent = st.plot.Descent(name, OPT.SGD(rate))
    data = st.plot.basins_data(name, descent, points=points)
    reached = descent.ends(np.stack(np.meshgrid(data.x, data.y), axis=-1).reshape(-1, 2))
    which = data.which.ravel()
    assert np.abs(data.ends[which] - reached)[which >= 0].max() < 0.2
    assert np.all(np.diff(data.shares) <= 0) and len(data.ends) > 2


def test_ends_are_ordered_by_all_their_starts_not_by_the_fullest_spot():
    spots = [0.0, 10.0, 10.2, 10.4, 10.8, 19.3, 20.0, 20.7]
    places = np.repeat(spots, [6, 4, 1, 1, 4, 2, 3, 3])
    reached = np.stack([places, np.zeros(len(places))], axis=1)
    which, ends = grouped(reached, near=1.0)
    assert ends[:, 0] == pytest.approx([10.4, 20.0, 0.0], abs=0.8)
    assert np.bincount(which).tolist() == [10, 8, 6]
    assert np.abs(ends[which] - reached).max() <= 1.0


def test_the_most_frequent_end_is_first():
    skewed = st.plot.Surface(
        "skewed", lambda x, y: x**4 / 4.0 - x**3 / 6.0 - x * x / 2.0 + y * y, x=(-1.0, 3.0)
    )
    data = st.plot.basins_data(skewed, OPT.SGD(0.05), points=16, steps=400)
    assert data.shares[0] > data.shares[1] > 0 and data.ends[0, 0] > 0 > data.ends[1, 0]


def test_paths_that_leave_and_paths_without_end_are_distinguished():
    data = st.plot.basins_data("rosenbrock", OPT.SGD(0.002), points=8, steps=20)
    assert np.any(data.which == -2) and np.any(data.which == -1)
    assert data.which.max() < len(data.ends)


def test_the_picture_numbers_the_ends():
    pytest.importorskip("matplotlib")
    picture = st.plot.basins("himmelblau", OPT.SGD(0.005), points=16, theme="dark")
    assert [text.get_text() for text in picture.ax.texts] == ["1", "2", "3", "4"]
    labels = [text.get_text() for text in picture.ax.get_legend().get_texts()]
    assert labels[0].startswith("1: height 0, ")
    picture.png(40)
    bare = st.plot.basins("saddle", OPT.SGD(0.01), points=4, steps=3)
    assert not len(bare.data.ends)
    bare.png(40)

"""The decision boundary: outputs on a grid of two inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, ShapeError, UnknownNameError

ROWS = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0], [4.0, 2.0]])


def left_or_right(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(2.0 - x[:, 0]))


def test_the_grid_covers_the_rows_with_a_margin():
    data = st.plot.boundary_data(left_or_right, ROWS, [0, 1, 0, 1], points=5)
    assert data.x == pytest.approx(np.linspace(-0.32, 4.32, 5))
    assert data.y == pytest.approx(np.linspace(-0.16, 2.16, 5))
    assert data.outputs.shape == (5, 5, 1) and data.threshold == 0.5
    assert data.outputs[3, 1, 0] == left_or_right(np.array([[data.x[1], data.y[3]]]))
    assert data.classes is not None and data.classes[0, [0, 1, 3, 4]].tolist() == [0, 0, 1, 1]
    assert data.points.tolist() == ROWS.tolist() and data.labels.tolist() == [0, 1, 0, 1]


def test_several_classes_are_those_with_the_largest_output():
    def three(x: Any) -> Any:
        return np.stack([-x[:, 0], x[:, 0] - 6, x[:, 1] - 1], axis=1)

    data = st.plot.boundary_data(three, ROWS, np.eye(3)[[0, 1, 2, 1]], points=20)
    assert data.classes is not None and data.threshold is None
    assert data.classes[0, 0] == 0 and data.classes[-1, 8] == 2 and data.labels.tolist()[1] == 1
    with pytest.raises(DataError, match="y: class numbers from 0 to 2 were expected, got 3"):
        st.plot.boundary_data(three, ROWS, [0, 1, 2, 3])


def test_quantities_have_no_classes():
    data = st.plot.boundary_data(lambda x: x[:, 0] * 2, ROWS, [0.0, 8.5, 0.1, 8.0], points=3)
    assert data.classes is None and data.threshold is None
    assert data.outputs[0, :, 0] == pytest.approx(2 * data.x)
    assert data.labels.tolist() == [0.0, 8.5, 0.1, 8.0]


def test_the_threshold_of_logits_and_signs_is_zero():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", st.losses.BinaryCrossentropy(from_logits=True))
    assert st.plot.boundary_data(model, ROWS, [0, 1, 0, 1], points=2).threshold == 0.0
    model.compile("sgd", "hinge")
    signs = st.plot.boundary_data(model, ROWS, [-1, 1, -1, 1], points=2)
    assert signs.threshold == 0.0 and signs.labels.tolist() == [0, 1, 0, 1]


def test_other_inputs_are_held():
    rows = np.arange(12.0).reshape(3, 4) ** 2
    seen = []

    def model(x: Any) -> Any:
        seen.append(x)
        return x[:, 0]

    data = st.plot.boundary_data(model, rows, [0.1, 0.2, 0.3], columns=(3, 1), points=2)
    assert data.columns == (3, 1) and data.held.tolist() == np.median(rows, axis=0).tolist()
    assert set(seen[-1][:, 0]) == {16.0} and set(seen[-1][:, 2]) == {36.0}
    for held, wanted in (
        ("mean", rows.mean(axis=0)),
        ({0: -1}, [-1, 25, 36, 49]),
        ([5] * 4, [5] * 4),
    ):
        data = st.plot.boundary_data(model, rows, [0.1, 0.2, 0.3], (0, 1), held, points=2)
        assert data.held.tolist() == list(wanted)


def test_columns_of_a_table_are_named():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"age": [1.0, 2.0], "size": [3.0, 4.0], "mass": [5.0, 6.0]})
    data = st.plot.boundary_data(left_or_right, table, [0, 1], columns=("mass", "age"), points=2)
    assert data.columns == (2, 0)
    with pytest.raises(UnknownNameError, match="no column of x is called 'sise': did you mean"):
        st.plot.boundary_data(left_or_right, table, [0, 1], columns=("sise", "age"))
    pytest.importorskip("matplotlib")
    picture = st.plot.boundary(left_or_right, table, [0, 1], columns=("mass", "age"), points=5)
    assert (picture.ax.get_xlabel(), picture.ax.get_ylabel()) == ("mass", "age")


def test_wrong_arguments_are_named():
    wide = np.ones((4, 3))
    with pytest.raises(ArgumentError, match=r"two inputs and x has 3; .*columns=\(0, 1\)"):
        st.plot.boundary_data(left_or_right, wide, [0, 1, 0, 1])
    with pytest.raises(ArgumentError, match=r"columns: two different columns were expected"):
        st.plot.boundary_data(left_or_right, wide, [0, 1, 0, 1], columns=(1, 1))
    with pytest.raises(ArgumentError, match=r"columns: a whole number from 0 to 2"):
        st.plot.boundary_data(left_or_right, wide, [0, 1, 0, 1], columns=(0, 3))
    with pytest.raises(ArgumentError, match=r'held: "median", "mean", 3 numbers'):
        st.plot.boundary_data(left_or_right, wide, [0, 1, 0, 1], columns=(0, 1), held="most")
    with pytest.raises(ShapeError, match="x has 4 rows and y has 2"):
        st.plot.boundary_data(left_or_right, ROWS, [0, 1])
    with pytest.raises(ArgumentError, match="a model was expected, got 3"):
        st.plot.boundary_data(3, ROWS, [0, 1, 0, 1])
    with pytest.raises(DataError, match="x: finite numbers were expected, row 1"):
        st.plot.boundary_data(left_or_right, [[0.0, 1.0], [np.nan, 1.0]], [0, 1])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_of_two_classes(theme: str):
    pytest.importorskip("matplotlib")
    picture = st.plot.boundary(
        left_or_right, ROWS, [0, 1, 0, 1], points=9, names=["no", "yes"], theme=theme
    )
    axes = picture.ax
    assert axes.get_aspect() == 1.0 and axes.get_xlim() == pytest.approx((-0.32, 4.32))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["no", "yes"]
    line, *marks = axes.collections
    assert len(marks) == 2 and [len(each.get_offsets()) for each in marks] == [2, 2]
    (path,) = line.get_paths()
    assert path.vertices[:, 0] == pytest.approx(2.0, abs=0.05)  # where the probability is 0.5
    image = axes.images[0].get_array()
    page = np.array(axes.get_facecolor()[:3])
    assert np.abs(image[4, 4] - page).max() < 0.15 < np.abs(image[4, 0] - page).max()
    assert np.abs(image[4, 0] - image[4, 1]).max() > 0.02  # as the probabilities differ
    assert "regions of 2 classes" in picture.text


def test_the_drawing_of_quantities_has_a_scale():
    pytest.importorskip("matplotlib")
    picture = st.plot.boundary(lambda x: x[:, 0] * 9, ROWS, [0.0, 8.5, 0.1, 99.0], points=9)
    area, marks = picture.ax.collections[0], picture.ax.collections[-1]
    assert marks.get_clim() == area.get_clim() and marks.get_clim()[1] == 99.0
    assert picture.figure.axes[1].get_ylabel() == "output (area), label (points)"


def test_very_different_ranges_have_scales_of_their_own():
    pytest.importorskip("matplotlib")
    picture = st.plot.boundary(left_or_right, ROWS * [1, 100], [0, 1, 0, 1], points=5)
    assert picture.ax.get_aspect() == "auto"


def test_only_the_given_axes_are_drawn_on():
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    figure = Figure()
    one, other = figure.subplots(1, 2)
    before = figure.get_facecolor()
    picture = st.plot.boundary(left_or_right, ROWS, [0, 1, 0, 1], points=5, ax=one)
    assert picture.axes == [one] and figure.axes == [one, other] and not other.has_data()
    assert figure.get_facecolor() == before and one.spines["top"].get_visible()


def test_wrong_names_of_classes_are_refused():
    pytest.importorskip("matplotlib")
    with pytest.raises(ArgumentError, match="names: 2 names of classes were expected"):
        st.plot.boundary(left_or_right, ROWS, [0, 1, 0, 1], names=["a", "b", "c"])

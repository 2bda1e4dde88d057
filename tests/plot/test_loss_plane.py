"""The loss over a plane of weights."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError

L = st.layers


def line(kernel=2.0, bias=-1.0):
    """A model y = kernel x + bias, of which the loss is known."""
    model = st.Sequential([L.Dense(1, input_shape=(1,), name="line")])
    model.compile(loss="mse")
    model.set_weights([np.float32([[kernel]]), np.float32([bias])])
    return model


X = np.float32([[-1.0], [0.0], [1.0]])
Y = 2.0 * X + 1.0


def xor_model():
    (x, y), _ = st.datasets.xor.load_data()
    st.random.set_seed(1)
    model = st.Sequential([
        L.Dense(2, "tanh", input_shape=(2,), name="hidden"), L.Dense(1, "sigmoid", name="output"),
    ])  # fmt: skip
    model.compile("adam", "binary_crossentropy")
    return model, x, y


def test_the_loss_of_a_line_is_the_known_quadratic():
    data = st.plot.loss_plane_data(line(), X, Y, ["line/kernel[0, 0]", "line/bias[0]"], points=5)
    assert data.origin == (2.0, -1.0) and data.labels == ("line/kernel[0, 0]", "line/bias[0]")
    assert data.x.tolist() == [-1.0, 0.5, 2.0, 3.5, 5.0]
    expected = (data.x[None, :] - 2.0) ** 2 * 2 / 3 + (data.y[:, None] - 1.0) ** 2
    assert data.losses == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert data.loss == pytest.approx(4.0)
    assert data.rows == data.total_rows == 3 and data.note == "all 3 rows, seed 0"


def test_a_slice_by_two_weights_of_a_small_network_is_that_of_evaluations():
    model, x, y = xor_model()
    names = ["hidden/kernel[0, 1]", "output/bias[0]"]
    data = st.plot.loss_plane_data(model, x, y, names, extent=2.0, points=5)
    kernel, bias = model.layers[0].kernel, model.layers[1].bias
    for place, other in ((0, 0), (3, 1), (4, 2)):
        moved = kernel.numpy()
        moved[0, 1] = data.x[place]
        kernel.assign(moved)
        bias.assign([data.y[other]])
        direct = model.evaluate(x, y, verbose=0)
        assert data.losses[other, place] == pytest.approx(direct, rel=1e-5)


def test_random_directions_depend_on_the_seed_and_keep_the_middle():
    model, x, y = xor_model()
    one = st.plot.loss_plane_data(model, x, y, points=5, seed=1)
    same = st.plot.loss_plane_data(model, x, y, points=5, seed=1)
    other = st.plot.loss_plane_data(model, x, y, points=5, seed=2)
    assert np.array_equal(one.losses, same.losses) and not np.array_equal(one.losses, other.losses)
    assert one.losses[2, 2] == one.loss == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)
    assert one.origin == (0.0, 0.0) and one.x.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert np.linalg.norm(one.directions[0][0], axis=0) == pytest.approx(
        np.linalg.norm(model.layers[0].kernel.numpy(), axis=0)
    )


def test_directions_can_be_given_as_arrays():
    model = line()
    ways = [[np.float32([[1.0]]), [0.0]], [np.float32([[0.0]]), [1.0]]]
    data = st.plot.loss_plane_data(model, X, Y, ways, points=3)
    assert data.losses[2, 1] == pytest.approx(1.0)


def test_wrong_arguments_are_named():
    model = line()
    for given in ("line/bias[0]", ["line/bias[0]"]):
        with pytest.raises(ArgumentError, match="two directions were expected"):
            st.plot.loss_plane_data(model, X, Y, given)
    with pytest.raises(ArgumentError, match=r"'line/bias\[0\]' was given twice"):
        st.plot.loss_plane_data(model, X, Y, ["line/bias[0]", "line/bias[0]"])
    with pytest.raises(UnknownNameError, match="line/bais"):
        st.plot.loss_plane_data(model, X, Y, ["line/bais[0]", "line/bias[0]"])
    for extent in (0, -1.0, "far", np.inf):
        with pytest.raises(ArgumentError, match="extent: a number above 0"):
            st.plot.loss_plane_data(model, X, Y, extent=extent)
    with pytest.raises(ArgumentError, match=r"a direction is 0: .*names of two weights"):
        st.plot.loss_plane_data(model, X, Y)


def test_the_picture_marks_the_model():
    pytest.importorskip("matplotlib")
    names = ["line/kernel[0, 0]", "line/bias[0]"]
    picture = st.plot.loss_plane(line(), X, Y, names, points=5, theme="dark")
    assert (picture.ax.get_xlabel(), picture.ax.get_ylabel()) == tuple(names)
    assert picture.ax.lines[0].get_xydata().tolist() == [[2.0, -1.0]]
    assert "4 at the model" in picture.text
    picture.png(40)

"""The loss between two solutions."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

X = np.float32([[-1.0], [0.0], [1.0]])
Y = 2.0 * X


def line(kernel):
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,), name="line")])
    model.compile(loss="mse")
    model.set_weights([np.float32([[kernel]]), np.float32([0.0])])
    return model


def test_the_losses_are_the_known_parabola():
    data = st.plot.loss_line_data(line(0.0), X, Y, line(4.0), points=7, validation_data=(2 * X, Y))
    assert data.shares == pytest.approx([-0.25, 0, 0.25, 0.5, 0.75, 1.0, 1.25])
    kernels = 4.0 * data.shares
    assert data.losses["training"] == pytest.approx((kernels - 2) ** 2 * 2 / 3, rel=1e-6, abs=1e-6)
    assert data.losses["validation"] == pytest.approx(
        (2 * kernels - 2) ** 2 * 2 / 3, rel=1e-6, abs=1e-6
    )
    assert data.rows == {"training": 3, "validation": 3}
    assert data.barrier == 0.0


def test_the_barrier_is_the_rise_above_the_higher_end():
    data = st.plot.LossLine(
        np.array([-0.25, 0.0, 0.5, 1.0, 1.25]), {"training": np.array([9, 1, 5, 2, 9])}, {}, 0
    )
    assert data.barrier == 3.0


def test_two_symmetric_solutions_have_a_barrier():
    (x, y), _ = st.datasets.xor.load_data()
    model = st.Sequential([
        st.layers.Dense(2, "tanh", input_shape=(2,)), st.layers.Dense(1, "sigmoid"),
    ])  # fmt: skip
    model.compile("sgd", "binary_crossentropy")
    kernel, bias = np.float32([[6, 6], [6, 6]]), np.float32([-3, -9])
    model.set_weights([kernel, bias, np.float32([[6], [-6]]), np.float32([-6])])
    swapped = [kernel, bias[::-1], np.float32([[-6], [6]]), np.float32([-6])]
    data = st.plot.loss_line_data(model, x, y, swapped, points=13)
    losses = data.losses["training"]
    assert losses[2] == pytest.approx(losses[-3], rel=1e-4) and losses[2] < 0.01
    assert data.barrier > 0.5


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match="both ends have equal weights"):
        st.plot.loss_line_data(line(1.0), X, Y, line(1.0))
    with pytest.raises(ArgumentError, match="to: a model of the same form or a list"):
        st.plot.loss_line_data(line(1.0), X, Y, 3)
    wider = st.Sequential([st.layers.Dense(2, input_shape=(1,))])
    with pytest.raises(ArgumentError, match=r"loss_line: an array for each .* shapes \[\(1, 2\)"):
        st.plot.loss_line_data(line(1.0), X, Y, wider)


def test_the_picture_has_a_line_for_each_set():
    pytest.importorskip("matplotlib")
    picture = st.plot.loss_line(line(0.0), X, Y, line(4.0), validation_data=(X, Y), points=9)
    labels = [line.get_label() for line in picture.ax.lines[:2]]
    assert labels == ["training, 3 rows", "validation, 3 rows"]
    picture.png(40)

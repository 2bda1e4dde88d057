"""The rows with the highest loss, and pictures of rows and of weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError


def summing(units: int = 1, shape: Any = (2,), **options: Any) -> Any:
    model = st.Sequential([
        st.layers.Flatten(input_shape=shape),
        st.layers.Dense(units, kernel_initializer="ones", **options),
    ])
    model.compile("sgd", "mse")
    return model


def test_the_losses_are_those_of_the_rows():
    x, y = np.arange(8.0).reshape(4, 2), np.array([1.0, 7.0, 9.0, 13.0])
    data = st.plot.mistakes_data(summing(), x, y, count=3)
    assert data.rows.tolist() == [1, 0, 2] and data.losses.tolist() == [4.0, 0.0, 0.0]
    assert data.outputs.tolist() == [[5.0], [1.0], [9.0]] and data.labels.tolist() == [
        7.0,
        1.0,
        9.0,
    ]
    assert data.inputs.tolist() == x[[1, 0, 2]].tolist() and data.shape is None
    assert data.texts[0] == "7, not 5"


def test_the_losses_of_classes_agree_with_the_formula():
    model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = np.random.default_rng(0).standard_normal((50, 2)), np.arange(50) % 3
    data = st.plot.mistakes_data(model, x, y, count=50, names=["a", "b", "c"])
    wanted = -np.log(model.predict(x, verbose=0)[np.arange(50), y])
    assert data.losses == pytest.approx(wanted[data.rows], abs=1e-5)
    assert (np.diff(data.losses) <= 0).all()
    best = model.predict(x, verbose=0).argmax(axis=1)[data.rows[0]]
    assert data.texts[0] == f"{'abc'[y[data.rows[0]]]}, not {'abc'[best]}"
    one_hot = st.Sequential(model.layers)
    one_hot.compile("sgd", "categorical_crossentropy")
    same = st.plot.mistakes_data(one_hot, x, np.eye(3)[y], count=50, names=["a", "b", "c"])
    assert same.rows.tolist() == data.rows.tolist() and same.texts == data.texts


def test_two_classes_have_a_threshold():
    model = summing(activation="sigmoid")
    model.compile("sgd", "binary_crossentropy")
    data = st.plot.mistakes_data(model, [[1.0, 1.0], [-1.0, 0.0], [0.1, 0.0]], [0, 1, 1])
    assert data.texts == ["0, not 1", "1, not 0", "1, unsure"] and data.rows.tolist() == [0, 1, 2]


def test_what_is_missing_is_named():
    plain = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    with pytest.raises(ArgumentError, match="a compiled model was expected"):
        st.plot.mistakes_data(plain, np.eye(2), [0.0, 1.0])
    with pytest.raises(ShapeError, match="x has 2 rows and y has 3"):
        st.plot.mistakes_data(summing(), np.eye(2), [0.0, 1.0, 2.0])
    with pytest.raises(ShapeError, match="the sizes of a picture of 2 numbers were expected"):
        st.plot.mistakes_data(summing(), np.eye(2), [0.0, 1.0], shape=(2, 2))
    with pytest.raises(ArgumentError, match="count: a whole number from 1"):
        st.plot.mistakes_data(summing(), np.eye(2), [0.0, 1.0], count=0)


def test_pictures_are_drawn_with_row_label_and_loss():
    pytest.importorskip("matplotlib")
    x = np.random.default_rng(0).integers(0, 256, (5, 4, 6)).astype(np.uint8)
    picture = st.plot.mistakes(summing(shape=(4, 6)), x, np.zeros(5), count=3, theme="dark")
    axes, data = picture.ax, picture.data
    assert data.shape == (4, 6) and len(axes.images) == len(axes.texts) == 3
    low, high = data.limits
    shown = np.asarray(axes.images[0].get_array())
    assert shown == pytest.approx((x[data.rows[0]] - low) / (high - low))
    assert axes.texts[0].get_text().startswith(f"row {data.rows[0]}\n0, not ")
    assert "loss" in axes.texts[0].get_text() and axes.get_aspect() == 1.0


def test_other_rows_are_drawn_as_a_table():
    pytest.importorskip("matplotlib")
    pandas = pytest.importorskip("pandas")
    x = pandas.DataFrame({"age": [1.0, 2.0], "size": [3.0, 4.0]})
    (table,) = st.plot.mistakes(summing(), x, [0.0, 0.0]).ax.tables
    cells = {place: cell.get_text().get_text() for place, cell in table.get_celld().items()}
    head = [cells[0, column] for column in range(5)]
    assert head == ["row", "label, not output", "loss", "age", "size"]
    assert [cells[1, column] for column in range(5)] == ["1", "0, not 6", "36", "2", "4"]


def test_first_weights_have_the_shape_of_the_inputs():
    model = summing(3, shape=(4, 6))
    kernel = np.arange(72.0).reshape(24, 3)
    model.layers[1].kernel.assign(kernel)
    data = st.plot.first_layer_data(model, units=[2, 0])
    assert data.pictures.shape == (2, 4, 6) and data.units.tolist() == [2, 0]
    assert data.pictures[0].tolist() == kernel[:, 2].reshape(4, 6).tolist()
    assert st.plot.first_layer_data(model, shape=(2, 4, 3)).pictures.shape == (3, 2, 4, 3)
    square = st.Sequential([st.layers.Dense(2, input_shape=(784,))])
    assert st.plot.first_layer_data(square, units=1).pictures.shape == (1, 28, 28)


def test_the_first_layer_may_be_in_an_inner_model():
    inner = st.Sequential([st.layers.Dense(2, input_shape=(64,), name="deep")])
    assert st.plot.first_layer_data(st.Sequential([inner])).layer == "deep"


def test_weights_that_form_no_picture_are_refused():
    with pytest.raises(ArgumentError, match=r"2 inputs of .* form no square .*shape=\(height"):
        st.plot.first_layer_data(st.Sequential([st.layers.Dense(1, input_shape=(2,))]))
    with pytest.raises(ArgumentError, match="a built model with a Dense layer was expected"):
        st.plot.first_layer_data(st.Sequential([st.layers.Dense(1)]))
    with pytest.raises(ArgumentError, match="units: a whole number from 0 to 0 was"):
        st.plot.first_layer_data(summing(shape=(4, 6)), units=[1])


def test_weights_are_drawn_on_one_scale_around_zero():
    pytest.importorskip("matplotlib")
    model = summing(3, shape=(4, 6))
    model.layers[1].kernel.assign(np.linspace(-2.0, 1.0, 72).reshape(24, 3))
    picture = st.plot.first_layer(model, theme="dark")
    assert {image.get_clim() for image in picture.ax.images} == {(-2.0, 2.0)}
    middle = picture.ax.images[0].get_cmap()(0.5)[:3]
    assert middle == pytest.approx(picture.ax.get_facecolor()[:3], abs=0.02)
    assert [text.get_text() for text in picture.ax.texts] == ["unit 0", "unit 1", "unit 2"]


def test_weights_of_coloured_pictures_are_colours_around_grey():
    pytest.importorskip("matplotlib")
    model = summing(2, shape=(2, 4, 3))
    model.layers[1].kernel.assign(np.zeros((24, 2)))
    picture = st.plot.first_layer(model)
    assert np.unique(picture.ax.images[0].get_array()).tolist() == [0.5]

"""The size of the batch among drawn tensors: means over it, shapes, ones and zeros of its size."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st

X = np.arange(15, dtype=np.float32).reshape(5, 3)

DRAWN: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "mean": (lambda x: x - st.reduce_mean(x), X - X.mean()),
    "mean of the batch": (lambda x: x - st.reduce_mean(x, axis=0), X - X.mean(axis=0)),
    "ones_like": (lambda x: x + st.ones_like(x), X + 1),
    "zeros_like": (lambda x: st.zeros_like(x) - x, -X),
    "shape": (lambda x: x * st.cast(st.shape(x)[0], "float32"), X * 5),
    "size": (lambda x: x * st.cast(st.size(x), "float32"), X * 15),
    "ones": (lambda x: x + st.ones((st.shape(x)[0], 3)), X + 1),
    "reshape": (lambda x: st.reshape(x, (st.shape(x)[0], 3, 1)), X[:, :, None]),
    "range": (
        lambda x: x + st.reshape(st.cast(st.range(st.shape(x)[0]), "float32"), (-1, 1)),
        X + np.arange(5)[:, None],
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_size_of_the_batch_is_that_of_each_call(name: str, tmp_path: Path) -> None:
    draw, expected = DRAWN[name]
    x = st.Input((3,))
    model = st.Model(x, draw(x))
    expected = np.asarray(expected, np.float32)
    model.save(tmp_path / "model.safetensors")
    loaded = st.load_model(tmp_path / "model.safetensors")
    for made in (model, copy.deepcopy(model), loaded):
        np.testing.assert_allclose(made(X), expected, rtol=1e-6)
        np.testing.assert_allclose(made.predict(X, verbose=0), expected, rtol=1e-6)
        np.testing.assert_allclose(st.function(made)(st.constant(X)), expected, rtol=1e-6)


def test_a_model_whose_output_is_a_mean_over_the_batch() -> None:
    x = st.Input((3,))
    model = st.Model(x, st.reduce_mean(x))
    assert model.output_shape == ()
    assert model(X).item() == model.predict_on_batch(X).item() == 7.0
    assert model(X[:1]).item() == 1.0


def test_such_a_model_trains() -> None:
    x = st.Input((3,))
    model = st.Model(x, st.layers.Dense(1, "linear", False)(x - st.reduce_mean(x, axis=0)))
    model.compile(st.optimizers.SGD(0.1), "mse")
    model.set_weights([np.ones((3, 1), np.float32)])
    history = model.fit(X[:2], np.zeros((2, 1), np.float32), epochs=1, verbose=0)
    assert history.history["loss"] == [20.25]  # rows that differ by 3 have the sums -4.5 and 4.5
    np.testing.assert_allclose(model.get_weights()[0].ravel(), [-0.35] * 3, rtol=1e-5)


def test_random_numbers_of_a_drawn_batch_belong_into_a_layer() -> None:
    x = st.Input((3,))
    with pytest.raises(st.errors.ArgumentError, match=r"draw them in the call of a layer"):
        st.random.normal(st.shape(x))
    noise = st.layers.Lambda(lambda t: st.random.normal(st.shape(t)))(x)
    model = st.Model(x, noise)
    assert not np.array_equal(model(X), model(X))


def test_a_size_computed_from_the_batch_is_no_size_of_a_drawn_tensor() -> None:
    x = st.Input((3,))
    with pytest.raises(st.errors.UnknownSizeError, match="only the batch itself"):
        st.ones((st.shape(x)[0] * 2, 3))

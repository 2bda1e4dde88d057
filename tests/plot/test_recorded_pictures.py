"""What the pictures of fixed data draw, element by element, as it is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import steepest as st
from tests.plot.described import described
from tests.recorded import compare, sections_of

pytestmark = pytest.mark.usefixtures("names_from_one")

RECORD = Path(__file__).with_name("recorded_pictures.txt")
X = np.round(np.stack([np.cos(np.arange(60) * 0.7), np.sin(np.arange(60) * 1.3)], axis=1), 3)
Y = (X[:, 0] + 0.3 * X[:, 1] > 0.2).astype(int)
THREE = (X[:, 0] > 0.3) + (X[:, 1] > 0).astype(int)
SHARES = np.round(0.5 + 0.45 * X[:, 0], 3)
HISTORY = {
    "loss": [3.0, 2.0, 1.5, 1.2], "val_loss": [3.1, 2.4, 2.2, 2.6],
    "accuracy": [0.5, 0.6, 0.7, 0.8], "val_accuracy": [0.5, 0.55, 0.6, 0.58],
}  # fmt: skip
RUNS = {
    "rate": [0.1, 0.01, 0.001], "activation": ["relu", "tanh", "relu"], "loss": [0.3, 0.2, 0.25]
}  # fmt: skip


def weights(shape: Any, dtype: Any = None) -> np.ndarray:
    size = int(np.prod(shape))
    return np.sin(np.arange(size) * 1.7 + size).reshape(shape).astype(np.float32)


def network(outputs: int = 1, activation: str = "sigmoid", shape: tuple[int, ...] = (2,)) -> Any:
    model = st.Sequential([
        st.layers.Flatten(input_shape=shape, name="flat"),
        st.layers.Dense(5, "relu", kernel_initializer=weights, name="hidden"),
        st.layers.Dense(outputs, activation, kernel_initializer=weights, name="out"),
    ])
    losses = {"sigmoid": "binary_crossentropy", "softmax": "sparse_categorical_crossentropy"}
    model.compile(st.optimizers.SGD(0.1), losses.get(activation, "mse"))
    return model


def scores(x: Any) -> np.ndarray:
    x = np.asarray(x)
    return np.stack([-x[:, 0], x[:, 0], x[:, 1]], axis=1)


def recorded_training(outputs: int = 1) -> tuple[Any, Any, Any]:
    model, recorder, path = network(), st.plot.Recorder(), st.plot.WeightPath()
    model.fit(X, Y, epochs=3, batch_size=60, callbacks=[recorder, path], verbose=0, seed=1)
    return model, recorder, path


def training_path(**options: Any) -> Any:
    model, _, path = recorded_training()
    return st.plot.training_path(path, model, X, Y, points=9, **options)


def loss_line(**options: Any) -> Any:
    model, other = network(), network()
    other.set_weights([0.5 - weight for weight in other.get_weights()])
    to = other.get_weights()
    return st.plot.loss_line(model, X, Y, to, validation_data=(X[:9], Y[:9]), points=9, **options)


OPTIMIZERS = {"a": st.optimizers.SGD(0.1), "b": st.optimizers.Adam(0.1)}
PICTURES: dict[str, Any] = {
    "curves": lambda **o: st.plot.curves(HISTORY, **o),
    "curves of two trainings": lambda **o: st.plot.curves(
        {"slow": HISTORY, "fast": {"loss": [1.0, 0.5]}}, "loss", log=True, **o
    ),
    "boundary": lambda **o: st.plot.boundary(network(), X, Y, points=20, **o),
    "boundary of three classes": lambda **o: st.plot.boundary(scores, X, THREE, points=20, **o),
    "boundary of quantities": lambda **o: st.plot.boundary(
        network(activation="linear"), X, X[:, 0], points=20, **o
    ),
    "activations": lambda **o: st.plot.activations(["gelu", "tanh", "elu"], **o),
    "histograms": lambda **o: st.plot.histograms(network(), **o),
    "histograms of gradients": lambda **o: st.plot.histograms(network(), X, Y, "gradients", **o),
    "histograms_by_epoch": lambda **o: st.plot.histograms_by_epoch(recorded_training()[1], **o),
    "initial_weights": lambda **o: st.plot.initial_weights(units=20, rows=20, **o),
    "schedules": lambda **o: st.plot.schedules(
        {"a": 0.1, "b": st.schedules.ExponentialDecay(0.5, 10, 0.5)}, 50, **o
    ),
    "averages": lambda **o: st.plot.averages(10 + X[:, 0], **o),
    "confusion": lambda **o: st.plot.confusion(Y, 1 - Y, ["a cat", "a dog"], **o),
    "confusion of many": lambda **o: st.plot.confusion(
        np.arange(40) % 26, np.arange(40) % 23, [f"letter {n}" for n in range(26)], **o
    ),
    "calibration": lambda **o: st.plot.calibration(Y, SHARES, **o),
    "residuals": lambda **o: st.plot.residuals(X[:, 0], X[:, 1], unit="m", **o),
    "mistakes": lambda **o: st.plot.mistakes(
        network(10, "softmax", (4, 4)), np.abs(X[:40].reshape(5, 16).reshape(5, 4, 4)), Y[:5], **o
    ),
    "mistakes in a table": lambda **o: st.plot.mistakes(network(), X, Y, **o),
    "first_layer": lambda **o: st.plot.first_layer(network(3, "softmax", (4, 4)), **o),
    "surface": lambda **o: st.plot.surface("himmelblau", points=21, **o),
    "paths": lambda **o: st.plot.paths("rosenbrock", OPTIMIZERS, steps=20, **o),
    "noisy paths": lambda **o: st.plot.paths(
        "bowl", {"a": "sgd"}, start=(1.0, 0.5), steps=9, noise=0.3, **o
    ),
    "basins": lambda **o: st.plot.basins("himmelblau", st.optimizers.SGD(0.005), points=16, **o),
    "loss_plane": lambda **o: st.plot.loss_plane(network(), X, Y, points=7, **o),
    "loss_line": loss_line,
    "training_path": training_path,
    "scores": lambda **o: st.plot.scores([0.5, np.nan, 0.8, 0.7], name="accuracy", **o),
    "slices": lambda **o: st.plot.slices(RUNS, "loss", scales={"rate": "log"}, **o),
    "parallel": lambda **o: st.plot.parallel(RUNS, "loss", best="high", **o),
}  # fmt: skip
DRAWINGS: dict[str, Any] = {
    "network": lambda: st.plot.network(network(3, "softmax")),
    "a network of many units": lambda: st.plot.network(network(30, "softmax", (6, 6)), units=True),
    "a network of boxes": lambda: st.plot.network(network(), units=False, theme="dark"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_drawn_is_as_recorded(name: str) -> None:
    compare(RECORD, name, described(PICTURES[name](theme="light")))


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_are_as_recorded(name: str) -> None:
    compare(RECORD, name, DRAWINGS[name]().svg.replace("><", ">\n<"))


def test_nothing_is_recorded_of_pictures_that_are_gone() -> None:
    assert sections_of(RECORD).keys() == {*PICTURES, *DRAWINGS}

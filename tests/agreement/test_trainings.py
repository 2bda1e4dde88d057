"""Short trainings by `fit` on both engines: every optimizer, every loss, every layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import tree
from tests.layers.harness import CASES
from tests.losses.test_values import TABLE as LOSSES
from tests.optimizers.test_optimizers import EVERY

Arrays = list[np.ndarray]
ROWS = 23
WHOLE_BATCH: dict[str, Callable[[], Any]] = {
    "LBFGS": st.optimizers.LBFGS,
    "LevenbergMarquardt": st.optimizers.LevenbergMarquardt,
}


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def same_training(
    make: Callable[[], Any], x: Any, y: Any, near: float = 2e-4, **options: Any
) -> None:
    """Three epochs of batches of five: the losses, then every variable, are near one another."""
    found, wanted = (fitted(make, x, y, engine, **options) for engine in ("cpu", "numpy"))
    assert len(found) == len(wanted)
    for got, meant in zip(found, wanted, strict=True):
        assert np.isfinite(meant).all()
        np.testing.assert_allclose(got, meant, rtol=near, atol=near)


def fitted(
    make: Callable[[], Any],
    x: Any,
    y: Any,
    engine: str,
    optimizer: Callable[[], Any] = st.optimizers.Adam,
    loss: Any = "mse",
) -> Arrays:
    """The weights and the history of a training."""
    st.random.set_seed(6)
    model = make()
    model.compile(optimizer(), loss, engine=engine)
    history = model.fit(x, y, batch_size=5, epochs=3, seed=1, verbose=0, check=False)
    state = [variable.numpy() for variable in (*model.weights, *model.optimizer.variables)]
    return [np.array(history.history["loss"]), *state]


def network() -> Any:
    return st.Sequential([st.layers.Dense(6, "tanh", input_shape=(4,)), st.layers.Dense(1)])


@pytest.mark.parametrize("name", [*EVERY, *WHOLE_BATCH])
def test_every_optimizer(name: str) -> None:
    x = random(ROWS, 4)
    make = EVERY.get(name) or WHOLE_BATCH[name]
    near = (
        5e-3 if name in WHOLE_BATCH else 2e-4
    )  # they solve for a step, which spreads what differs
    same_training(network, x, x[:, :1] - x[:, 1:2], near, optimizer=make)


def ending(loss: Any) -> str:
    """An activation whose outputs are in the range of the loss."""
    if getattr(loss, "from_logits", False):
        return "linear"
    return "softmax" if "Categorical" in type(loss).__name__ else "sigmoid"


@pytest.mark.parametrize("name", [name for name in LOSSES if LOSSES[name][2].ndim == 2])
def test_every_loss(name: str) -> None:
    loss, y, p, _ = LOSSES[name]

    def make() -> Any:
        hidden = st.layers.Dense(5, "tanh", input_shape=(3,))
        return st.Sequential([hidden, st.layers.Dense(p.shape[1], ending(loss))])

    targets = y.astype(np.float32) if y.dtype.kind == "f" else y
    same_training(make, random(len(y), 3), targets, loss=loss)


@pytest.mark.parametrize("name", CASES)
def test_every_layer(name: str) -> None:
    case = CASES[name]
    shapes = [shape[1:] for shape in case.shapes]
    kind = "int32" if case.whole else "float32"
    rng = np.random.default_rng(2)
    arrays = [
        rng.integers(0, case.whole, (ROWS, *shape)).astype(kind)
        if case.whole
        else random(ROWS, *shape, seed=number)
        for number, shape in enumerate(shapes)
    ]

    def make() -> Any:
        inputs = [st.Input(shape, dtype=kind) for shape in shapes]
        joined = case.make()(inputs if len(inputs) > 1 else inputs[0])
        last = st.layers.GlobalMaxPooling1D() if name == "Masking" else st.layers.Flatten()
        flat = last(tree.leaves(joined)[0])
        return st.Model(inputs, st.layers.Dense(1)(flat))

    x = arrays if len(arrays) > 1 else arrays[0]
    same_training(make, x, random(ROWS, 1, seed=9))

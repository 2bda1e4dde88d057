"""The XLA engine agrees with the others: steps, epochs, masks, random programs.

One step from equal state within 1e-6, an epoch within 1e-10 in float64, and in float32 within 1e-5
for a smooth network and 1e-3 in the loss for one with corners, which amplify rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import steepest as st
from steepest.engines.numpy import NumpyEngine
from steepest.engines.xla.engine import XlaEngine
from tests.agreement.odd_models import OPERATIONS, drawn
from tests.agreement.test_custom_loops import LOOPS, run
from tests.agreement.test_odd_models import after, largest_difference, sways
from tests.optimizers.test_optimizers import EVERY
from tests.programs import Case, check_agreement, programs

SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
few = settings(max_examples=25, suppress_health_check=SLOW_TO_DRAW)
many = settings(max_examples=1000, suppress_health_check=SLOW_TO_DRAW)
any_program = some.booleans().flatmap(lambda edges: programs(edges=edges))
ROWS = 93
X = np.random.default_rng(0).standard_normal((ROWS, 6)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


@pytest.fixture(autouse=True)
def jax(peer: Callable) -> object:
    """JAX, or a skip that is counted."""
    return peer("jax")


@few
@given(any_program)
def test_random_programs(case: Case) -> None:
    check_agreement(case, XlaEngine(), 3e-5)


@pytest.mark.long
@many
@given(any_program)
def test_random_programs_at_length(case: Case) -> None:
    check_agreement(case, XlaEngine(), 3e-5)


@pytest.mark.parametrize("seed", range(0, len(OPERATIONS), 6))
def test_an_odd_training(seed: int) -> None:
    training = drawn(seed)
    graph, held = training.recording.graph, training.recording.state()
    meaning, ours = NumpyEngine().prepare(graph), XlaEngine().prepare(graph)
    for inputs in training.batches:
        meant = after(meaning, inputs, held)
        if not all(np.isfinite(array).all() for array in meant):
            return
        near = largest_difference(after(ours, inputs, held), meant) < 1e-8
        assert near or sways(meaning, inputs, held, meant), training.names
        held = meant[len(meant) - len(held) :]


# ---------------------------------------------------------------- trainings


def network(activation: str = "tanh", dtype: str = "float32") -> Any:
    return st.Sequential([
        st.Input((6,), dtype=dtype),
        st.layers.Dense(16, activation, dtype=dtype),
        st.layers.Dropout(0.3, dtype=dtype),
        st.layers.BatchNormalization(dtype=dtype),
        st.layers.Dense(1, "sigmoid", dtype=dtype),
    ])


def fitted(engine: str, make: Callable[[], Any] = network, **options: Any) -> list[np.ndarray]:
    """The losses of a training, then all its variables."""
    st.random.set_seed(6)
    model = make()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], engine=engine)
    dtype = model.layers[-1].weights[0].dtype
    chosen = {"batch_size": 20, "epochs": 1, "seed": 1, "verbose": 0, "check": False, **options}
    history = model.fit(X.astype(dtype), Y.astype(dtype), **chosen).history
    state = [variable.numpy() for variable in (*model.weights, *model.optimizer.variables)]
    return [np.array(history["loss"]), *state]


def assert_near(found: list, wanted: list, near: float) -> None:
    assert len(found) == len(wanted)
    for got, meant in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, meant, rtol=near, atol=near)


def test_one_step_from_equal_state() -> None:
    found, wanted = (fitted(engine, batch_size=ROWS) for engine in ("xla", "cpu"))
    assert_near(found, wanted, 1e-6)


@pytest.mark.parametrize(("activation", "dtype", "near"), [
    ("tanh", "float32", 1e-5), ("relu", "float32", 1e-3), ("relu", "float64", 1e-10),
])  # fmt: skip
def test_an_epoch(activation: str, dtype: str, near: float) -> None:
    found, wanted = (fitted(e, lambda: network(activation, dtype)) for e in ("xla", "cpu"))
    if near == 1e-3:
        assert_near(found[:1], wanted[:1], near)
    else:
        assert_near(found, wanted, near)


def test_dropout_drops_the_same_units() -> None:
    masks, x = [], np.ones((50, 33), np.float32)
    for engine in ("xla", "cpu", "numpy"):
        drop = st.layers.Dropout(0.5, seed=3)
        mask = st.function(lambda x, drop=drop: drop(x, training=True), engine=engine)
        masks.append(np.stack([mask(x).numpy() for _ in range(2)]))
    assert 0.3 < (masks[0] == 0).mean() < 0.7 and (masks[0][0] != masks[0][1]).any()
    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks[0], masks[2])


@pytest.mark.parametrize("loop", LOOPS[:1] + LOOPS[3:4], ids=lambda loop: loop.__name__)
def test_a_loop_of_ones_own(loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st.config, "engine", "xla")
    for one, other in zip(run(loop, 32), run(loop, 32, compiled=False), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("optimizer", [*list(EVERY)[::5]])
def test_optimizers_take_the_same_step(optimizer: str) -> None:
    def step(engine: str) -> list[np.ndarray]:
        w, rule = st.Variable([-0.5, 0.5]), EVERY[optimizer]()
        moved = st.function(
            lambda: rule.minimize(lambda: st.reduce_sum(w**4 - w), [w]), engine=engine
        )
        for _ in range(3):
            moved()
        return [w.numpy(), *[variable.numpy() for variable in rule.variables]]

    assert_near(step("xla"), step("numpy"), 2e-6)

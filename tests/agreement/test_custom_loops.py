"""Training loops that users write with st.function: any batch size, any number of threads.

Each loop gives the same bits with one, two and an automatic number of threads, and the numbers of
the same loop run eagerly. The last batch is smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st

BATCHES = [32, 64, 128, 256, 1000]
CLASSES = 3
Step = Callable[[Any, Any], Any]
Loop = Callable[[Any], tuple[Step, list[Any]]]


def network(**options: Any) -> Any:
    return st.Sequential([
        st.layers.Dense(16, "relu", input_shape=(8,), **options),
        st.layers.Dropout(0.2),
        st.layers.Dense(CLASSES),
    ])


def with_apply_gradients(model: Any) -> tuple[Step, list[Any]]:
    """Pairs of gradients and weights, with a metric and a mean of the loss."""
    optimizer = st.optimizers.Adam(1e-2)
    loss_fn = st.losses.SparseCategoricalCrossentropy(from_logits=True)
    accuracy, mean = st.metrics.SparseCategoricalAccuracy(), st.metrics.Mean()

    def step(x: Any, y: Any) -> Any:
        with st.GradientTape() as tape:
            logits = model(x, training=True)
            loss = loss_fn(y, logits)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        accuracy.update_state(y, logits)
        mean.update_state(loss)
        return loss, accuracy.result(), mean.result()

    return step, [*optimizer.variables, *accuracy.variables, *mean.variables]


def with_apply(model: Any) -> tuple[Step, list[Any]]:
    """Keras 3's form: gradients in the order of the weights that the optimizer was built for."""
    optimizer = st.optimizers.SGD(0.05, momentum=0.9)
    optimizer.build(model.trainable_variables)
    loss_fn = st.losses.SparseCategoricalCrossentropy(from_logits=True)

    def step(x: Any, y: Any) -> Any:
        with st.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables))
        return loss

    return step, optimizer.variables


def with_penalties(_: Any) -> tuple[Step, list[Any]]:
    """The penalties of the layers added to the loss."""
    model = network(kernel_regularizer=st.regularizers.L2(0.01), activity_regularizer="l1")
    optimizer = st.optimizers.RMSprop(1e-2)
    loss_fn = st.losses.SparseCategoricalCrossentropy(from_logits=True)

    def step(x: Any, y: Any) -> Any:
        with st.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        return loss

    return step, model.weights


def with_class_weights(model: Any) -> tuple[Step, list[Any]]:
    """The loss of each example times the weight of its class, and the norm of the gradients."""
    optimizer = st.optimizers.Adam(1e-2)
    loss_fn = st.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    class_weights = st.constant([1.0, 2.0, 0.5])

    def step(x: Any, y: Any) -> Any:
        with st.GradientTape() as tape:
            losses = loss_fn(y, model(x, training=True))
            loss = st.reduce_mean(losses * st.gather(class_weights, y))
        gradients = tape.gradient(loss, model.trainable_weights)
        gradients, norm = st.clip_by_global_norm(gradients, 0.5)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        return loss, norm

    return step, optimizer.variables


def with_two_optimizers(model: Any) -> tuple[Step, list[Any]]:
    """One tape for two gradients: the last layer learns by another rule than the first."""
    slow, fast = st.optimizers.SGD(0.01), st.optimizers.Adam(1e-2, clipnorm=1.0)
    loss_fn = st.losses.SparseCategoricalCrossentropy(from_logits=True)
    first, last = model.layers[0].trainable_weights, model.layers[-1].trainable_weights

    def step(x: Any, y: Any) -> Any:
        with st.GradientTape(persistent=True) as tape:
            loss = loss_fn(y, model(x, training=True))
        slow.apply_gradients(zip(tape.gradient(loss, first), first, strict=True))
        fast.apply_gradients(zip(tape.gradient(loss, last), last, strict=True))
        return st.reduce_mean(st.cast(loss, "float32"))

    return step, [*slow.variables, *fast.variables]


LOOPS: list[Loop] = [
    with_apply_gradients,
    with_apply,
    with_penalties,
    with_class_weights,
    with_two_optimizers,
]


def run(loop: Loop, batch: int, compiled: bool = True) -> list[np.ndarray]:
    """All numbers that the loop returned, then its weights and the state of its parts."""
    st.utils.set_random_seed(3)
    model = network()
    step, state = loop(model)
    taken = st.function(step) if compiled else step
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2 * batch + 7, 8)).astype("float32")
    y = np.argmax(x[:, :CLASSES], axis=1)
    data = st.data.Dataset.from_tensor_slices((x, y)).batch(batch)
    numbers = [np.asarray(leaf) for xs, ys in data for leaf in _flat(taken(xs, ys))]
    return numbers + [variable.numpy() for variable in [*model.weights, *state]]


def _flat(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple) else [result]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_a_loop_of_ones_own(loop: Loop, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for threads in (1, 2, None):
        monkeypatch.setattr(st.config, "threads", threads)
        found.append(run(loop, batch))
    assert all(map(np.array_equal, found[0], found[1]))
    assert all(map(np.array_equal, found[0], found[2]))
    for one, other in zip(found[0], run(loop, batch, compiled=False), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_a_loop_of_ones_own_lowers_the_loss(loop: Loop) -> None:
    st.utils.set_random_seed(3)
    step, _ = loop(network())
    taken = st.function(step)
    x = np.random.default_rng(0).standard_normal((256, 8)).astype("float32")
    y = np.argmax(x[:, :CLASSES], axis=1)
    losses = [float(_flat(taken(x, y))[0]) for _ in range(60)]
    assert losses[-1] < 0.8 * losses[0]

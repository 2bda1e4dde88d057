"""JAX as an expert writes it: one jitted scan over all steps of a call, state donated.

The data are on the device, the order of examples is an argument, and XLA sees the whole step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contestants import jax_sparse
from benchmarks.rows import Dense, Row
from benchmarks.task import Task

Parameters = Any
ACTIVATIONS = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "softmax": lambda x: x,
    "sigmoid": lambda x: x,
}


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """Parameters and optimizer slots on the device, and one compiled program for a call."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.sparse = task.row.data == "imdb_sparse"
        self.state = _initial_state(task)
        columns = jax_sparse.columns(task) if self.sparse else _placed(task.data.x)
        self.data = (columns, jnp.asarray(task.data.y))
        gather = jax_sparse.gather if self.sparse else _gather
        self.run = jax.jit(partial(_run, task.row, gather), donate_argnums=0)
        self.infer = jax.jit(partial(_output, task.row))

    def train(self, call: int) -> None:
        """One dispatch for the whole call."""
        orders = jax_sparse.orders(self.task, call) if self.sparse else self.task.orders(call)
        self.state, loss = self.run(self.state, self.data, jnp.asarray(orders))
        jax.block_until_ready((self.state, loss))

    def predict(self, x: Any) -> np.ndarray:
        """All rows in one program."""
        rows = jax_sparse.whole(x) if self.sparse else x
        return np.asarray(self.infer(self.state[0], rows))

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The compiled function with its parameters bound."""
        parameters, infer = self.state[0], self.infer
        return lambda x: np.asarray(infer(parameters, x))


def _placed(x: np.ndarray) -> Any:
    # device_put holds one copy beside the array given; jnp.asarray holds two for a while.
    return jax.device_put(x)


def _gather(columns: Any, rows: Any) -> Any:
    return columns[rows]


def _initial_state(task: Task) -> Any:
    # Donated buffers must be JAX's own copies, not views of the NumPy arrays.
    parameters = [(jnp.array(kernel), jnp.array(bias)) for kernel, bias in task.weights]
    first = jax.tree.map(jnp.zeros_like, parameters)
    second = jax.tree.map(jnp.zeros_like, parameters)
    return parameters, first, second, jnp.zeros((), jnp.int32), jax.random.key(0)


def _logits(row: Row, parameters: Parameters, x: Any, key: Any) -> Any:
    remaining = iter(parameters)
    x = x.astype(jnp.float32) / 255 if getattr(x, "dtype", None) == jnp.uint8 else x
    for layer in row.network:
        if isinstance(layer, Dense):
            kernel, bias = next(remaining)
            product = x.times(kernel) if isinstance(x, jax_sparse.Rows) else x @ kernel
            x = ACTIVATIONS[layer.activation](product + bias)
        elif key is not None:
            key, used = jax.random.split(key)
            mask = jax.random.bernoulli(used, 1 - layer.rate, x.shape)
            x = jnp.where(mask, x / (1 - layer.rate), 0)
    return x


def _output(row: Row, parameters: Parameters, x: Any) -> Any:
    logits = _logits(row, parameters, x, None)
    return jax.nn.sigmoid(logits) if logits.shape[-1] == 1 else jax.nn.softmax(logits)


def _loss(row: Row, parameters: Parameters, x: Any, y: Any, key: Any) -> Any:
    logits = _logits(row, parameters, x, key if row.has_dropout else None)
    if logits.shape[-1] == 1:
        return jnp.mean(jax.nn.softplus(logits[:, 0]) - y * logits[:, 0])
    chosen = jnp.take_along_axis(logits, y[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def _run(row: Row, gather: Callable[..., Any], state: Any, data: Any, orders: Any) -> Any:
    columns, labels = data

    def step(state: Any, rows: Any) -> Any:
        parameters, first, second, count, key = state
        key, used = jax.random.split(key) if row.has_dropout else (key, key)
        batch = gather(columns, rows)
        loss, slopes = jax.value_and_grad(partial(_loss, row))(
            parameters, batch, labels[rows], used
        )
        count = count + 1
        update = partial(_adam, row.rate, count) if row.optimizer == "adam" else None
        update = update or partial(_rmsprop, row.rate)
        leaves = [jax.tree.leaves(tree) for tree in (parameters, first, second, slopes)]
        moved = zip(*(update(*each) for each in zip(*leaves, strict=True)), strict=True)
        shape = jax.tree.structure(parameters)
        new = [jax.tree.unflatten(shape, each) for each in moved]
        return (new[0], new[1], new[2], count, key), loss

    state, losses = jax.lax.scan(step, state, orders)
    return state, jnp.mean(losses)


def _adam(rate: float, count: Any, value: Any, first: Any, second: Any, slope: Any) -> Any:
    """Kingma and Ba (2015), algorithm 1, with the corrections folded into the rate."""
    first = 0.9 * first + 0.1 * slope
    second = 0.999 * second + 0.001 * slope**2
    corrected = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    return value - corrected * first / (jnp.sqrt(second) + 1e-7), first, second


def _rmsprop(rate: float, value: Any, first: Any, second: Any, slope: Any) -> Any:
    """Tieleman and Hinton (2012); the first slot is unused and XLA carries it for nothing."""
    second = 0.9 * second + 0.1 * slope**2
    return value - rate * slope / jnp.sqrt(second + 1e-7), first, second

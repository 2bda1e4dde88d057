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
from benchmarks.networks import Activation, Dense, Normalization
from benchmarks.rows import Row
from benchmarks.task import Task

ACTIVATIONS = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "selu": jax.nn.selu,
    "swish": jax.nn.swish,
    "linear": lambda x: x,
    "softmax": lambda x: x,
    "sigmoid": lambda x: x,
}


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """Parameters and optimizer slots on the device, and one compiled program for a call."""

    def __init__(self, task: Task) -> None:
        if task.row.dtype == "float64":
            jax.config.update("jax_enable_x64", True)
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
        return np.asarray(self.infer(self.state[0], self.state[1], rows))

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The compiled function with its parameters bound."""
        (parameters, statistics, *_), infer = self.state, self.infer
        return lambda x: np.asarray(infer(parameters, statistics, x))


def _placed(x: np.ndarray) -> Any:
    # device_put holds one copy beside the array given; jnp.asarray holds two for a while.
    return jax.device_put(x)


def _gather(columns: Any, rows: Any) -> Any:
    return columns[rows]


def _initial_state(task: Task) -> Any:
    # Donated buffers must be JAX's own copies, not views of the NumPy arrays.
    parameters, statistics, dense = [], [], iter(task.weights)
    width, dtype = task.data.x.shape[1], task.row.dtype
    for layer in task.row.network:
        if isinstance(layer, Dense):
            width = layer.units
            parameters.append(tuple(map(jnp.array, next(dense))))
        elif isinstance(layer, Normalization):
            parameters.append((jnp.ones(width, dtype), jnp.zeros(width, dtype)))
            if layer.kind == "batch":
                statistics.append((jnp.zeros(width, dtype), jnp.ones(width, dtype)))
    first = jax.tree.map(jnp.zeros_like, parameters)
    second = jax.tree.map(jnp.zeros_like, parameters)
    return parameters, statistics, first, second, jnp.zeros((), jnp.int32), jax.random.key(0)


def _logits(row: Row, parameters: Any, statistics: Any, x: Any, key: Any) -> tuple[Any, Any]:
    """Logits and the new moving statistics; without a key they are those of a prediction."""
    weights, moving, moved = iter(parameters), iter(statistics), []
    x = x.astype(jnp.float32) / 255 if getattr(x, "dtype", None) == jnp.uint8 else x
    for layer in row.network:
        if isinstance(layer, Dense):
            kernel, bias = next(weights)
            product = x.times(kernel) if isinstance(x, jax_sparse.Rows) else x @ kernel
            output = ACTIVATIONS[layer.activation](product + bias)
            x = x + output if layer.residual else output
        elif isinstance(layer, Activation):
            x = ACTIVATIONS[layer.name](x)
        elif isinstance(layer, Normalization):
            own = (x.mean(1, keepdims=True), x.var(1, keepdims=True))
            if layer.kind == "batch":
                own, new = _over_batch(x, next(moving), key is not None)
                moved.append(new)
            scale, shift = next(weights)
            x = (x - own[0]) * jax.lax.rsqrt(own[1] + 1e-3) * scale + shift
        elif key is not None:
            key, used = jax.random.split(key)
            mask = jax.random.bernoulli(used, 1 - layer.rate, x.shape)
            x = jnp.where(mask, x / (1 - layer.rate), 0)
    return x, moved


def _over_batch(x: Any, moving: Any, training: bool) -> tuple[Any, Any]:
    """The mean and variance to normalize with, and the moving ones after this batch."""
    if not training:
        return moving, moving
    own = (x.mean(0), x.var(0))
    return own, tuple(0.99 * old + 0.01 * new for old, new in zip(moving, own, strict=True))


def _output(row: Row, parameters: Any, statistics: Any, x: Any) -> Any:
    logits, _ = _logits(row, parameters, statistics, x, None)
    return jax.nn.sigmoid(logits) if logits.shape[-1] == 1 else jax.nn.softmax(logits)


def _loss(row: Row, parameters: Any, statistics: Any, x: Any, y: Any, key: Any) -> Any:
    logits, moved = _logits(row, parameters, statistics, x, key)
    penalty = 0.0
    if row.l2:
        penalty = row.l2 * sum(jnp.sum(pair[0] ** 2) for pair in parameters)
    if logits.shape[-1] == 1:
        loss = jnp.mean(jax.nn.softplus(logits[:, 0]) - y * logits[:, 0])
    else:
        chosen = jnp.take_along_axis(logits, y[:, None], axis=1)[:, 0]
        loss = jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)
    return loss + penalty, moved


def _run(row: Row, gather: Callable[..., Any], state: Any, data: Any, orders: Any) -> Any:
    columns, labels = data

    def step(state: Any, rows: Any) -> Any:
        parameters, statistics, first, second, count, key = state
        key, used = jax.random.split(key) if row.has_dropout else (key, key)
        batch = gather(columns, rows)
        found = jax.value_and_grad(partial(_loss, row), has_aux=True)
        (loss, statistics), slopes = found(parameters, statistics, batch, labels[rows], used)
        count = count + 1
        update = partial(_adam, row.rate, count) if row.optimizer == "adam" else None
        others = {"rmsprop": _rmsprop, "momentum": _momentum}
        update = update or partial(others[row.optimizer], row.rate)
        slopes = _clipped(row, slopes)
        leaves = [jax.tree.leaves(tree) for tree in (parameters, first, second, slopes)]
        moved = zip(*(update(*each) for each in zip(*leaves, strict=True)), strict=True)
        shape = jax.tree.structure(parameters)
        new = [jax.tree.unflatten(shape, each) for each in moved]
        return (new[0], statistics, new[1], new[2], count, key), loss

    state, losses = jax.lax.scan(step, state, orders)
    return state, jnp.mean(losses)


def _clipped(row: Row, slopes: Any) -> Any:
    if row.clipnorm:
        return jax.tree.map(lambda one: _shortened(one, _square(one), row.clipnorm), slopes)
    if row.global_clipnorm:
        square = sum(map(_square, jax.tree.leaves(slopes)))
        return jax.tree.map(lambda one: _shortened(one, square, row.global_clipnorm), slopes)
    return slopes


def _square(x: Any) -> Any:
    return jnp.sum(x**2)


def _shortened(x: Any, square: Any, most: float) -> Any:
    return x * (most / jnp.maximum(jnp.sqrt(square), most))


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


def _momentum(rate: float, value: Any, first: Any, second: Any, slope: Any) -> Any:
    """Steepest descent with momentum 0.9; the second slot is unused."""
    first = 0.9 * first - rate * slope
    return value + first, first, second

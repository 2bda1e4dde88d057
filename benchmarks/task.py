"""The protocol of the benchmark: the task of a contestant, and the session that it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from benchmarks.data import Data, whole_batches
from benchmarks.rows import Row


@dataclass(frozen=True)
class Task:
    """A row, its arrays, the initial weights, and the number of threads."""

    row: Row
    data: Data
    weights: list[tuple[np.ndarray, np.ndarray]]
    threads: int

    @property
    def steps(self) -> int:
        """The number of batches in an epoch."""
        return len(self.data.y) // self.row.batch

    def for_fit(self) -> tuple[Any, np.ndarray, int]:
        """Inputs, labels and epochs for a `fit`; a joined row is the set repeated, in one epoch."""
        x, y, epochs = self.data.x, self.data.y, self.row.epochs
        if not self.row.joined:
            return x, y, epochs
        return np.tile(x, (epochs, 1)), np.tile(y, epochs), 1

    def orders(self, call: int) -> np.ndarray:
        """The examples of each step of one timed call: shape (epochs * steps, batch)."""
        make = _shuffled if self.row.shuffle else _in_order
        return make(call, len(self.data.y), self.row.epochs).reshape(-1, self.row.batch)


# A row in turns repeats one order, so that no time includes making it.
@lru_cache(maxsize=1)
def _shuffled(call: int, rows: int, epochs: int) -> np.ndarray:
    rng = np.random.default_rng(call)
    return np.concatenate([rng.permutation(rows).astype(np.int32) for _ in range(epochs)])


def _in_order(call: int, rows: int, epochs: int) -> np.ndarray:
    return np.tile(np.arange(rows, dtype=np.int32), epochs)


class Session(Protocol):
    """A network prepared by one contestant."""

    def train(self, call: int) -> None:
        """Trains `row.epochs` epochs in the order `task.orders(call)`, and waits for the end."""

    def predict(self, x: Any) -> np.ndarray:
        """The network's output for many rows."""

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The fastest function for one row that takes and returns NumPy arrays."""


def make_task(row: Row, data: Data, threads: int) -> Task:
    """The task of a row, its training set cut to whole batches so that all do the same steps."""
    if row.kind in ("train", "busy", "cold", "turns", "load"):
        data = whole_batches(data, row.batch)
    return Task(row, data, initial_weights(row, data.x.shape[1]), threads)


def initial_weights(row: Row, inputs: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Glorot uniform kernels, U(-a, a) with a = sqrt(6 / (in + out)), and zero biases."""
    rng = np.random.default_rng(1234)
    weights = []
    for layer in row.dense_layers:
        limit = np.sqrt(6 / (inputs + layer.units))
        kernel = rng.uniform(-limit, limit, (inputs, layer.units)).astype(row.dtype)
        weights.append((kernel, np.zeros(layer.units, row.dtype)))
        inputs = layer.units
    return weights

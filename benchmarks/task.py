"""What a contestant is handed and what it must answer: the protocol of the benchmark.

Leans on rows.py and data.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from benchmarks.data import Data, whole_batches
from benchmarks.rows import Row


@dataclass(frozen=True)
class Task:
    """A row, its arrays, the weights to start from, and how many threads may run."""

    row: Row
    data: Data
    weights: list[tuple[np.ndarray, np.ndarray]]
    threads: int

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return len(self.data.y) // self.row.batch

    def for_fit(self) -> tuple[Any, np.ndarray, int]:
        """Inputs, labels and epochs for a `fit`; a joined row is the set repeated, in one epoch."""
        x, y, epochs = self.data.x, self.data.y, self.row.epochs
        if not self.row.joined:
            return x, y, epochs
        return np.tile(x, (epochs, 1)), np.tile(y, epochs), 1

    def orders(self, call: int) -> np.ndarray:
        """The examples of each step of one timed call: shape (epochs * steps, batch)."""
        random, rows = np.random.default_rng(call), len(self.data.y)
        epochs = [random.permutation(rows) for _ in range(self.row.epochs)]
        return np.concatenate(epochs).astype(np.int32).reshape(-1, self.row.batch)


class Session(Protocol):
    """A network made ready by one contestant."""

    def train(self, call: int) -> None:
        """Trains `row.epochs` epochs in the order `task.orders(call)`, and waits for the end."""

    def predict(self, x: Any) -> np.ndarray:
        """The network's output for many rows."""

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The quickest honest way to ask for one row: NumPy in, NumPy out."""


def make_task(row: Row, data: Data, threads: int) -> Task:
    """The task of a row, its training set cut to whole batches so that all do the same steps."""
    if row.kind in ("train", "busy", "cold"):
        data = whole_batches(data, row.batch)
    return Task(row, data, initial_weights(row, data.x.shape[1]), threads)


def initial_weights(row: Row, inputs: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Glorot uniform kernels, U(-a, a) with a = sqrt(6 / (in + out)), and zero biases."""
    random = np.random.default_rng(1234)
    weights = []
    for layer in row.dense_layers:
        limit = np.sqrt(6 / (inputs + layer.units))
        kernel = random.uniform(-limit, limit, (inputs, layer.units)).astype(np.float32)
        weights.append((kernel, np.zeros(layer.units, np.float32)))
        inputs = layer.units
    return weights

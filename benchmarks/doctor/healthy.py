"""Healthy runs: every combination of table, width, activation, optimizer and seed."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import steepest as st
from benchmarks.doctor import tables
from benchmarks.doctor.journal import Journal
from benchmarks.doctor.measure import examined, found_by
from benchmarks.doctor.program import trained
from benchmarks.doctor.tables import Table
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.layers import Dense

NEAR = 0.95
"""A run is healthy if its score is at least this share of the best of its table."""


def friedman() -> Table:
    """A quantity of ten columns, five of which matter (Friedman 1991)."""
    random = np.random.default_rng(12)
    x = random.uniform(size=(800, 10))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    y = y + 10 * x[:, 3] + 5 * x[:, 4] + random.normal(size=800)
    return Table.of(x, y.astype(np.float32)).scaled().scaled_targets()


TABLES: dict[str, Callable[[], Table]] = {
    "iris": lambda: tables.known("iris").scaled(),
    "wine": lambda: tables.known("wine").scaled(),
    "digits": lambda: tables.known("digits").with_x(lambda x: x / np.float32(16)),
    "breast_cancer": lambda: tables.known("breast_cancer").scaled(),
    "moons": lambda: tables.known("moons"),
    "spirals": lambda: tables.known("spirals"),
    "four classes": lambda: tables.classes(4).scaled(),
    "cars": lambda: tables.cars().scaled().scaled_targets(),
    "friedman": friedman,
    "patients": lambda: tables.patients().scaled(),
}
EPOCHS = {"moons": 60, "spirals": 200, "friedman": 60, "cars": 40}
WIDTHS = (16, 32, 64)
ACTIVATIONS = ("relu", "tanh", "swish")
OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "Adam": lambda: st.optimizers.Adam(0.005),
    "SGD": lambda: st.optimizers.SGD(0.05, momentum=0.9),
    "RMSprop": lambda: st.optimizers.RMSprop(0.003),
}
SEEDS = (0, 1)


@dataclass(frozen=True)
class Healthy:
    """A run that may be healthy: a table, a network and an optimizer, and the seed of its rows."""

    table: str
    width: int
    activation: str
    optimizer: str
    seed: int

    @property
    def name(self) -> str:
        """All of it as text."""
        return f"{self.table} {self.width} {self.activation} {self.optimizer} {self.seed}"

    def setup(self) -> tuple[Setup, Table]:
        """Its setup and its table; the seed is that of the order of the training rows."""
        table = TABLES[self.table]()
        order = np.random.default_rng(self.seed).permutation(len(table.train))
        table = Table(table.train.take(order), table.watched, table.held)
        return network(table, self.width, self.activation, self.optimizer, self.table), table


def network(table: Table, width: int, activation: str, optimizer: str, name: str) -> Setup:
    """A network of two hidden layers whose end fits the targets."""
    y = table.train.y
    kinds = int(y.max()) + 1 if y.dtype.kind == "i" else 0
    ends: dict[int, tuple[Any, str]] = {
        0: (Dense(1), "mse"),
        2: (Dense(1, "sigmoid"), "binary_crossentropy"),
    }
    last, loss = ends.get(kinds, (Dense(kinds or 1, "softmax"), "sparse_categorical_crossentropy"))
    layers = [Dense(width, activation), Dense(width, activation), last]
    return trained(table, layers, loss, OPTIMIZERS[optimizer](), epochs=EPOCHS.get(name, 25))


def runs() -> Iterator[Healthy]:
    """All combinations: 540."""
    parts = (TABLES, WIDTHS, ACTIVATIONS, OPTIMIZERS, SEEDS)
    for table, width, activation, optimizer, seed in itertools.product(*parts):
        yield Healthy(table, width, activation, optimizer, seed)


def score_of(run: Healthy) -> float:
    """The score of a run on held-out rows."""
    setup, table = run.setup()
    task = "quantities" if table.train.y.dtype.kind == "f" else "classes"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, _ = setup.trained(run.seed)
    return Score(task).on(setup, model, table.held)  # type: ignore[arg-type] # one of the two


def measured(run: Healthy, journal: Journal) -> None:
    """Enters what the doctor says of a run, if its score is near the best of its table."""
    best = max(row["score"] for row in journal.of_kind("score") if row["table"] == run.table)
    score = journal.rows["score", run.name]["score"]
    row: dict[str, Any] = {"name": run.name, "is_healthy": score >= NEAR * best}
    if row["is_healthy"]:
        report, refusal = examined(run.setup()[0])
        row |= found_by(report) | {"refusal": refusal}
    journal.add("healthy", row)

"""Mutations: operators that put a fault into a healthy program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import steepest as st
from benchmarks.doctor.healthy import TABLES, network
from benchmarks.doctor.program import Pair, Program
from benchmarks.doctor.tables import Table
from steepest.doctor.rows import Rows
from steepest.doctor.scoring import Score
from steepest.doctor.setup import LayerSpec, Setup
from steepest.layers import Dense, Dropout
from steepest.registry import to_config

Mutated = tuple[Setup, Rows] | None
"""A faulty setup with its held-out rows; None where a mutation cannot be made."""
Operator = Callable[[Setup, Rows], Mutated]
OPERATORS: dict[str, Operator] = {}


def operator(change: Operator) -> Operator:
    """Enters a function as an operator."""
    OPERATORS[change.__name__] = change
    return change


# ------------------------------------------------------------ parts of a setup


def with_optimizer(setup: Setup, made: Any) -> Setup:
    """With another optimizer."""
    return setup.with_compile(optimizer=to_config(made))


def with_rate(setup: Setup, factor: float) -> Setup:
    """With the rate times a number."""
    given = setup.compile["optimizer"]
    rate = given["config"]["learning_rate"] * factor
    return setup.with_compile(
        optimizer={**given, "config": {**given["config"], "learning_rate": rate}}
    )


def with_all(setup: Setup, **options: Any) -> Setup:
    """With other options of all layers."""
    return setup.with_layers([spec.changed(**options) for spec in setup.layers])


def with_hidden(setup: Setup, **options: Any) -> Setup:
    """With other options of the hidden layers."""
    *hidden, last = setup.layers
    return setup.with_layers([*(spec.changed(**options) for spec in hidden), last])


def mapped(setup: Setup, held: Rows, change: Callable[[Rows], Rows]) -> Mutated:
    """With a change of all rows."""
    watched = None if setup.validation is None else change(setup.validation)
    return replace(setup, rows=change(setup.rows), validation=watched), change(held)


def with_training(setup: Setup, x: Any = None, y: Any = None) -> Setup:
    """With other training rows."""
    rows = setup.rows
    x, y = rows.x if x is None else x, rows.y if y is None else y
    return replace(setup, rows=replace(rows, x=x, y=y))


def is_classes(rows: Rows) -> bool:
    """Whether the targets are class numbers."""
    return rows.y.dtype.kind == "i"


# ------------------------------------------------------------ settings


@operator
def rate_times_100(setup: Setup, held: Rows) -> Mutated:
    """The rate times 100."""
    return with_rate(setup, 100.0), held


@operator
def rate_by_100(setup: Setup, held: Rows) -> Mutated:
    """The rate divided by 1,000: a hundredth is harmless in long runs."""
    return with_rate(setup, 0.001), held


@operator
def other_loss(setup: Setup, held: Rows) -> Mutated:
    """A loss for another kind of targets."""
    return setup.with_compile(loss="poisson"), held


@operator
def whole_batches(setup: Setup, held: Rows) -> Mutated:
    """All rows in one batch."""
    return setup.with_fit(batch_size=len(setup.rows)), held


@operator
def single_epoch(setup: Setup, held: Rows) -> Mutated:
    """One epoch of large batches."""
    return setup.with_fit(epochs=1, batch_size=64), held


@operator
def wrong_momentum(setup: Setup, held: Rows) -> Mutated:
    """SGD with a momentum of 0.999."""
    return with_optimizer(setup, st.optimizers.SGD(0.05, momentum=0.999)), held


@operator
def tiny_clipnorm(setup: Setup, held: Rows) -> Mutated:
    """SGD whose gradients are clipped to a norm of 0.0001."""
    return with_optimizer(setup, st.optimizers.SGD(0.05, clipnorm=1e-4)), held


# ------------------------------------------------------------ layers


@operator
def other_ending(setup: Setup, held: Rows) -> Mutated:
    """Another last activation: relu."""
    return setup.with_layer(setup.layers[-1].name, activation="relu"), held


@operator
def activation_removed(setup: Setup, held: Rows) -> Mutated:
    """Linear hidden layers."""
    return with_hidden(setup, activation=None), held


@operator
def zero_weights(setup: Setup, held: Rows) -> Mutated:
    """All weights 0 at the start."""
    return with_all(setup, kernel_initializer="zeros"), held


@operator
def constant_weights(setup: Setup, held: Rows) -> Mutated:
    """All weights equal at the start."""
    return with_all(setup, kernel_initializer=st.initializers.Constant(0.1)), held


@operator
def large_weights(setup: Setup, held: Rows) -> Mutated:
    """Weights of deviation 5 at the start."""
    return with_all(setup, kernel_initializer=st.initializers.RandomNormal(stddev=5.0)), held


@operator
def heavy_dropout(setup: Setup, held: Rows) -> Mutated:
    """Dropout of 0.95 before the last layer."""
    *hidden, last = setup.layers
    return setup.with_layers([*hidden, LayerSpec.of(Dropout(0.95)), last]), held


@operator
def heavy_l2(setup: Setup, held: Rows) -> Mutated:
    """An L2 penalty of 1 on all layers."""
    return with_all(setup, kernel_regularizer=st.regularizers.L2(1.0)), held


@operator
def frozen_layers(setup: Setup, held: Rows) -> Mutated:
    """Hidden layers that do not learn, with small weights."""
    model = with_hidden(setup, kernel_initializer=st.initializers.RandomNormal(stddev=0.01))
    return with_hidden(model, trainable=False), held


@operator
def narrow_layer(setup: Setup, held: Rows) -> Mutated:
    """A hidden layer of one unit."""
    return setup.with_layer(setup.layers[-2].name, units=1), held


@operator
def deep_sigmoids(setup: Setup, held: Rows) -> Mutated:
    """Six sigmoid layers."""
    *_, last = setup.layers
    hidden = [LayerSpec.of(Dense(16, "sigmoid")) for _ in range(6)]
    return setup.with_layers([*hidden, last]), held


# ------------------------------------------------------------ data


@operator
def noisy_labels(setup: Setup, held: Rows) -> Mutated:
    """Half of the training targets replaced by those of other rows."""
    random = np.random.default_rng(0)
    chosen = random.random(len(setup.rows)) < 0.5
    y = setup.rows.y
    return with_training(setup, y=np.where(chosen, random.permutation(y), y)), held


@operator
def shuffled_labels(setup: Setup, held: Rows) -> Mutated:
    """The training targets in another order."""
    return with_training(setup, y=np.random.default_rng(0).permutation(setup.rows.y)), held


@operator
def misaligned(setup: Setup, held: Rows) -> Mutated:
    """The training targets moved by one row."""
    return with_training(setup, y=np.roll(setup.rows.y, 1)), held


@operator
def sorted_rows(setup: Setup, held: Rows) -> Mutated:
    """Rows in the order of their targets, not shuffled, one epoch in five."""
    order = np.argsort(setup.rows.y, kind="stable")
    epochs = max(int(setup.fit["epochs"]) // 5, 1)
    rows = setup.rows.take(order)
    return replace(setup, rows=rows).with_fit(shuffle=False, epochs=epochs), held


@operator
def large_inputs(setup: Setup, held: Rows) -> Mutated:
    """Inputs times 1,000."""
    return mapped(setup, held, lambda rows: replace(rows, x=rows.x * np.float32(1000)))


@operator
def scaled_twice(setup: Setup, held: Rows) -> Mutated:
    """Inputs divided by 1,000, as by a second scaling."""
    return mapped(setup, held, lambda rows: replace(rows, x=rows.x / np.float32(1000)))


@operator
def large_targets(setup: Setup, held: Rows) -> Mutated:
    """Targets times 1,000; quantities only."""
    if is_classes(held):
        return None
    return mapped(setup, held, lambda rows: replace(rows, y=rows.y * np.float32(1000)))


@operator
def missing_codes(setup: Setup, held: Rows) -> Mutated:
    """-999 in 5 percent of all cells."""
    random = np.random.default_rng(0)

    def change(rows: Rows) -> Rows:
        gaps = random.random(rows.x.shape) < 0.05
        return replace(rows, x=np.where(gaps, np.float32(-999), rows.x))

    return mapped(setup, held, change)


@operator
def whole_inputs(setup: Setup, held: Rows) -> Mutated:
    """Inputs cast to whole numbers."""
    return mapped(setup, held, lambda rows: replace(rows, x=rows.x.astype(np.int64)))


@operator
def validation_in_training(setup: Setup, held: Rows) -> Mutated:
    """Training on the validation rows only, in copies."""
    watched = setup.validation
    if watched is None:
        return None
    first = watched.take(np.resize(np.arange(10), len(setup.rows)))
    return with_training(setup, first.x, first.y), held


# ------------------------------------------------------------ programs


def mutant(name: str, change: Operator) -> Pair | None:
    """A healthy program and its mutant."""
    table: Table = TABLES[name]()
    clean = network(table, 32, "relu", "Adam", name)
    found = change(clean, table.held)
    if found is None:
        return None
    score = Score("classes" if is_classes(table.held) else "quantities")
    return Pair(found[0], clean, found[1], table.held, score)


LOST = {
    "shuffled_labels": ("D26", "D32", "E5"),
    "whole_inputs": ("D27", "D32", "E5"),
    "validation_in_training": ("D6", "D14", "D17"),
}
"""Operators that leave no way back, with the rules that name what they do.

Labels in a random order, inputs without their fractions, and ten rows that are scored as well.
"""


def programs() -> Iterator[Program]:
    """Every operator on every healthy program."""
    for name in TABLES:
        for word, change in OPERATORS.items():
            made = partial(mutant, name, change)
            yield Program(f"{name} {word}", name, made, LOST.get(word, ()))

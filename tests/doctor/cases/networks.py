"""Small networks and tables for cases: each function returns facts of a training."""

from __future__ import annotations

import numpy as np

import steepest as st
from steepest.doctor.facts import Facts
from tests.doctor.cases.case import blobs, facts_of

Dense, Dropout = st.layers.Dense, st.layers.Dropout
BatchNormalization, Activation = st.layers.BatchNormalization, st.layers.Activation
SPARSE, BINARY, ONE_HOT = (
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
)


def trained(x, y, *layers, loss=SPARSE, optimizer=None, metrics=None, **fit) -> Facts:
    """Facts of a network of these layers."""
    model = st.Sequential([st.Input(np.shape(x)[1:]), *layers])
    model.compile(optimizer or st.optimizers.Adam(0.01), loss, metrics)
    return facts_of(x, y, model, **fit)


def classes(*layers, seed=0, rows=60, count=3, **options) -> Facts:
    """A network on three classes, numbered from 0."""
    return trained(*blobs(rows=rows, classes=count, seed=seed), *layers, **options)


def two_classes(*layers, seed=0, rows=60, **options) -> Facts:
    """A network on two classes, 0 and 1."""
    return classes(*layers, seed=seed, rows=rows, count=2, **{"loss": BINARY, **options})


def one_hot(*layers, seed=0, count=3, **options) -> Facts:
    """A network on three classes as one-hot rows."""
    x, y = blobs(classes=count, seed=seed)
    return trained(x, np.eye(count, dtype=np.float32)[y], *layers, **{"loss": ONE_HOT, **options})


def curve(rows=100, seed=0, columns=3):
    """Inputs and a smooth function of them with mean 0 and deviation 1."""
    x = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    y = np.tanh(2 * x[:, 0]) + x[:, 1] * x[:, 0]
    return x, ((y - y.mean()) / y.std()).astype(np.float32)


def quantities(*layers, seed=0, rows=100, target=None, **options) -> Facts:
    """A network on quantities; `target` is a function of those of mean 0 and deviation 1."""
    x, y = curve(rows=rows, seed=seed)
    y = y if target is None else target(y).astype(np.float32)
    return trained(x, y, *layers, **{"loss": "mse", **options})


def plain(last=3, activation="softmax", width=16, hidden="relu", depth=1):
    """The layers of a usual network."""
    return [*[Dense(width, hidden) for _ in range(depth)], Dense(last, activation)]

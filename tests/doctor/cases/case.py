"""Cases of a rule: facts by name, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import steepest as st
from steepest.doctor.facts import Facts
from steepest.doctor.setup import Setup

Make = Callable[[], Facts]


@dataclass(frozen=True)
class Cases:
    """What a rule must find and must not.

    `unchanged` holds pairs of facts that differ in what must not matter (a constant added, columns
    permuted, another seed): the rule finds the same in both. `edges` holds pairs at the two sides
    of a threshold: the rule suspects the first, which is just beyond it, and not the second.
    `offers` holds pairs at the two sides of a threshold of a change: the rule suspects both, and
    offers a change for the first that it does not offer for the second.
    """

    positive: dict[str, Make]
    negative: dict[str, Make]
    unchanged: dict[str, tuple[Make, Make]]
    edges: dict[str, tuple[Make, Make]] = field(default_factory=dict)
    offers: dict[str, tuple[Make, Make]] = field(default_factory=dict)


CASES: dict[str, Cases] = {}


def facts_of(x, y, model=None, **fit) -> Facts:
    """Facts of data and a model; without one, of a small network that fits the targets."""
    return Facts(Setup.of(model or usual_model(x, y), x, y, **fit))


def usual_model(x, y):
    """A compiled network of one hidden layer, without a fault."""
    y = np.asarray(y)
    is_class = y.dtype.kind in "iu"
    units = int(y.max()) + 1 if is_class else int(np.prod(y.shape[1:]))
    model = st.Sequential([
        st.Input(np.shape(x)[1:]),
        st.layers.Dense(8, "relu"),
        st.layers.Dense(units, "softmax" if is_class else None),
    ])
    loss = "sparse_categorical_crossentropy" if is_class else "mse"
    model.compile(st.optimizers.Adam(0.01), loss, ["accuracy"] if is_class else None)
    return model


def blobs(rows=60, columns=4, classes=3, seed=0):
    """Classes around different centres, scaled to deviation 1, in random order."""
    random = np.random.default_rng(seed)
    y = random.permutation(np.arange(rows) % classes)
    x = random.normal(size=(classes, columns))[y] * 3 + random.normal(size=(rows, columns))
    return ((x - x.mean(0)) / x.std(0)).astype(np.float32), y

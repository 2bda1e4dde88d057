"""A small search, shared by the tests: points of three clouds, learned in two epochs."""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st

SPACE = {"units": [4, 8, 16], "rate": [0.1, 0.01]}


def rows(count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Points and their clouds; neighbouring clouds overlap."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, count)
    x = rng.standard_normal((count, 2)) + 2.0 * np.stack([y, -y], axis=1)
    return x.astype(np.float32), y


def build(units: int = 8, rate: float = 0.1, dropout: float = 0.2) -> Any:
    """A compiled network with random weights and masks."""
    model = st.Sequential([
        st.layers.Dense(units, "relu"),
        st.layers.Dropout(dropout),
        st.layers.Dense(3, "softmax"),
    ])
    model.compile(st.optimizers.Adam(rate), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def search(space: Any = SPACE, build: Any = build, **options: Any) -> st.tune.Study:
    """A silent search of two epochs."""
    return st.tune.search(build, space, *rows(), **{"epochs": 2, "verbose": 0, **options})


def scores(study: st.tune.Study) -> list[Any]:
    """All numbers that a search with the same seed must give again."""
    return [
        (trial.number, trial.options, trial.level, trial.score, trial.parts, trial.history)
        for trial in study.trials
    ]

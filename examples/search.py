"""A search for the options of a network that reads handwritten digits.

The space is that of a course: four topologies, three optimizers, two learning rates, three shares
of dropout; 24 of the 72 combinations are tried, and the winner is measured on rows that the search
did not see. Each line of the picture is one trial, the darker the better: gradient descent at the
small rate is left behind, and most of the others end within two points of each other.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

import steepest as st

SPACE = {
    "topology": [[100], [100, 50], [250], [250, 100]],
    "algorithm": ["adam", "rmsprop", "sgd_momentum"],
    "rate": [0.01, 0.001],
    "dropout": [0.0, 0.2, 0.5],
}


def build(topology: list[int], algorithm: str, rate: float, dropout: float) -> st.Sequential:
    """A compiled network of these options."""
    model = st.Sequential()
    for units in topology:
        model.add(st.layers.Dense(units, "relu"))
        if dropout > 0:
            model.add(st.layers.Dropout(dropout))
    model.add(st.layers.Dense(10, "softmax"))
    optimizers = {
        "adam": st.optimizers.Adam(rate),
        "rmsprop": st.optimizers.RMSprop(rate),
        "sgd_momentum": st.optimizers.SGD(rate, momentum=0.9),
    }
    model.compile(optimizers[algorithm], "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def load() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """MNIST from the folder STEEPEST_DATA, or else the small digits of scikit-learn."""
    source: Any = st.datasets.mnist if os.environ.get("STEEPEST_DATA") else st.datasets.digits
    (x, y), (x_test, y_test) = source.load_data()
    scale = np.float32(1 / x.max())
    return x.reshape(len(x), -1) * scale, y, x_test.reshape(len(x_test), -1) * scale, y_test


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], st.tune.Study]:
    """Searches; the quick form makes 4 trials with 1,437 rows, as many as the small digits have."""
    x, y, x_test, y_test = load()
    rows = 1437 if quick else len(x)
    study = st.tune.search(
        build,
        SPACE,
        x[:rows],
        y[:rows],
        trials=4 if quick else 24,
        epochs=5,
        batch_size=128,
        validation=0.1,
        test=(x_test, y_test),
        seed=seed,
        verbose=0,
    )
    return {
        "best configuration: validation accuracy": study.best.score,
        "best configuration: test accuracy": study.test_score.score,
    }, study


def draw(study: st.tune.Study) -> st.plot.Picture:
    """All trials, one line each."""
    return study.plot("parallel")


if __name__ == "__main__":
    figures, study = run()
    print("best configuration:", study.best.options)
    print("share of the variance explained:", study.importance())
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(study).save("search.png")

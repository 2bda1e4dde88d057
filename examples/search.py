"""Search for the options of a network that reads handwritten digits.

The space is that of a course: four topologies, Adam, RMSprop and gradient descent with momentum,
two learning rates, three shares of dropout; 24 of the 72 combinations, 5 epochs each. It prints the
best configuration, and its accuracy on rows that the search did not see. It uses MNIST from the
folder that STEEPEST_DATA names, if set, and otherwise the 1,797 small digits of scikit-learn.
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
    """Pictures as rows of numbers from 0 to 1, and labels, for the search and for the test."""
    source: Any = st.datasets.mnist if os.environ.get("STEEPEST_DATA") else st.datasets.digits
    (x, y), (x_test, y_test) = source.load_data()
    scale = np.float32(1 / x.max())
    return x.reshape(len(x), -1) * scale, y, x_test.reshape(len(x_test), -1) * scale, y_test


def main(
    trials: int = 24, epochs: int = 5, rows: int | None = None, verbose: Any = "auto"
) -> st.tune.Study:
    """Searches with the first `rows` rows; prints what was found and returns the study."""
    x, y, x_test, y_test = load()
    study = st.tune.search(
        build,
        SPACE,
        x[:rows],
        y[:rows],
        trials=trials,
        epochs=epochs,
        batch_size=128,
        validation=0.1,
        test=(x_test, y_test),
        seed=1,
        verbose=verbose,
    )
    best = study.best
    print("best configuration:", best.options)
    print(f"accuracy: {best.score:.2%} in validation, {study.test_score.score:.2%} in the test")
    print("share of the variance explained:", study.importance())
    return study


if __name__ == "__main__":
    main()

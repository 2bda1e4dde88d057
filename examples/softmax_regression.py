"""Softmax regression on eight rows, three features and three classes, at three learning rates.

One rate suits, one is too high, one is too low; the library says which.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

import steepest as st

RATES = (0.01, 1.5, 1e-5)


@dataclass
class Run:
    """The result of one learning rate."""

    losses: list[float]
    accuracy: float
    messages: list[str]


def run(rate: float, epochs: int = 200) -> Run:
    """Trains by gradient descent on all rows at once, and collects warnings and advice."""
    st.random.set_seed(3)
    (x, y), (x_test, y_test) = st.datasets.softmax_table.load_data()
    model = st.Sequential([st.layers.Dense(3, activation="softmax", input_shape=(3,))])
    model.compile(st.optimizers.SGD(rate), "categorical_crossentropy", metrics=["accuracy"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(x, y, epochs=epochs, batch_size=8, verbose=0)
    accuracy = model.evaluate(x_test, y_test, verbose=0)[1]
    messages = [*(str(warning.message) for warning in caught), *history.advice]
    return Run(history.history["loss"], accuracy, messages)


def main() -> dict[float, Run]:
    """Runs all three and prints their results."""
    runs = {rate: run(rate) for rate in RATES}
    for rate, result in runs.items():
        losses = np.array(result.losses)
        rises = np.mean(np.diff(losses) > 0)
        print(
            f"rate {rate:g}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, "
            f"rises in {rises:.0%} of the epochs, test accuracy {result.accuracy:.0%}"
        )
        for message in result.messages:
            print(f"  {message}")
    return runs


if __name__ == "__main__":
    main()

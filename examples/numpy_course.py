"""The classes of the NumPy course: a network of explicit forward and backward steps.

The network distinguishes two kinds of tumours by 30 measurements. Its loss falls as that of the
same network in Keras's names does: they are the same layers under other names.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st
from steepest.classroom import (
    SGD,
    BinaryCrossEntropy,
    Dataset,
    DenseLayer,
    NeuralNetwork,
    ReLUActivation,
    SigmoidActivation,
)


def accuracy(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """The share of right answers."""
    return float(np.mean(np.round(y_pred) == y_true))


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Builds the network layer by layer, trains it, and scores both sets."""
    st.random.set_seed(seed)
    (x, y), (x_test, y_test) = st.datasets.breast_cancer.load_data()
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    train, test = (
        Dataset((rows - mean) / deviation, labels.reshape(-1, 1))
        for rows, labels in ((x, y), (x_test, y_test))
    )
    network = NeuralNetwork(
        epochs=20 if quick else 100,
        batch_size=16,
        optimizer=SGD,
        learning_rate=0.05,
        momentum=0.9,
        loss=BinaryCrossEntropy,
        metric=accuracy,
    )
    network.add(DenseLayer(8, (30,)))
    network.add(ReLUActivation())
    network.add(DenseLayer(1))
    network.add(SigmoidActivation())
    network.fit(train)
    losses = [epoch["loss"] for epoch in network.history.values()]
    return {
        "training accuracy": network.score(train),
        "test accuracy": network.score(test),
    }, {"loss": losses}


def draw(history: Any) -> st.plot.Picture:
    """The loss by epoch."""
    return st.plot.curves(history, log=True)


if __name__ == "__main__":
    figures, history = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(history).save("numpy_course.png")

"""Exclusive or: four points that no straight line separates, learned with a small hidden layer.

Prints the accuracy; `python -m examples.xor picture.png` draws both curves and the boundary.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import steepest as st


def train(epochs: int = 1000) -> tuple[st.Sequential, Any]:
    """Trains the network 2-8-1 on all four points in each step; returns it with its history."""
    st.random.set_seed(1)
    (x, y), _ = st.datasets.xor.load_data()
    model = st.Sequential([
        st.layers.Dense(8, activation="tanh", input_shape=(2,)),
        st.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(st.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    return model, model.fit(x, y, epochs=epochs, batch_size=4, verbose=0)


def boundary(model: st.Sequential, size: int = 81) -> tuple[np.ndarray, np.ndarray]:
    """A range of values for each input, and the network's output for each pair of them."""
    ticks = np.linspace(-0.5, 1.5, size, dtype=np.float32)
    pairs = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return ticks, model.predict(pairs, verbose=0).reshape(size, size)


def draw(model: st.Sequential, history: Any, path: str) -> None:
    """Plots loss, accuracy and decision boundary side by side into a file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 3.6), layout="constrained")
    for index, name in enumerate(("loss", "accuracy")):
        axes = figure.add_subplot(1, 3, index + 1)
        axes.plot([epoch + 1 for epoch in history.epoch], history.history[name])
        axes.set(xlabel="epoch", ylabel=name)
    axes = figure.add_subplot(1, 3, 3)
    ticks, outputs = boundary(model)
    axes.contourf(ticks, ticks, outputs, levels=20, cmap="RdBu_r", vmin=0.0, vmax=1.0)
    axes.contour(ticks, ticks, outputs, levels=[0.5], colors="black")
    (x, y), _ = st.datasets.xor.load_data()
    axes.scatter(x[:, 0], x[:, 1], c=y[:, 0], cmap="RdBu_r", edgecolors="black", s=80)
    axes.set(xlabel="first input", ylabel="second input")
    figure.savefig(path)


def main(path: str | None = None) -> float:
    """Trains, prints the result, plots if a file is named; returns the accuracy."""
    model, history = train()
    (x, y), _ = st.datasets.xor.load_data()
    loss, accuracy = model.evaluate(x, y, verbose=0)
    print(f"XOR 2-8-1: accuracy {accuracy:.0%}, loss {loss:.4f} after {len(history.epoch)} epochs")
    for point, output in zip(x.tolist(), model.predict(x, verbose=0)[:, 0], strict=True):
        print(f"  {point}: {output:.3f}")
    if path:
        draw(model, history, path)
    return float(accuracy)


if __name__ == "__main__":
    main(*sys.argv[1:2])

"""The networks of `python -m benchmarks.many`: 24 configurations on MNIST.

Four topologies of courses, Adam and steepest descent with momentum, three rates of dropout.
"""

from __future__ import annotations

from itertools import product

from benchmarks.rows import Dense, Dropout, Network, Row

TOPOLOGIES = ((100,), (100, 50), (250,), (250, 100))
OPTIMIZERS = {"adam": 1e-3, "momentum": 0.05}
DROPOUTS = (0.0, 0.2, 0.5)
BATCH, EPOCHS = 128, 5


def network(units: tuple[int, ...], dropout: float) -> Network:
    """Layers of relu with dropout after each, then a softmax over ten classes."""
    layers: list[Dense | Dropout] = []
    for size in units:
        layers.append(Dense(size, "relu"))
        layers += [Dropout(dropout)] if dropout else []
    return (*layers, Dense(10, "softmax"))


def configurations(data: str, epochs: int = EPOCHS) -> list[Row]:
    """The 24 configurations on MNIST as it is ("mnist") or without zeros ("mnist_standard").

    Neighbours differ in size, so that every other one is half of the work.
    """
    return [
        Row(
            f"{'-'.join(map(str, units))} {optimizer} {dropout}",
            "",
            "train",
            data,
            network(units, dropout),
            batch=BATCH,
            bar=0.0,
            optimizer=optimizer,
            rate=OPTIMIZERS[optimizer],
            epochs=epochs,
        )
        for units, dropout, optimizer in product(TOPOLOGIES, DROPOUTS, OPTIMIZERS)
    ]

"""MNIST with one hidden layer, with three, and with three and dropout.

A deeper network is not better by itself: at a constant rate it ends where the wide layer ends.
With a rate that falls to 0 all three gain, and dropout narrows the gap between the training and
the validation curve.
"""

from __future__ import annotations

from typing import Any

import steepest as st

NETWORKS = {
    "one hidden layer": ([512], 0.0),
    "four layers": ([512, 256, 128], 0.0),
    "four layers, dropout": ([512, 256, 128], 0.2),
}
BATCH = 128


def build(units: list[int], dropout: float, rate: Any) -> st.Sequential:
    """A compiled network, with dropout after each hidden layer if there is any."""
    model = st.Sequential()
    for count in units:
        model.add(st.layers.Dense(count, "relu"))
        if dropout:
            model.add(st.layers.Dropout(dropout))
    model.add(st.layers.Dense(10, "softmax"))
    model.compile(st.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains each network with a constant and with a falling rate; `quick` leaves out the first."""
    (x, y), (x_test, y_test) = st.datasets.mnist.load_data()
    x, x_test = (part.reshape(-1, 784).astype("float32") / 255.0 for part in (x, x_test))
    if quick:
        x, y, x_test, y_test = x[:4000], y[:4000], x_test[:1000], y_test[:1000]
    epochs = 1 if quick else 5
    steps = epochs * (9 * len(x) // 10 // BATCH)
    figures, histories = {}, {}
    for name, (units, dropout) in NETWORKS.items():
        rates: dict[str, Any] = {} if quick else {"rate 0.001": 0.001}
        rates["falling rate"] = st.schedules.CosineDecay(0.002, steps)
        for kind, rate in rates.items():
            st.random.set_seed(seed)
            model = build(units, dropout, rate)
            fit = {"epochs": epochs, "batch_size": BATCH, "validation_split": 0.1}
            history = model.fit(x, y, **fit, verbose=0)
            figures[f"{name}, {kind}: test accuracy"] = model.evaluate(x_test, y_test, verbose=0)[1]
        histories[name] = history
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy by epoch, with the falling rate."""
    return st.plot.curves(histories)


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("mnist_layers.png")

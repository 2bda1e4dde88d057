"""Batches of 1, of 32, of 512, and of all rows: the same rate, the same number of epochs.

One row at a time makes the most steps, and noisy ones: the loss does not settle. All rows at once
make one exact step an epoch, and are still at the beginning after five; small batches between the
two reach most, in a fraction of the time of single rows.
"""

from __future__ import annotations

import time
from typing import Any

import steepest as st


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains 784-32-10 by plain gradient descent with each size on a third of MNIST."""
    (x, y), (x_test, y_test) = st.datasets.mnist.load_data()
    x, x_test = (part.reshape(-1, 784).astype("float32") / 255.0 for part in (x, x_test))
    rows = 1_000 if quick else 20_000
    x, y = x[:rows], y[:rows]
    figures, histories = {}, {}
    for name, size in (("1", 1), ("32", 32), ("512", 512), ("of all", rows)):
        st.random.set_seed(seed)
        model = st.Sequential([st.layers.Dense(32, "relu"), st.layers.Dense(10, "softmax")])
        model.compile(
            st.optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        start = time.perf_counter()
        fit = {"epochs": 5, "batch_size": size, "validation_split": 0.1}
        histories[f"batch {name}"] = model.fit(x, y, **fit, verbose=0)
        figures[f"batch {name}: seconds"] = time.perf_counter() - start
        figures[f"batch {name}: test accuracy"] = model.evaluate(x_test, y_test, verbose=0)[1]
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy of the validation rows, by epoch."""
    return st.plot.curves(histories, "val_loss", "val_accuracy")


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("batch_sizes.png")

"""MNIST with two hidden layers of 50 units: Adam, batches of 100, 5 epochs.

A constant rate of 0.001 is still far from the end after five epochs. A rate that begins ten times
as high and falls to 0 makes long steps first and exact ones at last, and gains most of a point.
"""

from __future__ import annotations

from typing import Any

import steepest as st

BATCH = 100


def train(rate: Any, seed: int, epochs: int) -> tuple[st.Sequential, float, float]:
    """Loads, scales, shuffles and splits the data, trains; the accuracies on both held-out sets."""
    st.random.set_seed(seed)
    mnist, info = st.datasets.load("mnist", with_info=True, as_supervised=True)
    held_out = int(0.1 * info.splits["train"].num_examples)

    def scale(image: st.Tensor, label: st.Tensor) -> tuple[st.Tensor, st.Tensor]:
        return st.cast(image, st.float32) / 255.0, label

    shuffled = mnist["train"].map(scale).shuffle(info.splits["train"].num_examples)
    validation = shuffled.take(held_out).batch(held_out)
    training = shuffled.skip(held_out).batch(BATCH)
    model = st.Sequential([
        st.layers.Flatten(input_shape=(28, 28, 1)),
        st.layers.Dense(50, activation="relu"),
        st.layers.Dense(50, activation="relu"),
        st.layers.Dense(10, activation="softmax"),
    ])
    model.compile(st.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(training, epochs=epochs, validation_data=validation, verbose=0)
    _, accuracy = model.evaluate(mnist["test"].map(scale).batch(1000), verbose=0)
    return model, history.history["val_accuracy"][-1], accuracy


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains with both rates."""
    epochs = 1 if quick else 5
    falling = st.schedules.CosineDecay(0.01, epochs * 54_000 // BATCH)
    figures, histories = {}, {}
    for name, rate in (("rate 0.001", 0.001), ("falling rate", falling)):
        model, validation, test = train(rate, seed, epochs)
        figures[f"{name}: validation accuracy"] = validation
        figures[f"{name}: test accuracy"] = test
        histories[name] = model.history
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy by epoch."""
    return st.plot.curves(histories)


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("mnist.png")

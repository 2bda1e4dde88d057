"""Trains a small network to read handwritten digits, and prints two of its predictions.

Run by `make demo`. It uses MNIST from the folder that STEEPEST_DATA names, if set, and otherwise
the 1,797 small digits of scikit-learn.
"""

from __future__ import annotations

import os
import time

import numpy as np

import steepest as st

SHADES = " .:-=+*#%@"


def load() -> tuple[str, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Loads the name of the data set, then pictures and labels for training and test."""
    if os.environ.get("STEEPEST_DATA"):
        (x, y), (x_test, y_test) = st.datasets.mnist.load_data()
        return "MNIST", x, y, x_test, y_test
    (x, y), (x_test, y_test) = st.datasets.digits.load_data()
    return "the digits of scikit-learn", x, y, x_test, y_test


def drawn(picture: np.ndarray) -> list[str]:
    """A picture as lines of characters, two per pixel."""
    levels = (picture / max(picture.max(), 1) * (len(SHADES) - 1)).astype(int)
    return ["".join(SHADES[level] * 2 for level in row) for row in levels]


def main() -> None:
    """Loads the data, builds, trains and tests the network, and shows two predictions."""
    st.random.set_seed(1)
    name, x, y, x_test, y_test = load()
    size = int(np.prod(x.shape[1:]))
    x, x_test = x.reshape(len(x), size), x_test.reshape(len(x_test), size)
    print(f"{len(x):,} pictures of {name} for training, {len(x_test):,} for the test\n")

    model = st.Sequential([
        st.layers.Rescaling(1.0 / float(x.max()), input_shape=(size,)),
        st.layers.Dense(50, activation="relu"),
        st.layers.Dense(50, activation="relu"),
        st.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.summary()

    start = time.perf_counter()
    epochs, batch = (5, 100) if len(x) > 10_000 else (15, 16)
    history = model.fit(x, y, epochs=epochs, batch_size=batch, validation_split=0.1, verbose=2)
    seconds = time.perf_counter() - start
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\ntrained in {seconds:.1f} s; test accuracy {accuracy:.2%}, loss {loss:.4f}")
    print(f"validation accuracy of the last epoch: {history.history['val_accuracy'][-1]:.2%}\n")
    show(model, x_test, y_test)


def show(model: st.Sequential, x_test: np.ndarray, y_test: np.ndarray) -> None:
    """Prints a picture that was classified correctly beside one that was not."""
    probabilities = model.predict(x_test, verbose=0)
    predicted = probabilities.argmax(axis=1)
    right = int(np.flatnonzero(predicted == y_test)[0])
    wrong = int(np.flatnonzero(predicted != y_test)[0])
    side = round(np.sqrt(x_test.shape[1]))
    columns = []
    for index in (right, wrong):
        sure = probabilities[index].max()
        title = f"a {y_test[index]}, read as {predicted[index]} ({sure:.0%} sure)"
        columns.append([title, *drawn(x_test[index].reshape(side, side))])
    width = max(map(len, columns[0])) + 4
    for left_line, right_line in zip(*columns, strict=True):
        print(f"{left_line:<{width}}{right_line}")


if __name__ == "__main__":
    main()

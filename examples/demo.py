"""Trains a network on handwritten digits, examines it, saves it, and writes a page about it.

Run by `make demo`; the page is `demo.html`. The digits come with scikit-learn, without a download.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import steepest as st

GO_ON = """\
import steepest as st

(x, y), (x_test, y_test) = st.datasets.digits.load_data()
model = st.load_model("digits.safetensors")
print(model.predict(x_test[:1]).argmax())             # the digit in one picture
model.fit(x, y, epochs=10)                            # train on
print(model.check(x, y))                              # ask the doctor again
st.plot.mistakes(model, x_test, y_test).save("mistakes.png")
"""


def build() -> st.Sequential:
    """Builds a network that reads pictures of 8 by 8 numbers from 0 to 16."""
    model = st.Sequential([
        st.layers.Rescaling(1 / 16, input_shape=(64,)),
        st.layers.Dense(48, activation="relu", kernel_regularizer=st.regularizers.l2(0.003)),
        st.layers.Dense(32, activation="relu"),
        st.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main(folder: Path = Path()) -> float:
    """Runs all steps, writes the model and the page into a folder, returns the test accuracy."""
    st.random.set_seed(1)
    st.config.bias_variance_advice = False  # it is asked for below
    (x, y), (x_test, y_test) = st.datasets.digits.load_data()
    (x, y), validation = st.data.split(x, y, shares=(0.85, 0.15), stratify=True, seed=1)
    counts = f"{len(x):,} to train, {len(validation[0])} for validation, {len(x_test)} for the test"
    print(f"Pictures of digits: {counts}\n")

    model = build()
    model.summary()
    history = model.fit(x, y, epochs=30, batch_size=32, validation_data=validation, verbose=1)

    errors = [1 - model.evaluate(*rows, verbose=0)[1] for rows in ((x, y), validation)]
    reading = str(st.doctor.bias_variance(*errors, rows=len(validation[0])))
    print(f"\nBias and variance: {reading}")
    report = str(st.doctor.examine(model, history, x, y, validation))
    print(f"\n{report}")

    model.save(folder / "digits.safetensors")
    model = st.load_model(folder / "digits.safetensors")
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    shares = model.predict(x_test[:1], verbose=0)[0]
    answer = f"a {y_test[0]}, read as {shares.argmax()} ({shares.max():.0%} sure)"
    print(f"\nTest rows, not used before: accuracy {accuracy:.1%}, loss {loss:.3f}")
    print(f"Saved, loaded again, and given one picture: {answer}")

    page = page_of(model, history.history, x_test, y_test, answer)
    page.add(st.page.Heading("What helps"), f"Bias and variance: {reading}.", f"{report}")
    page.add(st.page.Heading("How to go on"), st.page.Code(GO_ON))
    page.add("The file digits.safetensors holds the network, and lies beside this page.")
    page.save(folder / "demo.html")
    print(f"\nThe page about it: {(folder / 'demo.html').resolve()}")
    return accuracy


def page_of(
    model: st.Sequential, logs: dict[str, list[float]], x: np.ndarray, y: np.ndarray, answer: str
) -> st.page.Page:
    """Draws the training, the test rows and the weights as a page."""
    shares = model.predict(x, verbose=0)
    read = shares.argmax(axis=1)
    right = int((read == y).sum())
    surest = sorted(np.flatnonzero(read != y), key=lambda row: -shares[row].max())[:12]
    texts = [f"a {y[row]}, read as {read[row]}, {shares[row].max():.0%}" for row in surest]
    counts = st.plot.confusion_data(y, shares).counts
    matrix: dict[str, Any] = {"digit": range(10)}
    for digit in range(10):
        matrix[str(digit)] = [count or None for count in counts[:, digit].tolist()]
    weights = st.plot.first_layer_data(model, units=24).pictures
    return st.page.Page(
        "A network that reads digits",
        f"It reads {right} of {len(x)} pictures right that it has not seen in training. "
        f"One of them, after the network was saved and loaded again: {answer}.",
        st.page.Pictures(x[:1].reshape(1, 8, 8), "The picture", [answer]),
        st.page.Heading("Training"),
        curves("loss", logs, "log"),
        curves("accuracy", logs, "linear"),
        st.page.Heading("Test"),
        st.page.Table(matrix, "What each digit is read as, and how often"),
        st.page.Pictures(
            x[surest].reshape(-1, 8, 8),
            "The surest mistakes, with the share of the digit that is read",
            texts,
        ),
        st.page.Heading("Weights"),
        "Each unit of the first layer multiplies every pixel by a weight. Where the weight is "
        "positive (orange), ink raises the output of the unit; where it is negative (blue), ink "
        "lowers it.",
        st.page.Pictures(weights, "Weights of the first layer", colours="signed"),
    )


def curves(name: str, logs: dict[str, list[float]], scale: str) -> st.page.Lines:
    """Draws a measure of training and validation by epoch."""
    series = {"training": logs[name], "validation": logs[f"val_{name}"]}
    title = f"{name.capitalize()} by epoch"
    return st.page.Lines(series, title, x_label="epoch", y_label=name, y_scale=scale)


if __name__ == "__main__":
    main()

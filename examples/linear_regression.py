"""Linear regression on the stock table: diverging on raw columns, and on columns scaled to 0..1.

The raw volume is a thousand times the prices; the library warns of it before the first step.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

import steepest as st


@dataclass
class Run:
    """The result of one training: losses, error in dollars, messages of the library."""

    losses: list[float]
    error: float
    messages: list[str]


def fitted(x: np.ndarray, y: np.ndarray, rate: float, epochs: int) -> tuple[st.Model, Run]:
    """Trains a linear model on all rows at once; returns it even if the training diverged."""
    st.random.set_seed(1)
    model = st.Sequential([st.layers.Dense(1, input_shape=(x.shape[1],))])
    model.compile(st.optimizers.SGD(rate), "mse")
    messages = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.fit(x, y, epochs=epochs, batch_size=len(x), verbose=0)
        except st.errors.NumericalError as error:
            messages.append(str(error))
    messages[:0] = [str(warning.message) for warning in caught]
    losses = model.history.history.get("loss", [])
    return model, Run(losses, float("nan"), messages)


def raw() -> Run:
    """Trains on unscaled prices and volume, where gradient descent diverges."""
    (x, y), _ = st.datasets.stocks.load_data()
    return fitted(x, y, 1e-5, 101)[1]


def scaled(epochs: int = 2000) -> Run:
    """Trains on columns scaled to between 0 and 1; the error is in dollars."""
    (x, y), _ = st.datasets.stocks.load_data()
    inputs, outputs = st.layers.MinMaxScaling().fit(x), st.layers.MinMaxScaling().fit(y)
    model, run = fitted(inputs.transform(x), outputs.transform(y), 0.1, epochs)
    predicted = outputs.inverse_transform(model.predict(inputs.transform(x), verbose=0))
    run.error = float(np.abs(predicted - y).mean())
    return run


def main() -> tuple[Run, Run]:
    """Runs both and prints their results with the messages of the library."""
    runs = raw(), scaled()
    for name, run in zip(("raw", "scaled"), runs, strict=True):
        last = f"loss {run.losses[-1]:.5f}" if run.losses else "no epoch was finished"
        print(f"{name}: {last}, mean error {run.error:.2f} dollars")
        for message in run.messages:
            print(f"  {message}")
    return runs


if __name__ == "__main__":
    main()

"""Linear regression on a table of stock prices, raw and scaled to between 0 and 1.

The raw volume is a thousand times the prices, so the loss grows until it is no number any more;
the library warns of the columns before the first step, and names the cause when it stops. Scaled,
the same descent ends about a dollar from the right prices, which are near 815.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import steepest as st


def train(x: np.ndarray, y: np.ndarray, rate: float, epochs: int) -> tuple[st.Model, list[str]]:
    """Trains a linear model on all rows at once; returns it even if the training diverged."""
    model = st.Sequential([st.layers.Dense(1, input_shape=(x.shape[1],))])
    model.compile(st.optimizers.SGD(rate), "mse")
    messages = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.fit(x, y, epochs=epochs, batch_size=len(x), verbose=0)
        except st.errors.NumericalError as error:
            messages.append(str(error))
    return model, [*(str(warning.message) for warning in caught), *messages]


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains on both forms of the table; the error is in dollars."""
    st.random.set_seed(seed)
    (x, y), _ = st.datasets.stocks.load_data()
    _, messages = train(x, y, rate=1e-5, epochs=101)

    inputs, outputs = st.layers.MinMaxScaling().fit(x), st.layers.MinMaxScaling().fit(y)
    scaled, target = inputs.transform(x), outputs.transform(y)
    model, others = train(scaled, target, rate=0.1, epochs=500 if quick else 2000)
    losses = model.history.history["loss"]
    prices = outputs.inverse_transform(model.predict(scaled, verbose=0))
    return {
        "raw: diverges": any("became NaN or infinite" in text for text in messages),
        "raw: reported as not scaled": any("not scaled" in text for text in messages),
        "scaled: nothing is reported": not others,
        "scaled: learns": losses[-1] < 0.1 * losses[0],
        "scaled: mean error in dollars": float(np.abs(prices - y).mean()),
    }, (model.history, y, prices)


def draw(trained: Any) -> st.plot.Picture:
    """The loss on scaled columns, and predicted prices beside the right ones."""
    from matplotlib.figure import Figure

    history, y, prices = trained
    loss, *residuals = Figure(figsize=(12.0, 3.6), layout="compressed").subplots(1, 3)
    st.plot.curves(history, "loss", log=True, ax=[loss])
    return st.plot.residuals(y, prices, ax=residuals)


if __name__ == "__main__":
    figures, trained = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(trained).save("linear_regression.png")

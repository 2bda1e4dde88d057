"""Raw against scaled inputs: 13 measurements of wine, of which one is a thousand times another.

On the raw columns the largest one decides every step, and the network hardly learns. The layer
`Normalization` subtracts each column's mean and divides by its deviation, of the training rows
alone, and the same network is right within a few epochs.
"""

from __future__ import annotations

import warnings
from typing import Any

import steepest as st


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains the same network on both forms of the columns."""
    (x, y), test = st.datasets.wine.load_data()
    figures, histories = {}, {}
    for name in ("raw", "scaled"):
        st.random.set_seed(seed)
        model = st.Sequential()
        if name == "scaled":
            scale = st.layers.Normalization()
            scale.adapt(x)
            model.add(scale)
        model.add(st.layers.Dense(16, "relu"))
        model.add(st.layers.Dense(3, "softmax"))
        model.compile(
            st.optimizers.SGD(0.01, momentum=0.9),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of columns that differ in scale
            histories[name] = model.fit(x, y, epochs=30, batch_size=16, verbose=0)
        figures[f"{name}: test accuracy"] = model.evaluate(*test, verbose=0)[1]
        figures[f"{name}: loss of the last epoch"] = histories[name].history["loss"][-1]
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy by epoch."""
    from matplotlib.figure import Figure

    loss, accuracy = Figure(figsize=(10.4, 3.6), layout="compressed").subplots(1, 2)
    st.plot.curves(histories, "loss", log=True, ax=[loss])
    return st.plot.curves(histories, "accuracy", ax=[accuracy])


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("scaling.png")

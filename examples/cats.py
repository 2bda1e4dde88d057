"""Cat or not, from 209 pictures of 12,288 numbers: logistic regression, then four layers.

Both fit nearly all training pictures; what differs is how many of the 50 test pictures they know,
of which one is 2 points. The losses jump up and down at first: the rates are near the largest ones
at which descent is stable.
"""

from __future__ import annotations

from typing import Any

import steepest as st

PIXELS = 64 * 64 * 3


def logistic() -> st.Sequential:
    """One unit with weights of 0 at first, trained by plain gradient descent."""
    unit = st.layers.Dense(1, "sigmoid", kernel_initializer="zeros", input_shape=(PIXELS,))
    model = st.Sequential([unit])
    model.compile(st.optimizers.SGD(0.005), "binary_crossentropy", metrics=["accuracy"])
    return model


def deep() -> st.Sequential:
    """Four layers of 20, 7, 5 and 1 units."""
    model = st.Sequential([
        st.layers.Dense(20, "relu", input_shape=(PIXELS,)),
        st.layers.Dense(7, "relu"),
        st.layers.Dense(5, "relu"),
        st.layers.Dense(1, "sigmoid"),
    ])
    model.compile(st.optimizers.SGD(0.0075), "binary_crossentropy", metrics=["accuracy"])
    return model


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains both on all pictures at once."""
    (x, y), test = (
        (pictures.reshape(-1, PIXELS) / 255.0, labels)
        for pictures, labels in st.datasets.cats.load_data()
    )
    figures, histories = {}, {}
    for name, build in (("logistic regression", logistic), ("four layers", deep)):
        st.random.set_seed(seed)
        model = build()
        epochs = 100 if quick else 2000
        histories[name] = model.fit(x, y, epochs=epochs, batch_size=len(x), verbose=0)
        figures[f"{name}: training accuracy"] = model.evaluate(x, y, verbose=0)[1]
        figures[f"{name}: test accuracy"] = model.evaluate(*test, verbose=0)[1]
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy on the training pictures, by step."""
    return st.plot.curves(histories)


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("cats.png")

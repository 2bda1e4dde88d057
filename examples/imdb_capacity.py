"""Film reviews with hidden layers of 4, 16 and 512 units.

The largest network fits the training reviews within a few epochs, and its validation loss rises
first and highest. The smallest one learns slowly and is damaged least; the best accuracies of all
three differ little, so the smallest that reaches it is the right one.
"""

from __future__ import annotations

from typing import Any

import steepest as st

WORDS = 10_000


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains one network of each capacity; the quick form leaves out the largest."""
    (x, y), (x_test, y_test) = st.datasets.imdb.load_data(num_words=WORDS)
    x, x_test = (st.data.vectorize_sequences(part, WORDS, sparse=True) for part in (x, x_test))
    figures, histories = {}, {}
    for units in (4, 16) if quick else (4, 16, 512):
        st.random.set_seed(seed)
        model = st.Sequential([
            st.layers.Dense(units, "relu", input_shape=(WORDS,)),
            st.layers.Dense(units, "relu"),
            st.layers.Dense(1, "sigmoid"),
        ])
        model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
        fit = {"epochs": 4 if quick else 20, "batch_size": 512, "validation_split": 0.4}
        history = model.fit(x, y, **fit, verbose=0)
        histories[f"{units} units"] = history
        figures[f"{units} units: test accuracy"] = model.evaluate(x_test, y_test, verbose=0)[1]
        figures[f"{units} units: lowest validation loss"] = min(history.history["val_loss"])
        figures[f"{units} units: last validation loss"] = history.history["val_loss"][-1]
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """The losses in training and in validation, side by side."""
    return st.plot.curves(histories, "loss", "accuracy")


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("imdb_capacity.png")

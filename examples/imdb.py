"""Film reviews: are they positive? 10,000 words, hidden layers of 16 and 16 units.

After about four epochs the validation loss rises while the training loss falls to almost nothing:
the network learns its 15,000 reviews by heart. Dropout delays this, and ending at the best epoch of
the validation rows avoids it.
"""

from __future__ import annotations

from typing import Any

import steepest as st

WORDS = 10_000


def build(dropout: float) -> st.Sequential:
    """The network 16-16-1, with dropout after both hidden layers if there is any."""
    model = st.Sequential()
    for _ in range(2):
        model.add(st.layers.Dense(16, "relu"))
        if dropout:
            model.add(st.layers.Dropout(dropout))
    model.add(st.layers.Dense(1, "sigmoid"))
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    return model


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains without dropout, with it, and with it to the best epoch."""
    (x, y), (x_test, y_test) = st.datasets.imdb.load_data(num_words=WORDS)
    x, x_test = (st.data.vectorize_sequences(part, WORDS, sparse=True) for part in (x, x_test))
    best = st.callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    figures, histories = {}, {}
    for name, dropout, callbacks in (
        ("20 epochs", 0.0, []),
        ("20 epochs with dropout", 0.5, []),
        ("dropout and the best epoch", 0.5, [best]),
    ):
        st.random.set_seed(seed)
        model = build(dropout)
        fit = {"epochs": 4 if quick else 20, "batch_size": 512, "validation_split": 0.4}
        histories[name] = model.fit(x, y, **fit, callbacks=callbacks, verbose=0)
        figures[f"{name}: test accuracy"] = model.evaluate(x_test, y_test, verbose=0)[1]
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy by epoch; the third training is the beginning of the second."""
    return st.plot.curves(dict(list(histories.items())[:2]))


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("imdb.png")

"""The recipe of bias and variance: look at two errors, then change what they ask for.

Two units a layer err on their own 60 training rows: high bias, so the network becomes larger first.
The large one errs on other rows only: high variance, so it gets 2,000 rows, and both errors are
small.
"""

from __future__ import annotations

from typing import Any

import steepest as st


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains the three networks on two spirals; the quick form is the full one."""
    (x, y), validation = st.datasets.spirals.load_data(samples=2500)
    figures: dict[str, float] = {}
    histories = {}
    for name, units, rows, expected in (
        ("a small network", 2, 60, ("high bias", "both")),
        ("a larger network", 64, 60, ("high variance",)),
        ("more rows", 64, 2000, ("neither",)),
    ):
        st.random.set_seed(seed)
        model = st.Sequential([
            st.layers.Dense(units, "relu"),
            st.layers.Dense(units, "relu"),
            st.layers.Dense(1, "sigmoid"),
        ])
        model.compile(st.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
        train = x[:rows], y[:rows]
        histories[name] = model.fit(
            *train, epochs=100, batch_size=20, validation_data=validation, verbose=0
        )
        errors = [1.0 - model.evaluate(*part, verbose=0)[1] for part in (train, validation)]
        figures[f"{name}: training error"], figures[f"{name}: validation error"] = errors
        reading = st.doctor.bias_variance(*errors).reading
        figures[f"{name}: read as {' or '.join(expected)}"] = reading in expected
    return figures, histories


def draw(histories: Any) -> st.plot.Picture:
    """Loss and accuracy by epoch."""
    return st.plot.curves(histories)


if __name__ == "__main__":
    figures, histories = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(histories).save("bias_variance.png")

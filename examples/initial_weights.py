"""Initial weights: equal, too small, too large, Glorot, He, through ten layers of 100 units.

With equal weights all units of a layer stay equal; with too small ones the signal and the gradient
vanish within a few layers, and with too large ones nearly all units are saturated. Glorot and He
weights, whose deviation follows from the number of inputs, keep both at their size.
"""

from __future__ import annotations

from typing import Any

import steepest as st


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Sends random rows forward and random gradients back; the quick form has 50 rows."""
    rows = 50 if quick else 500
    data = st.plot.initial_weights_data(rows=rows, seed=seed)
    figures = {}
    for name, signals in data.signals.items():
        figures[f"{name}: deviation of the activations of layer 10"] = float(signals.deviation[-1])
        figures[f"{name}: deviation of the gradients of layer 1"] = float(signals.gradient[0])
    figures["equal: difference between units"] = float(data.signals["equal"].between_units.max())

    narrow = {"[-0.1, 0.1]": st.initializers.RandomUniform(-0.1, 0.1, seed=seed)}
    wide = {"[-2, 2]": st.initializers.RandomUniform(-2.0, 2.0, seed=seed)}
    sigmoids = st.plot.initial_weights_data(
        narrow | wide, layers=1, rows=rows, activation="sigmoid", seed=seed
    )
    for name, signals in sigmoids.signals.items():
        figures[f"weights in {name}: share of saturated sigmoids"] = float(signals.saturated[0])
    return figures, {"rows": rows, "seed": seed}


def draw(options: Any) -> st.plot.Picture:
    """Signals, gradients and saturated units by layer."""
    return st.plot.initial_weights(**options)


if __name__ == "__main__":
    figures, options = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(options).save("initial_weights.png")

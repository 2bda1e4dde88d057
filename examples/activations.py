"""Activation functions and their derivatives.

The derivative of the sigmoid is at most 1/4, so each layer of sigmoids shrinks the gradient; that
of tanh reaches 1, but both vanish away from 0. The rectified units keep a derivative of 1 for
positive inputs, and the leaky and smooth forms keep some for negative ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st

NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """The largest derivative of each, and that at -6; nothing is random."""
    data = st.plot.activations_data(NAMES)
    sigmoid, tanh = data.values["sigmoid"], data.values["tanh"]
    figures: dict[str, float] = {
        "sigmoid: derivative is s (1 - s)": bool(
            np.allclose(data.derivatives["sigmoid"], sigmoid * (1.0 - sigmoid))
        ),
        "tanh: derivative is 1 - tanh^2": bool(
            np.allclose(data.derivatives["tanh"], 1.0 - tanh**2)
        ),
    }
    for name, derivative in data.derivatives.items():
        figures[f"{name}: largest derivative"] = float(derivative.max())
        figures[f"{name}: derivative at -6"] = float(derivative[0])
    return figures, NAMES


def draw(names: Any) -> st.plot.Picture:
    """The functions on the left, their derivatives on the right."""
    return st.plot.activations(names)


if __name__ == "__main__":
    figures, names = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(names).save("activations.png")

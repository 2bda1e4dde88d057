"""The exponentially weighted average V = b V + (1 - b) x, with and without its correction.

Starting at 0, the average is far too small until about 1 / (1 - b) values have passed; divided by
1 - b^t it is right from the first one. A larger b gives a smoother curve that follows later.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Averages a year of daily temperatures, made of a wave and noise."""
    days = np.arange(60 if quick else 365)
    noise = np.random.default_rng(seed).normal(0.0, 2.5, len(days))
    temperatures = 14.0 - 9.0 * np.cos(2.0 * np.pi * days / 365.0) + noise
    figures = {"first value": float(temperatures[0])}
    for beta in (0.9, 0.98):
        for name, corrected in (("corrected", True), ("not corrected", False)):
            average = st.optimizers.exponential_average(temperatures, beta, corrected)
            figures[f"b = {beta}, {name}: first average"] = float(average[0])
            figures[f"b = {beta}, {name}: day 30"] = float(average[29])
    return figures, temperatures


def draw(temperatures: Any) -> st.plot.Picture:
    """The values and their averages."""
    return st.plot.averages(temperatures, betas=(0.9, 0.98))


if __name__ == "__main__":
    figures, temperatures = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(temperatures).save("averages.png")

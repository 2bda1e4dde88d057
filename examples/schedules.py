"""Schedules of the learning rate as curves over 100 epochs of 4 steps.

Those of the courses fall quickly at first and slowly later, by epochs in stairs or by steps; the
cosine keeps the rate high for half of the time and ends at 0. One cycle rises first, so that the
highest rate meets weights that have left their start.
"""

from __future__ import annotations

from typing import Any

import steepest as st

EPOCHS, STEPS = 100, 4


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """The rate of each schedule in the middle and at the end; no training, so nothing is random."""
    total = EPOCHS * STEPS
    of = st.schedules
    schedules = {
        "constant": 0.1,
        "piecewise constant": of.PerEpoch(of.PiecewiseConstantDecay([5, 80], [0.1, 0.01, 0.001])),
        "exponential": of.ExponentialDecay(0.1, decay_steps=total / 10, decay_rate=0.7),
        "0.95 to the power n": of.PerEpoch(of.PowerDecay(0.1, 0.95)),
        "inverse time": of.PerEpoch(of.InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.1)),
        "k / sqrt(n)": of.PerEpoch(of.SquareRootDecay(0.1)),
        "polynomial": of.PolynomialDecay(0.1, total, power=2.0),
        "cosine": of.CosineDecay(0.1, total),
        "cosine with restarts": of.CosineDecayRestarts(0.1, total // 4, t_mul=1.0),
        "one cycle": of.OneCycle(0.1, total),
    }
    rates = st.plot.schedules_data(schedules, total, STEPS).rates
    figures = {}
    for name, values in rates.items():
        figures[f"{name}: rate at step {total // 2}"] = float(values[total // 2])
    return figures, schedules


def draw(schedules: Any) -> st.plot.Picture:
    """The curves."""
    from matplotlib.figure import Figure

    left, right = Figure(figsize=(12.0, 4.0), layout="compressed").subplots(1, 2, sharey=True)
    names = list(schedules)
    for axes, part in ((left, names[:5]), (right, names[5:])):
        shown = {name: schedules[name] for name in part}
        picture = st.plot.schedules(shown, EPOCHS * STEPS, STEPS, ax=axes)
    return picture


if __name__ == "__main__":
    figures, schedules = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(schedules).save("schedules.png")

"""Every optimizer on the standard surfaces, all from the same point.

Gradient descent crosses the valley of Rosenbrock's function to and fro and creeps along it; with
momentum it gains speed along the valley; Adam and RMSprop scale each coordinate by its own
gradients. None is best everywhere: the figures count on how many of nine surfaces each one reaches
a lowest point from a random start.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st

OPTIMIZERS = {
    "descent": lambda: st.optimizers.SGD(0.001),
    "momentum": lambda: st.optimizers.SGD(0.001, momentum=0.9),
    "Nesterov": lambda: st.optimizers.SGD(0.001, momentum=0.9, nesterov=True),
    "Adagrad": lambda: st.optimizers.Adagrad(0.5),
    "Adadelta": lambda: st.optimizers.Adadelta(1.0),
    "RMSprop": lambda: st.optimizers.RMSprop(0.01),
    "Adam": lambda: st.optimizers.Adam(0.05),
    "Nadam": lambda: st.optimizers.Nadam(0.05),
    "Lion": lambda: st.optimizers.Lion(0.01),
    "Rprop": lambda: st.optimizers.Rprop(0.01),
    "L-BFGS": lambda: st.optimizers.LBFGS(),
}
DRAWN = ("descent", "momentum", "RMSprop", "Adam", "L-BFGS")


def reached(path: Any, minima: Any) -> bool:
    """Whether a path ends within a tenth of one of the lowest points."""
    return any(bool(np.hypot(*(path.points[-1] - minimum)) < 0.1) for minimum in minima)


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Descends from a random point of each surface with a minimum; `quick` takes three of them."""
    surfaces = [surface for surface in st.plot.SURFACES.values() if surface.minima]
    random = np.random.default_rng(seed)
    counts = dict.fromkeys(OPTIMIZERS, 0)
    for surface in surfaces[:3] if quick else surfaces:
        start = float(random.uniform(*surface.x)), float(random.uniform(*surface.y))
        made = {name: make() for name, make in OPTIMIZERS.items()}
        data = st.plot.paths_data(surface, made, start, steps=1000)
        for name, path in data.paths.items():
            counts[name] += reached(path, surface.minima)
    return {f"{name}: minima reached, of 9": n for name, n in counts.items()}, DRAWN


def draw(names: Any) -> st.plot.Picture:
    """Some of the paths on Rosenbrock's function."""
    return st.plot.paths("rosenbrock", {name: OPTIMIZERS[name]() for name in names}, steps=400)


if __name__ == "__main__":
    figures, names = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(names).save("optimizers.png")

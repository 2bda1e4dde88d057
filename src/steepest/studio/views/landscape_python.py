"""The view `landscape` as Python: a snippet for each frame. Depends on the choices."""

from __future__ import annotations

from typing import Any

from steepest.studio.choices import python
from steepest.studio.fields import State
from steepest.studio.surface_choice import surface_lines, surface_of


def snippet(of: str, state: State) -> str:
    """Python that computes the arrays of a frame, under their names.

    >>> state = {"surface": "bowl", "x": None, "y": None, "points": 64}
    >>> print(snippet("map", state))
    import numpy as np
    import steepest as st
    <BLANKLINE>
    surface = st.plot.SURFACES["bowl"]
    values = np.float32(st.plot.surface_data(surface, points=64).values)
    <BLANKLINE>
    """
    lines = surface_lines(state["surface"], x=state.get("x"), y=state.get("y"))
    imports = ["import dataclasses", ""] if "dataclasses" in "".join(lines) else []
    head = [*imports, "import numpy as np", "import steepest as st", ""]
    return "\n".join([*head, *lines, *_OF[of](state), ""])


def _map(state: State) -> list[str]:
    return [f"values = np.float32(st.plot.surface_data(surface, points={state['points']}).values)"]


def _paths(state: State) -> list[str]:
    named = [
        f'    "{place + 1} {one["name"]}": {python("optimizer", one)},'
        for place, one in enumerate(state["optimizers"])
    ]
    start = state["start"] or surface_of(state["surface"]).start
    given: dict[str, Any] = {"start": start, "steps": state["steps"]}
    if state["noise"]:
        given |= {"noise": state["noise"], "seed": state["seed"]}
    arguments = ", ".join(f"{name}={value}" for name, value in given.items())
    return [
        "optimizers = {",
        *named,
        "}",
        f"data = st.plot.paths_data(surface, optimizers, {arguments})",
        "points = np.stack([path.points for path in data.paths.values()])",
        "values = np.stack([path.values for path in data.paths.values()])",
    ]


def _basins(state: State) -> list[str]:
    optimizer = python("optimizer", state["optimizer"])
    return [
        f"optimizer = {optimizer}",
        f"data = st.plot.basins_data(surface, optimizer, points={state['points']}, "
        f"steps={state['steps']})",
        "which, ends, heights = data.which, np.float32(data.ends), np.float32(data.heights)",
    ]


def _training(state: State) -> list[str]:
    return [
        "data = st.plot.training_path_data(path, trained, x, y, points=2)",
        "steps, points = data.steps, np.float32(data.points)",
        "residuals, distances = np.float32(data.residuals), np.float32(data.distances)",
    ]


_OF = {"map": _map, "paths": _paths, "basins": _basins, "training": _training}

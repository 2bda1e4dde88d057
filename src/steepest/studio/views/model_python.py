"""The view `model` as Python: a snippet for each frame, from the user's `model`, `x` and `y`."""

from __future__ import annotations

from steepest.studio.fields import State


def snippet(of: str, state: State) -> str:
    """Python that computes the arrays of a frame: as variables of their names, or in `arrays`.

    >>> print(snippet("mistakes", {"count": 5}))
    import numpy as np
    import steepest as st
    <BLANKLINE>
    data = st.plot.mistakes_data(model, x, y, count=5)
    rows, losses = data.rows, np.float32(data.losses)
    inputs = np.float32(data.inputs.reshape(len(rows), -1))
    <BLANKLINE>
    """
    lines = _OF[of](state)
    gap = [] if lines[0].startswith("from ") else [""]
    return "\n".join(["import numpy as np", "import steepest as st", *gap, *lines, ""])


def _boundary(state: State) -> list[str]:
    return [
        f"data = st.plot.boundary_data(model, x, y, columns={state['columns']}, "
        f"points={state['points']})",
        "outputs, classes = np.float32(data.outputs), data.classes",
        f"points = np.float32(data.points[:{state['rows']}])",
        f"labels = np.float32(data.labels[:{state['rows']}])",
    ]


def _describe(state: State) -> list[str]:
    return [
        "arrays = {}",
        "for place, layer in enumerate(model.layers):",
        '    for name in ("kernel", "bias"):',
        "        if getattr(layer, name, None) is not None:",
        '            arrays[f"{name}_{place}"] = np.float32(getattr(layer, name))',
    ]


def _first_layer(state: State) -> list[str]:
    return [
        f"data = st.plot.first_layer_data(model, {state['shape']}, units={state['units']})",
        "pictures = np.float32(data.pictures)",
    ]


def _loss(state: State) -> list[str]:
    options = ", ".join(f"{name}={value}" for name, value in state.items())
    return [f"losses = np.float32(st.plot.loss_plane_data(model, x, y, {options}).losses)"]


def _mistakes(state: State) -> list[str]:
    return [
        f"data = st.plot.mistakes_data(model, x, y, count={state['count']})",
        "rows, losses = data.rows, np.float32(data.losses)",
        "inputs = np.float32(data.inputs.reshape(len(rows), -1))",
    ]


def _row(state: State) -> list[str]:
    return [
        f"row = np.array({state['row']}, np.float32).reshape({(1, *state['shape'])})",
        "outputs = np.float32(model(row))",
        "arrays = {}",
        f"for place in {state['layers']}:",
        "    part = st.Model(model.inputs, model.layers[place].output)",
        '    arrays[f"layer_{place}"] = np.float32(part(row))',
    ]


def _outputs_of_layer(state: State) -> list[str]:
    return [
        f"layer = model.layers[{state['layer']}]",
        "part = st.Model(model.inputs, layer.output)",
        f"outputs = np.asarray(part(x[:{state['rows']}].astype(np.float32)))",
    ]


def _layer(state: State) -> list[str]:
    weights = [
        'found = histogram("weights", layer.kernel)',
        "weight_counts, weight_edges = found.counts, np.float32(found.edges)",
    ]
    return [
        "from steepest.plot.histograms import histogram",
        "",
        *_outputs_of_layer(state),
        'found = histogram("outputs", outputs)',
        "counts, edges = found.counts, np.float32(found.edges)",
        "by_unit = outputs.reshape(-1, outputs.shape[-1])",
        "means, active = by_unit.mean(axis=0), np.float32((by_unit != 0).mean(axis=0))",
        *(weights if state["weights"] else []),
    ]


def _unit(state: State) -> list[str]:
    return [
        *_outputs_of_layer(state),
        f"values = outputs[..., {state['unit']}].reshape(len(outputs), -1).max(axis=1)",
        f'rows = np.argsort(-values, kind="stable")[:{state["count"]}]',
        "values = values[rows]",
        "inputs = x[rows].astype(np.float32).reshape(len(rows), -1)",
    ]


def _warp(state: State) -> list[str]:
    rows = f"x[:{state['rows']}]" + (f", y[:{state['rows']}]" if state["targets"] else "")
    options = {name: state[name] for name in ("layer", "units", "columns", "lines")}
    given = ", ".join(f"{name}={value}" for name, value in options.items() if value is not None)
    return [
        f"data = st.plot.warp_data(model, {rows}, {given})",
        "points, lines, targets = np.float32(data.points), np.float32(data.lines), data.targets",
    ]


_OF = {
    "boundary": _boundary,
    "describe": _describe,
    "first_layer": _first_layer,
    "layer": _layer,
    "loss": _loss,
    "mistakes": _mistakes,
    "row": _row,
    "unit": _unit,
    "warp": _warp,
}

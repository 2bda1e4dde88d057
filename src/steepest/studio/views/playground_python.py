"""The playground as Python: a script that trains the same network and computes its pictures."""

from __future__ import annotations

import inspect
from typing import Any

from steepest.studio.choices import python
from steepest.studio.expression import Expression
from steepest.studio.fields import FieldError, State
from steepest.studio.views.playground_data import CLASSES, VALUES
from steepest.studio.views.playground_experiment import Experiment
from steepest.studio.views.playground_frames import MAP
from steepest.studio.views.playground_network import (
    layer_choices,
    loss_choice,
    takes_numbers_of_classes,
)
from steepest.studio.views.playground_points import EDGE, Points
from steepest.studio.views.playground_tables import MOST_ROWS


def script(experiment: Experiment) -> str:
    """The script: data, features, model, training so far, map and weights."""
    state, points = experiment.state, experiment.points
    parts = [
        "import numpy as np\nimport steepest as st",
        _data(state, points),
        _features(state),
        _model(state, points),
        _training(state, points, experiment),
        _pictures(points, len(state["layers"]) + 1),
    ]
    return "\n\n".join(parts) + "\n"


def _data(state: State, points: Points) -> str:
    data = state["data"]
    rows = len(points.x_train) + len(points.x_test)
    if "upload" in data and rows > MOST_ROWS:
        raise FieldError(
            "",
            f"the script holds tables of at most {MOST_ROWS:,} rows, and this one has {rows:,}; "
            "read the file in Python instead",
        )
    if any(name in data for name in ("rows", "table", "upload")):
        return "\n".join(
            f"{name} = np.array({getattr(points, name).tolist()}, np.{getattr(points, name).dtype})"
            + (".reshape(-1, 2)" if name.startswith("x") else "")
            for name in ("x_train", "y_train", "x_test", "y_test")
        )
    seed = data["seed"]
    lines = [f"rng = np.random.default_rng({seed})"]
    if "expression" in data:
        lines = [*_formula(data, lines[0])]
    else:
        draw: Any = {**CLASSES, **VALUES}[data["name"]]
        source = inspect.getsource(draw).replace(" -> Drawn", "").rstrip()
        call = f"{draw.__name__}(rng, {data['points']}, {data['noise']}, {data['classes']})"
        lines = ["", source, "", "", *lines, f"x, y = {call}"]
    count = len(points.x_train)
    return "\n".join([
        *lines,
        f"order = np.random.default_rng({seed + 1}).permutation(len(x))",
        f"x, y = x[order].astype(np.float32), y[order].astype(np.{points.y_train.dtype})",
        f"x_train, y_train, x_test, y_test = x[:{count}], y[:{count}], x[{count}:], y[{count}:]",
    ])


def _formula(data: State, rng: str) -> list[str]:
    return [
        f"formula = {Expression(data['expression']).python}",
        rng,
        f"x = rng.uniform(-{EDGE}, {EDGE}, ({data['points']}, 2))",
        f"seen = x + {EDGE} * {data['noise']} * rng.uniform(-1, 1, x.shape)",
        'values = formula(*(st.constant(column, "float64") for column in seen.T))',
        "y = np.broadcast_to(np.asarray(values), len(x))",
        *(["y = y > 0"] if data["task"] == "classes" else []),
    ]


def _features(state: State) -> str:
    functions = [f"    {Expression(feature).python}," for feature in state["features"]]
    return "\n".join([
        "FEATURES = [",
        *functions,
        "]",
        "",
        "",
        "def features(points):",
        '    x, y = (st.constant(np.ascontiguousarray(each), "float32") for each in points.T)',
        "    columns = [np.asarray(feature(x, y), np.float32) for feature in FEATURES]",
        "    return np.stack([np.broadcast_to(each, len(points)) for each in columns], axis=1)",
    ])


def _model(state: State, points: Points) -> str:
    layers = [f"    {python('layer', each)}," for each in layer_choices(state, points.classes)]
    optimizer = python("optimizer", state["optimizer"])
    loss = python("loss", loss_choice(state, points.classes))
    return "\n".join([
        "model = st.Sequential([",
        f"    st.Input(({len(state['features'])},)),",
        *layers,
        "])",
        f"model.compile({optimizer}, {loss})",
    ])


def _training(state: State, points: Points, experiment: Experiment) -> str:
    if takes_numbers_of_classes(state, points.classes):
        wanted = "y_train"
    elif points.classes > 2:
        wanted = f"np.eye({points.classes}, dtype=np.float32)[y_train]"
    else:
        wanted = "y_train.astype(np.float32)[:, np.newaxis]"
    note = (
        ["# Settings were changed meanwhile; this trains the present ones from the start."]
        if experiment.changed
        else []
    )
    return "\n".join([
        *note,
        "history = model.fit(",
        f"    features(x_train), {wanted}, epochs={experiment.epoch},",
        f"    batch_size={state['batch']}, seed={state['seed']}, verbose=0,",
        ")",
        'train = np.float32(history.history.get("loss", []))',
    ])


def _pictures(points: Points, layers: int) -> str:
    share = "outputs.max(axis=1)" if points.classes else "(outputs[:, 0] + 1) / 2"
    side = MAP
    lines = [
        f"side = np.linspace(-{EDGE}, {EDGE}, {side})",
        "grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2).astype(np.float32)",
        "outputs = model.predict(features(grid), verbose=0)",
        f"map = np.uint8(np.round(255 * np.clip({share}, 0, 1))).reshape({side}, {side})",
    ]
    if points.classes > 2:
        small = f"outputs.reshape({side}, {side}, -1)[::4, ::4].transpose(2, 0, 1)"
        lines += [
            f"classes = outputs.argmax(axis=1).astype(np.uint8).reshape({side}, {side})",
            f"class_maps = np.uint8(np.round(255 * np.clip({small}, 0, 1)))",
        ]
    lines += [
        'dense = [layer for layer in model.layers if hasattr(layer, "kernel")]',
        *(
            f"kernel_{n}, bias_{n} = dense[{n - 1}].kernel.numpy(), dense[{n - 1}].bias.numpy()"
            for n in range(1, layers + 1)
        ),
    ]
    return "\n".join(lines)

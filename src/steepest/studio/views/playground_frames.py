"""What the playground shows of an experiment: maps, units, curves and scores, as frames."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from steepest.studio.frame import Frame
from steepest.studio.views.playground_changes import differences
from steepest.studio.views.playground_experiment import Experiment
from steepest.studio.views.playground_network import (
    FEATURES,
    SETTINGS,
    accuracy,
    classes_in,
    dense_layers,
    features_of,
)
from steepest.studio.views.playground_points import EDGE

MAP, UNITS = 128, 30
MOST_SHOWN = 48  # units with a picture
MOST_DRAWN = 2000  # points for training, and as many for the test


def state_frame(experiment: Experiment, running: bool) -> Frame:
    """The state, and what a page can do now."""
    points, state = experiment.points, experiment.state
    ours = {name: state[name] for name in SETTINGS}
    data = {
        "state": state,
        "running": running,
        "epoch": experiment.epoch,
        "ended": experiment.ended,
        "can_undo": experiment.can_undo,
        "changed": experiment.changed,
        "differences": differences(state["other"], ours) if state["other"] else [],
        "classes": points.classes,
        "names": points.names,
        "columns": points.columns,
        "spans": points.spans,
        "table": points.table,
        "steps_per_epoch": experiment.steps_per_epoch,
        "shapes": [layer.kernel.shape for layer in dense_layers(experiment.model)],
        "parameters": experiment.model.count_params(),
    }
    return Frame("state", data)


def points_frame(experiment: Experiment) -> Frame:
    """Points for training and for the test, not all of very many, and maps of the features."""
    points, own = experiment.points, experiment.state["features"]
    parts = {"train": (points.x_train, points.y_train), "test": (points.x_test, points.y_test)}
    arrays = {}
    for name, (x, y) in parts.items():
        arrays[f"x_{name}"] = x[:MOST_DRAWN]
        arrays[f"y_{name}"] = y[:MOST_DRAWN].astype(np.float32)
    features = tuple(dict.fromkeys([*FEATURES, *own]))
    arrays["features"] = _maps(_grid_features(UNITS, features).T, UNITS)[0]
    data = {
        "classes": points.classes,
        "names": points.names,
        "rows": len(points.y_train) + len(points.y_test),
        "words": points.words,
        "features": features,
    }
    return Frame("points", data, arrays)


def progress_frame(experiment: Experiment, speed: float | None) -> Frame:
    """Curves and scores so far, and those of the other experiment; where settings were changed."""
    data, arrays = _progress(experiment)
    data["steps_per_second"] = speed
    data["marks"] = [{"place": mark.at, "text": mark.text} for mark in experiment.marks]
    if experiment.other is not None:
        data["other"], others = _progress(experiment.other)
        arrays |= {f"other_{name}": array for name, array in others.items()}
    return Frame("progress", data, arrays)


def _progress(experiment: Experiment) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    points = experiment.points
    train_outputs, _ = experiment.scores(0)
    test_outputs, test = experiment.scores(1)
    epochs, train = experiment.losses.arrays()
    test_epochs, tests = experiment.tests.arrays()
    data = {
        "epoch": experiment.epoch,
        "step": experiment.step,
        "steps_per_epoch": experiment.steps_per_epoch,
        "train_loss": experiment.losses.last,
        "test_loss": test if len(points.y_test) else None,
        "ended": experiment.ended,
        "scores": {
            "train": scores(train_outputs, points.y_train, points.classes),
            "test": scores(test_outputs, points.y_test, points.classes),
        },
    }
    return data, {"epochs": epochs, "train": train, "test_epochs": test_epochs, "test": tests}


def scores(outputs: np.ndarray, y: np.ndarray, classes: int) -> dict[str, Any]:
    """Accuracy and the table of classes (rows: the true ones), or R2.

    >>> scores(np.float32([[0.9], [0.2]]), np.int32([1, 1]), 2)["confusion"].tolist()
    [[0, 0], [1, 1]]
    """
    if not len(y):
        return {}
    if classes:
        pairs = np.ravel_multi_index((y, classes_in(outputs)), (classes, classes))
        table = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
        return {"accuracy": accuracy(outputs, y), "confusion": table}
    residual = ((y - outputs[:, 0]).astype(np.float64) ** 2).sum()
    total = ((y - y.mean()).astype(np.float64) ** 2).sum()
    return {"r2": 1.0 - residual / total if total > 0 else None}


@functools.lru_cache(maxsize=8)
def grid(points: int) -> np.ndarray:
    """The points of a square grid over the plane, y ascending.

    >>> grid(2).tolist()
    [[-6.0, -6.0], [6.0, -6.0], [-6.0, 6.0], [6.0, 6.0]]
    """
    side = np.linspace(-EDGE, EDGE, points)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2).astype(np.float32)


@functools.lru_cache(maxsize=8)
def _grid_features(points: int, features: tuple[str, ...]) -> np.ndarray:
    return features_of({"features": features}, grid(points))


def map_frame(experiment: Experiment, points: int = MAP) -> Frame:
    """The output over the plane: shades from 0 to 255, and the class where there are several.

    `class_maps` are small maps of the outputs; `other_map` is that of the other experiment.
    """
    classes = experiment.points.classes
    arrays = _map_arrays(experiment, points)
    if experiment.other is not None:
        others = _map_arrays(experiment.other, points)
        arrays |= {f"other_{name}": array for name, array in others.items()}
    low, high = (0.0, 1.0) if classes else (-1.0, 1.0)
    return Frame("map", {"classes": classes, "edge": EDGE, "low": low, "high": high}, arrays)


def _map_arrays(experiment: Experiment, points: int) -> dict[str, np.ndarray]:
    outputs = experiment.outputs(_grid_features(points, tuple(experiment.state["features"])))
    classes = experiment.points.classes
    arrays = {"map": shades(outputs, classes).reshape(points, points)}
    if classes > 2:
        arrays["classes"] = classes_in(outputs).astype(np.uint8).reshape(points, points)
        small = outputs.reshape(points, points, classes)[::4, ::4].transpose(2, 0, 1)
        arrays["class_maps"] = np.round(255 * np.clip(np.nan_to_num(small), 0, 1)).astype(np.uint8)
    return arrays


def shades(outputs: np.ndarray, classes: int) -> np.ndarray:
    """Outputs as numbers from 0 to 255: probabilities, or values from -1 to 1.

    >>> shades(np.float32([[0.0], [0.5], [1.0]]), 2), shades(np.float32([[-3.0], [0.0]]), 0)
    (array([  0, 128, 255], dtype=uint8), array([  0, 128], dtype=uint8))
    """
    with np.errstate(invalid="ignore"):
        share = outputs.max(axis=1) if classes else (outputs[:, 0] + 1) / 2
        share = np.clip(np.nan_to_num(share), 0, 1)
        return np.round(255 * share).astype(np.uint8)


def units_frame(experiment: Experiment, points: int = UNITS) -> Frame:
    """The output of each unit over the plane, from -scale to scale as 0 to 255, and the weights."""
    rows = _grid_features(points, tuple(experiment.state["features"]))
    hidden = experiment.outputs(rows, hidden=True) if experiment.state["layers"] else []
    flat = np.concatenate(hidden, axis=1).T[:MOST_SHOWN] if hidden else np.empty((0, len(rows)))
    pictures, scales = _maps(flat, points)
    arrays = {"units": pictures, "scales": scales}
    for place, layer in enumerate(dense_layers(experiment.model), 1):
        arrays[f"kernel_{place}"] = layer.kernel.numpy().copy()
        arrays[f"bias_{place}"] = layer.bias.numpy().copy()
    return Frame("units", {"features": experiment.state["features"]}, arrays)


def _maps(values: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of values over a grid as maps from -scale to scale, and their scales."""
    values = np.nan_to_num(values)
    scales = np.abs(values).max(axis=1, initial=1e-12)
    with np.errstate(invalid="ignore"):
        maps = np.round(127.5 * (values / scales[:, None] + 1)).astype(np.uint8)
    return maps.reshape(-1, points, points), scales.astype(np.float32)


def finding_frame(experiment: Experiment) -> Frame:
    """What the training found, where, and the rate to try if it is too high.

    A finding about the other experiment has no remedy of its own here.
    """
    one = next((each for each in experiment.runs if each.finding is not None), experiment)
    finding = one.finding
    if finding is None:
        return Frame("finding", {"message": "", "can_return": False})
    is_ours = one is experiment
    data = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": ("" if is_ours else "The compared network: ") + _in_words(one),
        "remedy": finding.remedy if is_ours else "",
        "epoch": one.epoch,
        "suggested_rate": finding.evidence.get("suggested") if is_ours else None,
        "can_return": is_ours and experiment.finite is not None,
    }
    return Frame("finding", data)


def _in_words(experiment: Experiment) -> str:
    """The sentence of a finding, with the layers as the page calls them."""
    finding = experiment.finding
    assert finding is not None
    sentence = finding.sentence or str(finding)
    layers = dense_layers(experiment.model)
    for place, layer in enumerate(layers, 1):
        plain = "the output" if place == len(layers) else f"layer {place}"
        sentence = sentence.replace(f"layer {layer.name!r}", plain)
    phase = finding.evidence.get("phase")
    return sentence if phase is None else sentence.replace(", first in ", f", first in {phase}, ")

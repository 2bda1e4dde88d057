"""What the playground shows of an experiment: maps, units, curves and scores, as frames."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from steepest.studio.frame import Frame
from steepest.studio.views.playground_data import EDGE
from steepest.studio.views.playground_experiment import Experiment, accuracy, classes_in
from steepest.studio.views.playground_network import dense_layers, features_of

MAP, UNITS = 128, 30
MOST_SHOWN = 48  # units with a picture


def state_frame(experiment: Experiment, running: bool, pinned: bool) -> Frame:
    """The state, and what a page can do now."""
    points = experiment.points
    data = {
        "state": experiment.state,
        "running": running,
        "epoch": experiment.epoch,
        "ended": experiment.ended,
        "can_undo": experiment.can_undo,
        "pinned": pinned,
        "changed": experiment.changed,
        "classes": points.classes,
        "names": points.names,
        "columns": points.columns,
        "spans": points.spans,
        "steps_per_epoch": experiment.steps_per_epoch,
        "shapes": [layer.kernel.shape for layer in dense_layers(experiment.model)],
        "parameters": experiment.model.count_params(),
    }
    return Frame("state", data)


def points_frame(experiment: Experiment) -> Frame:
    """The points for training and for the test."""
    points = experiment.points
    arrays = {
        "x_train": points.x_train,
        "y_train": points.y_train.astype(np.float32),
        "x_test": points.x_test,
        "y_test": points.y_test.astype(np.float32),
    }
    return Frame("points", {"classes": points.classes, "names": points.names}, arrays)


def progress_frame(experiment: Experiment, speed: float | None, pinned: Any) -> Frame:
    """Curves and scores so far; `pinned` is the curve of the run to compare with."""
    points = experiment.points
    train_outputs, _ = experiment.scores(0)
    test_outputs, test = experiment.scores(1)
    epochs, train = experiment.losses.arrays()
    test_epochs, tests = experiment.tests.arrays()
    data: dict[str, Any] = {
        "epoch": experiment.epoch,
        "step": experiment.step,
        "steps_per_epoch": experiment.steps_per_epoch,
        "train_loss": experiment.losses.last,
        "test_loss": test if len(points.y_test) else None,
        "steps_per_second": speed,
        "ended": experiment.ended,
        "scores": {
            "train": scores(train_outputs, points.y_train, points.classes),
            "test": scores(test_outputs, points.y_test, points.classes),
        },
    }
    arrays = {"epochs": epochs, "train": train, "test_epochs": test_epochs, "test": tests}
    if pinned is not None:
        data["pinned"] = pinned["data"]
        arrays |= {"pinned_epochs": pinned["epochs"], "pinned_train": pinned["train"]}
    return Frame("progress", data, arrays)


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
    """The output over the plane: shades from 0 to 255, and the class where there are several."""
    rows = _grid_features(points, tuple(experiment.state["features"]))
    outputs, classes = experiment.outputs(rows), experiment.points.classes
    arrays = {"map": shades(outputs, classes).reshape(points, points)}
    if classes > 2:
        arrays["classes"] = classes_in(outputs).astype(np.uint8).reshape(points, points)
    low, high = (0.0, 1.0) if classes else (-1.0, 1.0)
    data = {"classes": classes, "edge": EDGE, "low": low, "high": high}
    return Frame("map", data, arrays)


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
    scale = np.abs(np.nan_to_num(flat)).max(axis=1, initial=1e-12)
    with np.errstate(invalid="ignore"):
        level = np.nan_to_num(flat) / scale[:, None]
        pictures = np.round(127.5 * (level + 1)).astype(np.uint8)
    arrays = {
        "units": pictures.reshape(-1, points, points),
        "scales": scale.astype(np.float32),
    }
    for place, layer in enumerate(dense_layers(experiment.model), 1):
        arrays[f"kernel_{place}"] = layer.kernel.numpy().copy()
        arrays[f"bias_{place}"] = layer.bias.numpy().copy()
    return Frame("units", {"features": experiment.state["features"]}, arrays)


def finding_frame(experiment: Experiment) -> Frame:
    """What the training found, and the rate to try if it is too high."""
    finding = experiment.finding
    if finding is None:
        return Frame("finding", {"message": "", "can_return": False})
    data = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.sentence or str(finding),
        "remedy": finding.remedy,
        "epoch": experiment.epoch,
        "suggested_rate": finding.evidence.get("suggested"),
        "can_return": experiment.finite is not None,
    }
    return Frame("finding", data)

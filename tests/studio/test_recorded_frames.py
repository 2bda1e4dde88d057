"""What the views answer to some states, and to none at all, as it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.studio.frame import Frame
from steepest.studio.session import Session
from steepest.studio.view import Opened
from tests.recorded import compare, number_text, numbers_text, sections_of

pytestmark = pytest.mark.usefixtures("names_from_one")

RECORD = Path(__file__).with_name("recorded_frames.txt")
X = np.round(np.stack([np.cos(np.arange(40) * 0.7), np.sin(np.arange(40) * 1.3)], 1), 3)
Y = (X[:, 0] > 0.2).astype(np.int32)
BOWL = {"surface": "bowl"}
PATHS = {**BOWL, "optimizers": ["SGD"]}
SGD = {"name": "SGD", "options": {"learning_rate": 0.005}}
BASINS = {"surface": "himmelblau", "optimizer": SGD, "points": 16, "steps": 150}
NETWORK = {"rows": 60, "widths": [8, 6], "bins": 7, "points": 8}
HE = {"name": "HeNormal", "options": {"seed": 3}}
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a map": ("landscape", "map", BOWL),
    "a part of a map": ("landscape", "map", {"surface": "beale", "x": [0, 2], "points": 9}),
    "paths": ("landscape", "paths", PATHS),
    "noisy paths": (
        "landscape", "paths",
        {"surface": "ravine", "optimizers": ["SGD", "Adam"], "steps": 12, "noise": 0.5, "seed": 2},
    ),
    "basins": ("landscape", "basins", BASINS),
    "a part of basins": (
        "landscape", "basins", {**BASINS, "parts": 4, "part": 2}
    ),
    "the map in Python": ("landscape", "python", {"of": "map", "with": BOWL}),
    "paths in Python": ("landscape", "python", {"of": "paths", "with": {**PATHS, "noise": 0.5}}),
    "basins in Python": ("landscape", "python", {"of": "basins", "with": BASINS}),
    "signals": ("initial_weights", "layers", NETWORK),
    "signals after training": ("initial_weights", "layers", {**NETWORK, "steps": 5}),
    "signals of digits": (
        "initial_weights", "layers",
        {**NETWORK, "data": "digits", "initializer": HE, "activation": "relu"},
    ),
    "signals in Python": ("initial_weights", "python", {"with": NETWORK}),
    "a row": ("microscope", "row", {}),
    "a row in Python": ("microscope", "python", {"with": {}}),
    "a model": ("model", "describe", {}),
    "a row of a model": ("model", "row", {"row": [0.5, -0.5]}),
    "a layer": ("model", "layer", {"layer": 0}),
    "a unit": ("model", "unit", {"layer": 0, "unit": 2, "count": 4}),
    "the boundary": ("model", "boundary", {"points": 12}),
    "the loss": ("model", "loss", {"points": 7}),
    "mistakes": ("model", "mistakes", {}),
    "the boundary in Python": ("model", "python", {"of": "boundary", "with": {"points": 12}}),
}  # fmt: skip


def weights(shape: Any, dtype: Any = None) -> np.ndarray:
    size = int(np.prod(shape))
    return np.sin(np.arange(size) * 1.7 + size).reshape(shape).astype(np.float32)


def opened() -> Opened:
    model = st.Sequential(
        [
            st.layers.Dense(5, "relu", kernel_initializer=weights, input_shape=(2,), name="hidden"),
            st.layers.Dense(2, "softmax", kernel_initializer=weights, name="out"),
        ],
        name="opened",
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Opened(model, X.astype(np.float32), Y)


def text_of(frame: Frame) -> str:
    lines = [f"kind {frame.kind}", *_lines("data", frame.data)]
    for name, array in frame.arrays.items():
        lines.append(f"{name}: {array.dtype} {array.shape} {numbers_text(array)}")
    return "\n".join(lines)


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _lines(f"{name}.{key}", part)
    elif isinstance(value, (list, tuple)) and any(isinstance(part, (dict, list)) for part in value):
        for place, part in enumerate(value):
            yield from _lines(f"{name}.{place}", part)
    elif isinstance(value, (list, tuple)):
        yield f"{name}: [{', '.join(map(_text, value))}]"
    else:
        yield f"{name}: {_text(value)}"


def _text(value: Any) -> str:
    return number_text(value) if isinstance(value, (float, np.floating)) else str(value)


@pytest.mark.parametrize("name", REQUESTS)
def test_answers_are_as_recorded(name: str) -> None:
    view, do, state = REQUESTS[name]
    session = Session(opened() if view == "model" else Opened())
    frame = session.request({"view": view, "do": do, "with": state})
    assert frame.kind != "error", frame.data
    compare(RECORD, name, text_of(frame))


def test_nothing_is_recorded_of_requests_that_are_gone() -> None:
    assert sections_of(RECORD).keys() == set(REQUESTS)


@pytest.mark.parametrize("name", REQUESTS)
def test_answers_are_the_same_bytes_for_any_number_of_threads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, do, state = REQUESTS[name]
    found = []
    for threads in (1, 3):
        monkeypatch.setattr(st.config, "threads", threads)
        session = Session(opened() if view == "model" else Opened())
        found.append(session.request({"view": view, "do": do, "with": state}).to_bytes())
    assert found[0] == found[1]

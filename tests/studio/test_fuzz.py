"""Any state for any handler of any view: a frame, or an error that is no bug."""

from __future__ import annotations

import importlib

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

import steepest as st
from steepest.studio.session import Session
from steepest.studio.view import Opened
from steepest.studio.views import VIEWS

SLOW = {("playground", "run"), ("training", "train"), ("training", "apply")}
"""What begins a training, whose states are other tests'."""


def handlers():
    for name, place in VIEWS.items():
        module, _, kind = place.partition(":")
        for do in getattr(importlib.import_module(module), kind).handlers:
            if (name, do) not in SLOW:
                yield name, do


leaves = (
    strategies.none() | strategies.booleans() | strategies.integers(-3, 9)
    | strategies.floats() | strategies.text(max_size=6)
    | strategies.sampled_from(["bowl", "x/0", "SGD", "Adam", "tanh", "normal", "moons", "loss"])
)  # fmt: skip
values = strategies.recursive(
    leaves,
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["name", "options", "x", "y"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    model = st.Sequential([st.layers.Dense(3, "tanh", input_shape=(2,), name="hidden"),
                           st.layers.Dense(1, "sigmoid", name="out")])  # fmt: skip
    model.compile("sgd", "binary_crossentropy")
    x = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    folder = str(tmp_path_factory.mktemp("runs"))
    session = Session(Opened(model, x, (x[:, 0] > 0).astype(np.float32), folder=folder))
    yield session
    session.close()


@pytest.mark.parametrize(("view", "do"), list(handlers()))
@hypothesis.settings(
    max_examples=25, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(data=strategies.data())
def test_any_state_is_answered_or_refused(session, view, do, data):
    kind = importlib.import_module(VIEWS[view].partition(":")[0])
    fields, _ = getattr(kind, VIEWS[view].partition(":")[2]).handlers[do]
    chosen = data.draw(strategies.lists(strategies.sampled_from([*fields, "other"]), max_size=3))
    given = {name: data.draw(values) for name in chosen}
    frame = session.request({"view": view, "do": do, "with": given})
    frame.to_bytes()
    if frame.kind == "error":
        assert "bug of steepest" not in frame.data["message"], given

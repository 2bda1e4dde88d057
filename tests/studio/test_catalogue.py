"""The catalogue: everything in the registries is in it, or left out with a reason."""

from __future__ import annotations

import json

import pytest

import steepest as st
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.studio import catalogue
from steepest.studio.catalogue import KINDS, LEFT_OUT, entries

EVERY = [(kind, name) for kind in KINDS for name in entries(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_registered_is_in_the_catalogue_or_left_out_with_a_reason(kind):
    registry, _ = KINDS[kind]
    things = {registry.find(name).__name__: registry.find(name) for name in registry.names()}
    functions = {name for name, thing in things.items() if not isinstance(thing, type)}
    functions = functions if kind != "activation" else set()
    models = {
        name
        for name, each in things.items()
        if isinstance(each, type) and issubclass(each, st.Model)
    }
    assert not models & set(entries(kind))
    missing = set(things) - models - set(entries(kind)) - set(LEFT_OUT.get(kind, {})) - functions
    assert not missing
    assert set(LEFT_OUT.get(kind, {})) <= set(things)


@pytest.mark.parametrize("kind", ["optimizer", "schedule", "initializer", "regularizer"])
def test_no_option_is_forgotten(kind):
    known = catalogue._OPTIONS_LEFT_OUT
    for name, entry in entries(kind).items():
        parameters = set(catalogue.constructor_parameters(entry.made_by))
        assert parameters - known == set(entry.options), name


def test_a_new_optimizer_appears_by_itself(monkeypatch):
    class Slower(Optimizer):
        def __init__(self, learning_rate: float = 0.5, patience: int = 3) -> None:
            super().__init__(learning_rate)
            self.patience = patience

    monkeypatch.setattr(OPTIMIZERS, "_found", dict(OPTIMIZERS._found))
    monkeypatch.setattr(OPTIMIZERS, "_names", dict(OPTIMIZERS._names))
    OPTIMIZERS.register(Slower)
    entries.cache_clear()
    try:
        assert entries("optimizer")["Slower"].options["patience"].kind == "whole"
    finally:
        monkeypatch.undo()
        entries.cache_clear()


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_ranges_hold_the_defaults_and_are_taken(kind, name):
    for option in entries(kind)[name].options.values():
        if option.kind not in ("number", "whole"):
            continue
        assert option.low < option.high, option
        assert option.low > 0 or not option.logarithmic, option
        if option.default is not None and not isinstance(option.default, bool):
            assert option.low <= option.default <= option.high or option.default == 0, option


def test_the_catalogue_is_json():
    text = json.dumps(catalogue.as_json(), allow_nan=False)
    assert '"Adam"' in text and '"relu"' in text and '"BatchNormalization"' in text
    adam = next(e for e in catalogue.as_json()["optimizer"] if e["name"] == "Adam")
    assert adam["summary"] == "Adam (Kingma and Ba, 2015), with bias correction of both averages."


def test_a_page_begins_with_the_catalogue_and_the_surfaces():
    from steepest.plot.surfaces import SURFACES
    from steepest.studio.session import Session

    data = Session().request({"view": "session", "do": "hello"}).data
    assert data["catalogue"] == catalogue.as_json() and data["surfaces"] == list(SURFACES)

"""Choices: each can be made, its Python makes the same, errors name the field."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.configurable import Configurable
from steepest.studio.catalogue import KINDS, entries
from steepest.studio.choices import chosen, made, python
from steepest.studio.fields import FieldError

EVERY = [(kind, name) for kind in KINDS for name in entries(kind)]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_each_entry_can_be_made_and_its_python_makes_the_same(kind, name):
    state = chosen(kind).read({"name": name}, "state")
    thing = made(kind, state)
    written = eval(python(kind, state), {"st": st})
    if isinstance(thing, Configurable) or kind == "optimizer":
        assert written.get_config() == thing.get_config() or kind in ("metric", "layer")
    else:
        assert written == thing


@pytest.mark.parametrize("name", entries("optimizer"))
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_the_ranges_of_optimizers_are_taken(name, end):
    for option in entries("optimizer")[name].options.values():
        if option.kind == "number" and option.scheduled:
            chosen("optimizer").read(
                {"name": name, "options": {option.name: getattr(option, end)}}, "o"
            )


def test_choices_are_nested():
    given = {
        "name": "adam",
        "options": {
            "learning_rate": {"name": "CosineDecay", "options": {"decay_steps": 50}},
            "weight_decay": 0.01,
        },
    }
    state = chosen("optimizer").read(given, "optimizer")
    adam = made("optimizer", state)
    assert isinstance(adam.schedule, st.schedules.CosineDecay) and adam.weight_decay == 0.01
    assert python("optimizer", state) == (
        "st.optimizers.Adam(learning_rate=st.schedules.CosineDecay(initial_learning_rate=0.1, "
        "decay_steps=50.0), weight_decay=0.01)"
    )
    dense = chosen("layer").read(
        {"name": "Dense", "options": {"units": 3, "kernel_regularizer": {"name": "L2"}}}, "layer"
    )
    assert isinstance(made("layer", dense).kernel_regularizer, st.regularizers.L2)


@pytest.mark.parametrize(
    ("kind", "given", "field", "message"),
    [
        ("optimizer", "RMSprp", "o.name", "did you mean 'RMSprop'"),
        ("optimizer", 3, "o", "object was expected, got 3"),
        ("optimizer", {"name": 3}, "o.name", "unknown value 3"),
        ("optimizer", {"name": "Adam", "options": 3}, "o.options", "an object was expected"),
        ("optimizer", {"name": "Adam", "options": {"beta1": 1}}, "o.options.beta1", "'beta_1'"),
        (
            "optimizer",
            {"name": "Adam", "options": {"beta_1": "much"}},
            "o.options.beta_1",
            "a number was expected, got 'much'",
        ),
        (
            "optimizer",
            {"name": "Adam", "options": {"beta_1": 1.5}},
            "o.options.beta_1",
            "must lie in",
        ),
        ("optimizer", {"name": "MultiOptimizer"}, "o.name", "unknown value"),
        (
            "optimizer",
            {"name": "SGD", "options": {"learning_rate": {"name": "Cosine"}}},
            "o.options.learning_rate.name",
            "did you mean 'CosineDecay'",
        ),
    ],
)
def test_errors_name_the_field(kind, given, field, message):
    with pytest.raises(FieldError) as caught:
        chosen(kind).read(given, "o")
    assert message in str(caught.value)
    assert caught.value.field == field


def test_initializers_and_activations_compute():
    kernel = made("initializer", chosen("initializer").read("he_normal", "i"))((50, 20))
    assert np.std(kernel.numpy()) == pytest.approx(0.2, rel=0.2)
    assert made("activation", chosen("activation").read("relu", "a")) == "relu"

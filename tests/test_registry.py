"""Names, configurations and custom objects."""

from __future__ import annotations

import pytest

import steepest as st
from steepest import registry, user_objects
from steepest.configurable import Configurable
from steepest.errors import ArgumentError, UnknownNameError
from steepest.registry import Registry
from steepest.user_objects import custom_objects, register_serializable


@pytest.fixture
def shapes() -> Registry:
    """A registry of this test only."""
    before = list(registry._registries)
    made = Registry("shape")
    yield made
    registry._registries[:] = before


class RoundDisc(Configurable):
    def __init__(self, radius: float = 1.0, inner: object = None) -> None:
        self.radius, self.inner = radius, inner


def test_spelling_does_not_matter(shapes: Registry):
    shapes.register("ball")(RoundDisc)
    for name in ("RoundDisc", "round_disc", "ROUND_DISC", "rounddisc", "Ball"):
        assert shapes.find(name) is RoundDisc
    assert isinstance(shapes.get("round_disc"), RoundDisc)
    assert isinstance(shapes.get(RoundDisc), RoundDisc)
    assert shapes.get(None) is None


def test_a_name_is_registered_once(shapes: Registry):
    shapes.register(RoundDisc)
    shapes.register(RoundDisc)
    with pytest.raises(ArgumentError, match="taken"):
        shapes.register("round_disc")(dict)


def test_configurations_nest(shapes: Registry):
    shapes.register(RoundDisc)
    config = registry.to_config(RoundDisc(2.0, RoundDisc(1.0)))
    assert config == {
        "class_name": "RoundDisc",
        "config": {"radius": 2.0, "inner": {"class_name": "RoundDisc", "config": {
            "radius": 1.0, "inner": None}}},
    }  # fmt: skip
    assert shapes.get(config).radius == 2.0
    assert registry.from_config(config, "shape").radius == 2.0


def test_what_is_not_registered_is_not_found(shapes: Registry):
    config = {"class_name": "RoundDisc", "config": {}}
    with pytest.raises(UnknownNameError, match="RoundDisc"):
        shapes.get(config)
    with pytest.raises(UnknownNameError, match=r"os\.system"):
        shapes.get({"class_name": "os.system", "config": {"command": "true"}})
    with custom_objects({"RoundDisc": RoundDisc}):
        assert shapes.get(config).radius == 1.0
    with pytest.raises(UnknownNameError):
        shapes.get(config)


def test_a_malformed_configuration_is_refused(shapes: Registry):
    with pytest.raises(ArgumentError, match="class_name and config"):
        shapes.get({"class": "RoundDisc"})


def test_a_function_saved_under_a_taken_name_is_refused(shapes: Registry):
    def ellipse(x: float) -> float:
        return x

    assert registry.name_of(ellipse) == "ellipse"
    shapes.register("ellipse")(RoundDisc)
    with pytest.raises(ArgumentError, match=r"cannot be saved as 'ellipse'"):
        registry.name_of(ellipse)
    with pytest.raises(ArgumentError, match="register_serializable"):
        registry.to_config(lambda x: x)


def test_user_defined_names(monkeypatch: pytest.MonkeyPatch, shapes: Registry):
    monkeypatch.setattr(user_objects, "_registered", {})

    @register_serializable(name="ellipse of mine")
    def ellipse(x: float) -> float:
        return x

    assert registry.to_config([ellipse]) == ["ellipse of mine"]
    assert shapes.get("ellipse of mine") is ellipse


def test_a_class_of_a_user_may_have_a_name_of_steepest():
    class Huber(st.losses.Loss):
        def call(self, y_true: st.Tensor, y_pred: st.Tensor) -> st.Tensor:
            return st.reduce_mean(y_true - y_pred, -1)

    config = registry.to_config(Huber())
    assert config["class_name"] == "Custom>Huber"
    with custom_objects({"Huber": Huber}):
        assert type(registry.from_config(config)) is Huber
    with pytest.raises(UnknownNameError, match="Custom>Huber"):
        registry.from_config(config)
    assert registry.to_config(st.losses.Huber())["class_name"] == "Huber"


def test_what_is_neither_a_name_nor_an_object(shapes: Registry):
    shapes.register("disc")(RoundDisc)
    with pytest.raises(
        ArgumentError, match="shape: expected a name, a function or an object, got 3"
    ):
        shapes.get(3)
    assert shapes.get(None) is None and shapes.get(abs) is abs
    assert isinstance(shapes.get(RoundDisc), RoundDisc)
    assert isinstance(shapes.get("disc"), RoundDisc)


def test_a_name_of_a_class_that_needs_arguments_is_not_enough(shapes: Registry):
    class Needs(Configurable):
        def __init__(self, size: int, colour: str = "red") -> None:
            self.size, self.colour = size, colour

    shapes.register("needs")(Needs)
    with pytest.raises(
        ArgumentError, match=r"'needs' is not enough, Needs needs size; give an obj"
    ):
        shapes.get("needs")


def test_values_as_json():
    assert registry.to_config({1: (True, None, 2.5, "a")}) == {"1": [True, None, 2.5, "a"]}
    assert registry.to_config(st.constant([1.0, 2.0])) == [1.0, 2.0]
    assert registry.to_config(st.activations.relu) == "relu"
    with pytest.raises(ArgumentError, match="cannot be written into a configuration"):
        registry.to_config(object())

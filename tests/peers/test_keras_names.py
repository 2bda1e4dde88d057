"""Names, arguments and defaults compared with Keras's: every difference stands in a list here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import steepest as st
from steepest.constructors import constructor_parameters

NAMESPACES = {
    "layers": st.layers,
    "losses": st.losses,
    "metrics": st.metrics,
    "optimizers": st.optimizers,
    "optimizers.schedules": st.schedules,
    "initializers": st.initializers,
    "regularizers": st.regularizers,
    "constraints": st.constraints,
    "activations": st.activations,
}
# Arguments for what is not here: other kinds of network, of storage, of number, of device.
NOT_HERE = {
    "autocast", "data_format", "dtype", "gptq_unpacked_column_size", "input_axes",
    "loss_scale_factor", "lora_alpha", "lora_rank", "output_axes", "quantization_config", "ragged",
    "renorm", "renorm_clipping", "renorm_momentum", "sparse", "synchronized",
}  # fmt: skip
# Arguments left out on purpose, class by class.
LEFT_OUT = {
    "layers.IntegerLookup": {"oov_method", "salt", "vocabulary_dtype"},  # no hashing, int64 only
    "layers.RandomContrast": {"value_range"},  # inputs may be standardised: nothing is cut off
    "layers.RandomErasing": {"value_range"},
    "layers.RandomRotation": {"fill_value", "interpolation"},  # 0, and linear
    "layers.RandomTranslation": {"fill_value", "interpolation"},
    "layers.RandomZoom": {"fill_value", "interpolation"},
    "metrics.SparseTopKCategoricalAccuracy": {"from_sorted_ids"},
    "metrics.sparse_top_k_categorical_accuracy": {"from_sorted_ids"},
}  # fmt: skip
# Defaults that differ on purpose, class by class.
OTHER_DEFAULT = {
    "layers.CategoryEncoding": {"num_tokens"},  # Keras needs it too, and says so later
    "layers.RandomErasing": {"fill_value"},  # 0; Keras draws noise
    "optimizers.Optimizer": {"learning_rate"},
    "optimizers.schedules.ExponentialDecay": {"decay_rate"},  # 1/e: the courses' form
    "regularizers.l1_l2": {"l1", "l2"},  # 0.01 each: a penalty that was asked for by name is one
    "activations.threshold": {"threshold", "default_value"},  # so that the name alone will do
    "losses.categorical_generalized_cross_entropy": {"q"},
}
# The same default in other words.
SAME = {
    ("activation", None, "linear"),
    ("alpha_initializer", "Zeros", "zeros"),
    ("dtype", None, "float32"),
}


def parameters(thing: Any) -> dict[str, inspect.Parameter]:
    if inspect.isclass(thing) and thing.__module__.startswith("steepest"):
        return constructor_parameters(thing)
    found = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing).parameters
    named = [p for p in found.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    return {p.name: p for p in named if p.name != "self"}


def everything() -> list[Any]:
    return [
        pytest.param(space, name, id=f"{space}.{name}")
        for space, module in NAMESPACES.items()
        for name in module.__all__
        if callable(getattr(module, name))
        and name not in ("get", "serialize", "deserialize")  # of one argument each
    ]


def pair(peer: Callable[[str], ModuleType], space: str, name: str) -> tuple[Any, Any]:
    """Our object of a name, and Keras's; skips objects that only steepest has."""
    found: Any = peer("keras")
    for part in space.split("."):
        found = getattr(found, part)
    theirs = getattr(found, name, None)
    if theirs is None:
        pytest.skip("a name of our own")
    return getattr(NAMESPACES[space], name), theirs


@pytest.mark.parametrize(("space", "name"), everything())
def test_arguments_and_defaults_are_those_of_keras(space, name, peer):
    ours, theirs = (parameters(thing) for thing in pair(peer, space, name))
    label = f"{space}.{name}"
    missing = set(theirs) - set(ours) - NOT_HERE
    assert missing == LEFT_OUT.get(label, set())
    for argument in set(ours) & set(theirs) - OTHER_DEFAULT.get(label, set()):
        mine, default = ours[argument].default, theirs[argument].default
        same = mine == default or (argument, default, mine) in SAME
        assert same or argument == "name", f"{argument}: {mine!r}, in Keras {default!r}"


@pytest.mark.parametrize(("space", "name"), everything())
def test_arguments_stand_in_the_order_of_keras(space, name, peer):
    ours, theirs = (parameters(thing) for thing in pair(peer, space, name))
    if (space, name) == ("layers", "Layer"):
        return  # Keras takes these by name alone
    by_name = {"name"}
    if space == "optimizers":  # the options of all of them are given by name
        by_name |= set(parameters(st.optimizers.Optimizer))
    shared = [argument for argument in ours if argument in theirs and argument not in by_name]
    assert shared == [argument for argument in theirs if argument in shared]

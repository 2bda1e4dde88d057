"""Every public name of Keras is here, with its methods and arguments, or stands in a list.

The lists are in `keras_differences.py`. `test_keras_names.py` compares the constructors and
functions that steepest has in the modules of layers, losses and so on; this file goes the other
way, from Keras's names, and adds the remaining modules and the methods of the classes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import steepest as st
from steepest.constructors import constructor_parameters
from tests.peers.keras_differences import (
    ABSENT,
    ABSENT_ARGUMENTS,
    ABSENT_METHODS,
    ABSENT_PROPERTIES,
    NOT_DENSE,
    OTHER_DEFAULTS,
)

MODULES = (
    "layers losses metrics optimizers optimizers.schedules callbacks initializers regularizers "
    "constraints activations models utils saving backend config random ops datasets"
).split()
TOP = ["Function", "Initializer", "Input", "InputSpec", "KerasTensor", "Layer", "Loss", "Metric",
       "Model", "Operation", "Optimizer", "Quantizer", "Regularizer", "RematScope", "Sequential",
       "StatelessScope", "SymbolicScope", "Variable", "DTypePolicy", "FloatDTypePolicy", "device",
       "name_scope", "remat"]  # fmt: skip
# What the constructors of all layers, losses, ... take is compared in test_keras_names.py.
CONSTRUCTORS_COMPARED = set(MODULES[:5]) | set(MODULES[6:10])
# Methods that only Keras calls, or that are for other backends, devices and dtypes.
INTERNAL = set(
    """
    add_optimizer_variables add_variable_from_reference assign assign_add assign_sub call
    clone compile_from_config compiled_loss compute_mask compute_output_spec convert_weight
    distribute_reduction_method distribute_strategy enable_lora finalize_state
    get_build_config get_clipped_bbox get_compile_config get_dynamic_shape get_monitor_value
    get_quantization_layer_structure get_random_transformation get_shifted_bbox
    get_state_tree get_transformed_x_y in_cooldown input_dtype interpolate_pr_auc
    load_assets load_own_variables loss lr_adjust make_predict_function make_test_function
    make_train_function output_dtype quantization_mode quantize quantized_build
    quantized_call rematerialized_call save_assets save_own_variables set_state_tree
    stateless_apply stateless_call stateless_compute_loss stateless_reset_state
    stateless_result stateless_update_state symbolic_call transform_bounding_boxes
    transform_images transform_labels transform_segmentation_masks
    transform_single_bounding_box transform_single_image transform_single_label
    transform_single_segmentation_mask transpose_last_axis variable_serialization_spec
    zeropower_via_newtonschulz5
    """.split()
)
BASES = ("Layer", "Model", "Loss", "Metric", "Optimizer", "Callback", "PyDataset")


def found(root: Any, path: str) -> Any:
    """What stands at a path of names, or None."""
    for part in path.split("."):
        try:
            root = getattr(root, part, None)
        except Exception:  # whatever a lazy name raises, it is not there
            return None
    return root


def ours(path: str) -> Any:
    """What steepest has for a name of Keras."""
    return found(st, path.replace("optimizers.schedules", "schedules", 1))


def public_names(module: Any) -> list[str]:
    names = getattr(module, "__all__", None) or dir(module)
    return sorted({name for name in names if not name.startswith("_") and name != "legacy"})


def parameters(thing: Any) -> dict[str, inspect.Parameter]:
    """The named parameters of a function, a method or a constructor."""
    if inspect.isclass(thing) and thing.__module__.startswith("steepest"):
        return constructor_parameters(thing)
    try:
        signature = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing)
    except (TypeError, ValueError):
        return {}
    unnamed = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {
        name: parameter
        for name, parameter in signature.parameters.items()
        if parameter.kind not in unnamed and name not in ("self", "cls")
    }


def takes_any(thing: Any) -> bool:
    """Whether a function takes whatever names it is given."""
    try:
        kinds = [p.kind for p in inspect.signature(thing).parameters.values()]
    except (TypeError, ValueError):
        return False
    return inspect.Parameter.VAR_KEYWORD in kinds


def argument_differences(path: str, mine: Any, theirs: Any) -> tuple[set[str], set[str]]:
    """Keras's arguments that ours lacks, and those with another default."""
    here, there = parameters(mine), parameters(theirs)
    lacking = set(there) - set(here) - ({*there} if takes_any(mine) else set())
    other = {
        name
        for name in set(here) & set(there)
        if name != "name"
        and there[name].default is not inspect.Parameter.empty
        and repr(here[name].default) != repr(there[name].default)
    }
    return lacking - {"name"}, other


def methods(cls: type) -> list[str]:
    """The public methods of a class of Keras; of a derived one those that its base lacks."""
    names = {
        name
        for base in cls.__mro__
        for name, thing in vars(base).items()
        if base.__module__.startswith("keras.") and not name.startswith("_")
        if inspect.isfunction(thing) or isinstance(thing, classmethod)
    }
    for base in cls.__mro__[1:]:
        if base.__name__ in BASES:
            names -= set(dir(base)) - {"adapt"}
    return sorted(names - INTERNAL)


def classes(keras: Any) -> dict[str, tuple[type, type]]:
    """Our class and Keras's, for each name that both have."""
    shared = {}
    for module in MODULES:
        for name in public_names(found(keras, module)):
            theirs, mine = found(keras, f"{module}.{name}"), ours(f"{module}.{name}")
            if inspect.isclass(theirs) and inspect.isclass(mine):
                shared[f"{module}.{name}"] = (mine, theirs)
    return shared


@pytest.mark.parametrize("module", [*MODULES, ""])
def test_every_name_of_keras_is_here_or_listed(module, peer):
    keras = peer("keras")
    names = public_names(found(keras, module)) if module else TOP
    absent = {name for name in names if ours(f"{module}.{name}" if module else name) is None}
    listed = set(NOT_DENSE.get(module, "").split()) | set(ABSENT.get(module, {}))
    assert absent - listed == set(), "neither here nor listed"
    assert listed - absent == set(), "listed, and here: take these out of the list"


@pytest.mark.parametrize("module", [m for m in MODULES if m not in CONSTRUCTORS_COMPARED])
def test_arguments_of_the_remaining_modules(module, peer):
    keras = peer("keras")
    lacking, other = {}, {}
    for name in public_names(found(keras, module)):
        path = f"{module}.{name}"
        mine, theirs = ours(path), found(keras, path)
        if mine is not None and callable(theirs) and not inspect.isclass(theirs):
            lacking[path], other[path] = argument_differences(path, mine, theirs)
    compare(lacking, ABSENT_ARGUMENTS)
    compare(other, OTHER_DEFAULTS)


@pytest.mark.parametrize("module", MODULES)
def test_methods_and_their_arguments(module, peer):
    keras = peer("keras")
    absent, lacking, other = {}, {}, {}
    for path, (mine, theirs) in classes(keras).items():
        if path.rpartition(".")[0] != module:
            continue
        absent[path] = {name for name in methods(theirs) if not hasattr(mine, name)}
        for name in set(methods(theirs)) - absent[path]:
            label, pair = f"{path}.{name}", (getattr(mine, name), getattr(theirs, name))
            lacking[label], other[label] = argument_differences(label, *pair)
    compare(absent, ABSENT_METHODS)
    compare(lacking, ABSENT_ARGUMENTS)
    compare(other, OTHER_DEFAULTS)


@pytest.mark.parametrize("name", ["Layer", "Model", "Loss", "Metric", "Optimizer"])
def test_properties_of_the_bases(name, peer):
    samples = [make(name) for make in (instances(peer("keras")), instances(st))]
    names = [
        attribute
        for attribute in dir(samples[0])
        if not attribute.startswith("_")
        and not callable(getattr(type(samples[0]), attribute, None))
    ]
    absent = {a for a in names if not hasattr(samples[1], a)} - INTERNAL
    compare({name: absent}, ABSENT_PROPERTIES)


def instances(keras: Any) -> Callable[[str], Any]:
    """Makes an object of each base that has been used."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(), "mse")
    made = {
        "Layer": model.layers[-1],
        "Model": keras.Model(model.inputs, model.outputs),
        "Loss": keras.losses.MeanSquaredError(),
        "Metric": keras.metrics.Mean(),
        "Optimizer": keras.optimizers.SGD(),
    }
    made["Model"].compile("sgd", "mse")
    return made.__getitem__


def compare(differences: dict[str, set[str]], table: dict[str, Any]) -> None:
    """Holds the differences of a module against those that the table lists for these names."""
    for path, names in differences.items():
        listed = set(table.get(path, {}))
        assert names - listed == set(), f"{path}: differences that are not listed"
        assert listed - names == set(), f"{path}: listed, and no difference"

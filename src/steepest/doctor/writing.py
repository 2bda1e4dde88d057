"""Writes a setup as a program in Python, one line for each layer and call, and differences of two.

The same setup gives the same text, so that the difference between a setup and a changed one shows
the change and nothing else. Depends on setup and the registries.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from steepest import (
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
)
from steepest.callbacks.callback import Callback
from steepest.constructors import constructor_parameters
from steepest.doctor.setup import LayerSpec, Setup
from steepest.registry import snake_case, to_config

PLACES: dict[str, Any] = {
    "initializers": initializers,
    "regularizers": regularizers,
    "constraints": constraints,
    "schedules": schedules,
    "losses": losses,
    "metrics": metrics,
    "optimizers": optimizers,
    "layers": layers,
}


def written(setup: Setup) -> str:
    """The setup as a program in Python.

    >>> model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> print(written(Setup.of(model, np.ones((4, 2)), np.ones(4), epochs=3)), end="")
    import steepest as st
    <BLANKLINE>
    model = st.Sequential([
        st.Input((2,)),
        st.layers.Dense(1, "sigmoid"),
    ])
    model.compile(st.optimizers.SGD(0.1), "mse")
    model.fit(x_train, y_train, epochs=3)
    """
    preparations = [one.written(_names_validation(setup)) for one in setup.preparations]
    uses_numpy = any("np." in code for code in preparations)
    imports = ["import numpy as np"] * uses_numpy + ["import steepest as st", ""]
    return "\n".join([*imports, *preparations, *_model_lines(setup), ""])


def difference(before: Setup, after: Setup, context: int = 0) -> str:
    """The unified difference of two setups as programs.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1.5), "mse")
    >>> setup = Setup.of(model, np.ones((4, 2)), np.ones(4))
    >>> print(difference(setup, setup.with_fit(epochs=9)), end="")
    --- program.py
    +++ program.py
    @@ -8 +8 @@
    -model.fit(x_train, y_train)
    +model.fit(x_train, y_train, epochs=9)
    """
    old, new = (written(setup).splitlines(keepends=True) for setup in (before, after))
    lines = difflib.unified_diff(old, new, "program.py", "program.py", n=context)
    return "".join(lines)


def changed_lines(diff: str) -> int:
    """The number of lines that a difference adds or replaces, or only removes.

    >>> changed_lines("--- a\\n+++ b\\n@@ -1 +1,2 @@\\n-x\\n+y\\n+z\\n")
    2
    """
    body = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "@@"))]
    added = sum(line.startswith("+") for line in body)
    return max(added, sum(line.startswith("-") for line in body))


# ------------------------------------------------------------ parts of the program


def _model_lines(setup: Setup) -> Iterator[str]:
    named = {}
    for spec in setup.layers:
        if spec.adapts:
            named[spec.name] = name = re.sub(r"\W", "_", spec.name)
            yield f"{name} = {layer_text(spec)}"
            yield f"{name}.adapt(x_train)"
    yield (
        "model = st.Sequential([" if setup.template is None else "model = st.Model(..., [  # layers"
    )
    if setup.input_shape is not None and setup.template is None:
        yield f"    st.Input({value_text(tuple(setup.input_shape[1:]))}),"
    for spec in setup.layers:
        yield f"    {named.get(spec.name) or layer_text(spec)},"
    yield "])"
    yield from _call_lines(setup)


def _names_validation(setup: Setup) -> bool:
    """Whether the program has validation rows of its own, and not a share of the training rows."""
    return setup.validation is not None and not setup.fit.get("validation_split")


def _call_lines(setup: Setup) -> Iterator[str]:
    """The calls of compile and fit."""
    given = dict(setup.compile)
    parts = [value_text(given.pop("optimizer")), value_text(given.pop("loss", None))]
    parts += [f"{name}={value_text(value)}" for name, value in given.items()]
    yield f"model.compile({', '.join(parts)})"
    parts = ["x_train, y_train"]
    if _names_validation(setup):
        parts.append("validation_data=(x_val, y_val)")
    parts += [f"{name}={value_text(value)}" for name, value in setup.fit.items()]
    if setup.callbacks:
        parts.append(f"callbacks=[{', '.join(map(callback_text, setup.callbacks))}]")
    yield f"model.fit({', '.join(parts)})"


# ------------------------------------------------------------ values as Python


def layer_text(spec: LayerSpec) -> str:
    """A layer as the call that makes it, with the arguments that are not the usual ones.

    >>> layer_text(LayerSpec.of(st.layers.Dense(3, "relu", kernel_initializer="he_normal")))
    'st.layers.Dense(3, "relu", kernel_initializer="he_normal")'
    """
    return _call_text(spec.kind, spec.config)


def callback_text(callback: Callback) -> str:
    """A callback as the call that makes it.

    >>> callback_text(st.callbacks.EarlyStopping(patience=3))
    'st.callbacks.EarlyStopping(patience=3)'
    """
    kind = type(callback)
    given = {
        name: getattr(callback, name)
        for name, parameter in constructor_parameters(kind).items()
        if hasattr(callback, name) and getattr(callback, name) != parameter.default
    }
    arguments = ", ".join(f"{name}={value_text(value)}" for name, value in given.items())
    return f"st.callbacks.{kind.__name__}({arguments})"


def value_text(value: Any) -> str:
    """A value of a configuration as Python.

    >>> value_text({"class_name": "L2", "config": {"l2": 0.1}}), value_text([1, "a", None])
    ('st.regularizers.L2(0.1)', '[1, "a", None]')
    """
    if isinstance(value, dict) and set(value) == {"class_name", "config"}:
        return _object_text(value)
    if isinstance(value, dict):
        parts = (f"{value_text(key)}: {value_text(part)}" for key, part in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(value_text, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(value_text, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, (np.generic, np.ndarray)):
        return value_text(value.tolist())
    if hasattr(value, "get_config") and not isinstance(value, type):
        return _object_text(to_config(value))
    return value.__name__ if hasattr(value, "__name__") else repr(value)


def _object_text(value: Mapping[str, Any]) -> str:
    name = str(value["class_name"])
    found = next((place for place in PLACES.values() if name in place.__all__), None)
    if found is None:
        return f"{name}({_arguments(value['config'])})"
    kind = getattr(found, name)
    text = _call_text(kind, value["config"])
    takes_names = found in (initializers, losses, metrics)
    return f'"{snake_case(name)}"' if takes_names and text.endswith("()") else text


def _call_text(kind: type, config: Mapping[str, Any]) -> str:
    place = next((name for name, found in PLACES.items() if vars_of(found, kind)), None)
    head = kind.__name__ if place is None else f"st.{place}.{kind.__name__}"
    return f"{head}({_arguments(config, kind)})"


def vars_of(place: Any, kind: type) -> bool:
    """Whether a module has a class under its own name.

    >>> vars_of(layers, layers.Dense)
    True
    """
    return kind.__name__ in place.__all__ and getattr(place, kind.__name__) is kind


def _arguments(config: Mapping[str, Any], kind: type | None = None) -> str:
    """The arguments that differ from the usual ones: the first by position, others by name."""
    usual = {} if kind is None else _usual(kind)
    parameters = {} if kind is None else constructor_parameters(kind)
    named = {name: config[name] for name in parameters if name in config}
    named |= {name: value for name, value in config.items() if name not in parameters}
    first = next(iter(parameters), None)
    parts: list[str] = []
    by_position = True
    for name, value in named.items():
        is_shown = name == first or name not in usual or usual[name] != value
        if name == "name" and kind is not None:
            is_shown = value is not None and not re.fullmatch(
                snake_case(kind.__name__) + r"(_\d+)?", str(value)
            )
        if name == first and name in usual and usual[name] == value and name != "learning_rate":
            is_shown = False
        if is_shown and by_position and len(parts) < 2:
            parts.append(value_text(value))
        elif is_shown:
            parts.append(f"{name}={value_text(value)}")
        by_position = by_position and is_shown
    return ", ".join(parts)


@functools.lru_cache(maxsize=256)
def _usual(kind: type) -> Mapping[str, Any]:
    """The configuration of an object made with no more than it needs."""
    parameters = constructor_parameters(kind)
    needed = [name for name, one in parameters.items() if one.default is inspect.Parameter.empty]
    try:
        made = kind(**dict.fromkeys(needed, 1))
        config = dict(made.get_config())
    except Exception:
        return {name: one.default for name, one in parameters.items() if name not in needed}
    return {name: value for name, value in config.items() if name not in needed}

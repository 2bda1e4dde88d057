"""Keras's functions of `keras.saving`, with its arguments, on the registry and the files here.

Depends on storage and the registry.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from steepest.errors import ArgumentError
from steepest.registry import from_config, name_of, to_config
from steepest.storage import model_file
from steepest.storage.reading import reading
from steepest.user_objects import custom_objects as scope
from steepest.user_objects import register_serializable, registered_object, registered_objects

SEPARATOR = ">"  # between package and name, as Keras writes it


def save_model(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Writes a whole model, as `model.save` does; `overwrite=False` refuses an existing file.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     st.saving.save_model(model, os.path.join(folder, "m.keras"))
    ...     st.saving.load_model(os.path.join(folder, "m.keras")).count_params()
    3
    """
    refuse_existing(filepath, overwrite)
    model.save(filepath)


def save_weights(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Writes the weights of a model, as `model.save_weights` does.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     st.saving.save_weights(model, os.path.join(folder, "w.safetensors"))
    ...     len(st.saving.load_weights(model, os.path.join(folder, "w.safetensors")).rows)
    2
    """
    refuse_existing(filepath, overwrite)
    model.save_weights(filepath)


def refuse_existing(filepath: str | os.PathLike[str], overwrite: bool) -> None:
    """Raises if a file is at a path that may not be overwritten.

    >>> refuse_existing("/", True)
    """
    if not overwrite and os.path.exists(filepath):
        raise ArgumentError(
            f"{os.fspath(filepath)!r} exists, and overwrite=False was given: choose another name"
        )


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Reads a whole model, as `st.load_model` does; `safe_mode=False` changes nothing.

    No code of a file is ever executed: a function that it holds as code is refused in both modes.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("adam", "mse")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(os.path.join(folder, "m.keras"))
    ...     st.saving.load_model(os.path.join(folder, "m.keras")).compiled
    True
    """
    return model_file.load_model(filepath, custom_objects, compile)


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Any], Any]:
    """Registers a class or function as "package>name", by which files name it.

    >>> import steepest as st
    >>> @st.saving.register_keras_serializable(package="mine")
    ... def thrice(x):
    ...     return x * 3.0
    >>> st.saving.get_registered_name(thrice)
    'mine>thrice'
    """

    def register(thing: Any) -> Any:
        own = name or thing.__name__
        register_serializable(thing, name=f"{package}{SEPARATOR}{own}")
        registered_objects().setdefault(own, thing)
        return thing

    if not isinstance(package, str):
        raise ArgumentError(
            f"register_keras_serializable: the name of a package was expected, got {package!r}; "
            "write @register_keras_serializable() with its parentheses"
        )
    return register


def get_registered_name(obj: Any) -> str:
    """The name under which files have a class or function.

    >>> import steepest as st
    >>> st.saving.get_registered_name(st.layers.Dense)
    'Dense'
    """
    return name_of(obj)


def get_registered_object(
    name: str, custom_objects: dict[str, Any] | None = None, module_objects: Any = None
) -> Any:
    """The user's class or function of a name; None without one.

    >>> import steepest as st
    >>> st.saving.get_registered_object("Unheard") is None
    True
    """
    for objects in (custom_objects or {}, module_objects or {}):
        if name in objects:
            return objects[name]
    return registered_object(name)


def serialize_keras_object(obj: Any) -> Any:
    """An object as JSON values: {"class_name", "config"}, functions as names.

    >>> import steepest as st
    >>> st.saving.serialize_keras_object(st.regularizers.L2(0.5))
    {'class_name': 'L2', 'config': {'l2': 0.5}}
    """
    return to_config(obj)


def deserialize_keras_object(
    config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """The object of a configuration from `serialize_keras_object`.

    >>> import steepest as st
    >>> st.saving.deserialize_keras_object({"class_name": "L2", "config": {"l2": 0.5}})
    L2(l2=0.5)
    """
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(part, custom_objects) for part in config]
    with reading("the given configuration", custom_objects):
        if isinstance(config, dict) and "class_name" in config:
            return from_config({key: config[key] for key in ("class_name", "config")})
    if isinstance(config, dict):
        return {k: deserialize_keras_object(part, custom_objects) for k, part in config.items()}
    with scope(custom_objects or {}):
        own = registered_object(config) if isinstance(config, str) else None
    return config if own is None else own

"""What `compile` was given as JSON values, and back: for files and copies of compiled models.

Depends on the registries of losses, metrics and optimizers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest import losses, metrics, optimizers
from steepest.errors import ArgumentError
from steepest.metrics import Metric
from steepest.neuralnet.objectives import Objectives
from steepest.registry import to_config
from steepest.user_objects import registered_object

KINDS: dict[str, Callable[[Any], Any]] = {
    "optimizer": optimizers.get,
    "loss": losses.get,
    "metrics": metrics.get,
    "weighted_metrics": metrics.get,
}
"""What turns a configuration into an object; other arguments are plain values."""


def compile_config(optimizer: Any, objectives: Objectives, engine: str | None) -> dict[str, Any]:
    """The arguments of `compile` as JSON; raises for a function without a name."""
    names = objectives.given_names
    config = {
        "optimizer": to_config(optimizer),
        **{what: _written(given, names) for what, given in objectives.given.items()},
        "engine": engine,
    }
    return {k: value for k, value in config.items() if value is not None or k == "optimizer"}


def _written(given: Any, names: dict[int, str]) -> Any:
    if isinstance(given, dict):
        return {key: _written(part, names) for key, part in given.items()}
    if isinstance(given, (list, tuple)):
        return [_written(part, names) for part in given]
    written = to_config(given)
    if isinstance(given, Metric) and id(given) in names:  # by now it may have its output's name too
        written["config"]["name"] = names[id(given)]
    return written


def compile_arguments(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `compile` by a configuration from `compile_config`.

    >>> compile_arguments({"loss": {"class_name": "MeanSquaredError", "config": {}}})
    {'loss': MeanSquaredError()}
    """
    if not isinstance(config, dict):
        raise ArgumentError(f"compile_from_config: a dictionary was expected, got {config!r}")
    return {what: _read(value, KINDS.get(what)) for what, value in config.items()}


def _read(value: Any, make: Callable[[Any], Any] | None) -> Any:
    if isinstance(value, dict) and "class_name" in value and make is not None:
        return make(value)
    if isinstance(value, dict):
        return {key: _read(part, make) for key, part in value.items()}
    if isinstance(value, list):
        return [_read(part, make) for part in value]
    own = registered_object(value) if isinstance(value, str) and make is not None else None
    return value if own is None else own

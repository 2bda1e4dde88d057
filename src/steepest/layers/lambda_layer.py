"""Lambda, a function of tensors as a layer. Depends on the Layer base and the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.errors import ArgumentError
from steepest.layers.layer import Layer
from steepest.registry import Registry

FUNCTIONS = Registry("function")


class Lambda(Layer):
    """A function of tensors as a layer; `arguments` are passed to it by name.

    To be saved, the function needs a registered name: see `register_serializable`.

    >>> Lambda(lambda x: x * 2.0)([[1.0]]).tolist()
    [[2.0]]
    """

    def __init__(
        self,
        function: Callable[..., Any] | str,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = FUNCTIONS.find(function) if isinstance(function, str) else function
        if not callable(self.function):
            raise ArgumentError(f"Lambda: a function of tensors was expected, got {function!r}")
        if arguments is not None and not isinstance(arguments, dict):
            raise ArgumentError(f"Lambda: arguments is a dictionary by name, got {arguments!r}")
        self.arguments = arguments

    def call(self, inputs: Any) -> Any:
        """Returns the function of the inputs."""
        return self.function(inputs, **(self.arguments or {}))

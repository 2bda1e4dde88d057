"""Module: an object with variables and modules among its attributes, as TensorFlow's.

Depends on tracking and the names of operations.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from steepest.core.dispatch import name_scope
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.layers.tracking import Trackable, _gather_parts
from steepest.registry import snake_case


class Module(Trackable):
    """An object that finds the variables and modules (layers too) among its attributes.

    Attributes are searched in alphabetical order, also in lists and dictionaries. A `@st.function`
    of the class is recorded once for each object.

    >>> class Linear(st.Module):
    ...     def __init__(self, name=None):
    ...         super().__init__(name=name)
    ...         self.w = st.Variable([[2.0]], name="w")
    ...         self.steps = st.Variable(0, trainable=False, name="steps")
    ...     @st.function
    ...     def __call__(self, x):
    ...         return x @ self.w
    >>> module = Linear()
    >>> module.name, [v.name for v in module.variables], len(module.trainable_variables)
    ('linear', ['w', 'steps'], 1)
    >>> module(np.float32([[3.0]])).tolist()
    [[6.0]]
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not str(name).isidentifier():
            raise ArgumentError(f"Module: a name must be a valid identifier, got {name!r}")
        self.name = name or snake_case(type(self).__name__)
        self.built = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'name', '')!r}>"

    def _parts(self) -> list[Any]:
        found: list[Any] = []
        _gather_parts([value for _, value in sorted(vars(self).items())], found)
        return found

    @property
    def submodules(self) -> tuple[Trackable, ...]:
        """All modules and layers among the attributes, theirs, and so on."""
        return tuple(self.flatten_layers(include_self=False))

    @property
    def name_scope(self) -> AbstractContextManager[None]:
        """A context whose operations are named after the module, in programs and messages."""
        return name_scope(self.name)

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """Makes a method run in the module's name scope; a decorator.

        Variables that the method makes are named after the module in their `path`.
        """

        @functools.wraps(method)
        def scoped(self: Module, *arguments: Any, **options: Any) -> Any:
            before: set[Variable] = set(self.variables)
            with self.name_scope:
                result = method(self, *arguments, **options)
            for variable in self.variables:
                if variable not in before and "/" not in variable.path:
                    variable.path = f"{self.name}/{variable.name}"
            return result

        return scoped

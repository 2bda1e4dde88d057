"""Recipe: how a trial's options become a compiled model and the arguments of its training.

An option goes to whichever of `build`, `fit` and a function of callbacks names it, to several too;
`**options` of `build` takes the rest. Depends on trial and plan.
"""

from __future__ import annotations

import copy
import inspect
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from steepest.arguments import UnknownArgument
from steepest.errors import ArgumentError, nearest
from steepest.functions import generators
from steepest.tune.rows import Pair
from steepest.tune.trial import shown

SEARCHED = ("batch_size", "epochs", "shuffle", "class_weight", "steps_per_epoch", "check")
"""The arguments of fit that an option, or an argument of `search`, may set."""


class Recipe:
    """What is the same in all trials: `build`, the arguments of training, the callbacks.

    >>> recipe = Recipe(lambda units: units, ["units", "batch_size"], {"epochs": 3}, None)
    >>> recipe.training({"units": 16, "batch_size": 8})
    {'epochs': 3, 'batch_size': 8}
    """

    def __init__(
        self, build: Callable[..., Any], names: Iterable[str], fixed: dict[str, Any], callbacks: Any
    ) -> None:
        self.names = list(names)
        self.build = _checked_build(build)
        self.fixed, self.callbacks = fixed, callbacks
        self._parameters = inspect.signature(build).parameters
        self._takes_rest = any(p.kind is p.VAR_KEYWORD for p in self._parameters.values())
        self._lock = threading.Lock()  # functions of users are not run side by side
        self._check()

    @property
    def takes_rows(self) -> bool:
        """Whether `build` takes the training rows, as its arguments x and y."""
        return {"x", "y"} <= set(self._parameters) and not {"x", "y"} & set(self.names)

    def model(self, options: Mapping[str, Any], rows: Pair, seed: int) -> Any:
        """A new model; options are copied, as an optimizer, for example, has state."""
        own = {name: value for name, value in options.items() if self._is_of_build(name)}
        if self.takes_rows:
            own |= {"x": rows[0], "y": rows[1]}
        with self._lock, generators.seeded(seed):
            copied = {
                name: value if name in ("x", "y") and self.takes_rows else copy.deepcopy(value)
                for name, value in own.items()
            }
            model = self.build(**copied)
        if not hasattr(model, "training"):
            raise ArgumentError(
                f"search: build returned {type(model).__name__}, where a compiled model was "
                "expected; does it end with `return model`?"
            )
        return model

    def training(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of the training."""
        own = {name: value for name, value in options.items() if name in SEARCHED}
        return {**self.fixed, **own}

    def callbacks_for(self, options: Mapping[str, Any]) -> list[Any]:
        """New callbacks of one run: copies, or those that a function of options returns."""
        given = self.callbacks
        if given is None:
            return []
        if not callable(given):
            return copy.deepcopy(list(given) if isinstance(given, (list, tuple)) else [given])
        known = inspect.signature(given).parameters
        returned = given(**{name: options[name] for name in known if name in options})
        return list(returned) if isinstance(returned, (list, tuple)) else [returned]

    def _is_of_build(self, name: str) -> bool:
        return name in self._parameters or (self._takes_rest and name not in SEARCHED)

    def _check(self) -> None:
        for name in self.fixed:
            if name not in SEARCHED:
                raise UnknownArgument(
                    f"search takes no argument {name!r}: {nearest(name, SEARCHED)}"
                )
            if name in self.names:
                raise ArgumentError(f"search: {name} is an option of the space too; drop one")
        of_callbacks = (
            inspect.signature(self.callbacks).parameters if callable(self.callbacks) else ()
        )
        known = [*self._parameters, *SEARCHED, *of_callbacks]
        for name in self.names:
            if not self._is_of_build(name) and name not in known:
                raise UnknownArgument(
                    f"search: neither {shown(self.build)} nor fit takes the option {name!r} of the "
                    f"space: {nearest(name, known)}"
                )
        for name, parameter in self._parameters.items():
            is_given = name in self.names or (self.takes_rows and name in ("x", "y"))
            by_name = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
            if by_name and parameter.default is parameter.empty and not is_given:
                raise ArgumentError(
                    f"search: {shown(self.build)} needs {name!r}, which the space does not give; "
                    "add it to the space, or give the argument a default"
                )


def _checked_build(build: Any) -> Callable[..., Any]:
    if not callable(build) or hasattr(build, "fit"):
        raise ArgumentError(
            "search: build must be a function of options that returns a new compiled model, got "
            f"{type(build).__name__}"
        )
    return build

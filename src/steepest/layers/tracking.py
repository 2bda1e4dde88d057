"""Tracking: finds the weights, inner layers and random generators among a layer's attributes.

Whatever is assigned to an attribute, also in lists and dictionaries, belongs to the layer. It is
searched for at each request: a second list of it could disagree with the attributes. Depends on
core and the random generators.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from steepest.core import ops, tree
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import generators
from steepest.layers.overridable import Overridable

_tracked: set[type] = set()  # types whose objects are parts of a layer, and types that are not
_untracked: set[type] = set()
_MOST_KNOWN = 1000


@dataclass(frozen=True)
class GivenArguments:
    """What the constructor of a user's class was given; layers in it are not tracked."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def by_name(self, cls: type) -> dict[str, Any]:
        """The arguments by name, with defaults, and what went into `**kwargs`."""
        signature = inspect.signature(cls.__init__)  # type: ignore[misc]
        bound = signature.bind(None, *self.args, **self.kwargs)
        bound.apply_defaults()
        found = dict(bound.arguments)
        for parameter in signature.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                found |= found.pop(parameter.name)
        return found


class Trackable:
    """The base of Layer that finds its weights, and freezes, gets and sets them.

    >>> part = Trackable()
    >>> part.pair = [Variable([1.0, 2.0], name="w"), Variable(3.0, name="b")]
    >>> [weight.name for weight in part.weights]
    ['w', 'b']
    """

    name: str
    built: bool = False
    _trainable: bool = True
    _weights: list[Variable]
    _added_losses: list[Tensor]
    _constructed_with: GivenArguments | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Creates the lists before any constructor runs; class_hooks.py says why.

        It also records the arguments of users' classes, for their configuration.
        """
        instance = super().__new__(cls)
        instance._weights = []
        instance._added_losses = []
        own = not cls.__module__.startswith("steepest.")
        if own and not _holds_tensor((*args, *kwargs.values())):  # as of a model, which is drawn
            instance._constructed_with = GivenArguments(args, kwargs)
        return instance

    @property
    def sublayers(self) -> list[Trackable]:
        """The layers among the attributes, in the order of assignment."""
        return [part for part in self._parts() if isinstance(part, Trackable)]

    def flatten_layers(self, include_self: bool = True) -> list[Trackable]:
        """The layer itself, its layers, their layers, and so on."""
        return [part for part, _ in self._walk() if include_self or part is not self]

    def _walk(self, seen: set[int] | None = None) -> Iterator[tuple[Trackable, list[Any]]]:
        """Yields the layer, its layers, their layers and so on, each once, with their parts."""
        seen = set() if seen is None else seen
        seen.add(id(self))
        parts = self._parts()
        yield self, parts
        for part in parts:
            if isinstance(part, Trackable) and id(part) not in seen:
                yield from part._walk(seen)

    def _parts(self) -> list[Any]:
        """The variables, layers, generators and metrics among the attributes, own weights first."""
        found: list[Any] = []
        _gather_parts(list(vars(self).values()), found)  # `_weights` is the first attribute
        return found

    def restart_generators(self, seed: int) -> None:
        """Restarts all random generators from a seed; those that have their own seed, from that."""
        states = [state for _, parts in self._walk() for state in _generator_states(parts)]
        for stream, state in enumerate(states, start=1):
            own, shared = int(state.numpy()[0]), int(state.numpy()[1]) > 0
            state.assign([seed if shared else own, stream if shared else 0, 0])

    @property
    def weights(self) -> list[Variable]:
        """All weights: its own, those made trainable first, then those of its layers."""
        return _unique(self.each_weight())

    def each_weight(self) -> Iterator[Variable]:
        """Yields the weights, some more than once: the first is found without searching for all.

        >>> part = Trackable()
        >>> part.w = Variable(1.0, name="w")
        >>> next(part.each_weight()).name
        'w'
        """
        for _, parts in self._walk():
            own = [part for part in parts if isinstance(part, Variable)]
            yield from (weight for weight in own if weight.made_trainable)
            yield from (weight for weight in own if not weight.made_trainable)

    @property
    def variables(self) -> list[Variable]:
        """All weights, then the states of random generators."""
        states = (state for _, parts in self._walk() for state in _generator_states(parts))
        return _unique((*self.weights, *states))

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training updates: none of those of frozen layers."""
        return self._trainable_among({})

    def _trainable_among(self, known: dict[int, list[Any]]) -> list[Variable]:
        """The weights that training updates, where `known` has the parts of layers by their id."""
        if not self.trainable:
            return []
        parts = known.get(id(self)) or self._parts()
        found = [part for part in parts if isinstance(part, Variable) and part.trainable]
        for part in parts:
            if isinstance(part, Trackable):
                own = type(part).trainable_weights is not Trackable.trainable_weights
                found += part.trainable_weights if own else part._trainable_among(known)
        return _unique(found)

    def trained_and_flags(self) -> tuple[list[Variable], tuple[bool, ...]]:
        """The weights that training updates, and `trainable` of each layer and weight in order."""
        walk, flags = list(self._walk()), list[bool]()
        for layer, parts in walk:
            flags.append(layer.trainable)
            flags += [part.trainable for part in parts if isinstance(part, Variable)]
        own = type(self).trainable_weights is not Trackable.trainable_weights
        known = {id(layer): parts for layer, parts in walk}
        return self.trainable_weights if own else self._trainable_among(known), tuple(flags)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that the optimizer does not update."""
        return _without(self.weights, self.trainable_weights)

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that the optimizer updates."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """All variables that the optimizer does not update."""
        return _without(self.variables, self.trainable_weights)

    @property
    def trainable(self) -> bool:
        """Whether training updates the weights; setting it sets that of all inner parts."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_, int)) or value not in (0, 1):
            raise ArgumentError(
                f"layer {self.name!r}: trainable: True or False was expected, got {value!r}"
            )
        for part, parts in self._walk():
            part._trainable = bool(value)
            for weight in parts:
                if isinstance(weight, Variable):
                    weight.trainable = bool(value) and weight.made_trainable

    @Overridable
    def metrics(self) -> list[Any]:
        """The metrics among the attributes, in lists too, then those of the inner layers."""
        return [part for _, parts in self._walk() for part in parts if is_metric(type(part))]

    @Overridable
    def metrics_variables(self) -> list[Variable]:
        """The state variables of the metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def get_weights(self) -> list[np.ndarray]:
        """Returns the values of all weights, in the order of `weights`."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Assigns new values to all weights, in the order of `weights`."""
        own = self.weights
        if not hasattr(weights, "__len__"):
            raise ArgumentError(f"set_weights: a list of arrays was expected, got {weights!r:.60}")
        if len(weights) != len(own):
            raise ArgumentError(
                f"set_weights: layer {self.name!r} has {len(own)} weights "
                f"({', '.join(weight.path for weight in own) or 'it is not built yet'}), "
                f"got {len(weights)}"
            )
        given = [np.asarray(value) for value in weights]
        for weight, value in zip(own, given, strict=True):
            if value.shape != weight.shape:
                raise ShapeError(
                    f"set_weights: {weight.path} has shape {show(weight.shape)}, "
                    f"got {show(value.shape)}; no weight was changed"
                )
        for weight, value in zip(own, given, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Returns the number of values in all weights."""
        if not self.built:
            raise ArgumentError(
                f"layer {self.name!r} has no weights yet: call it, build it or give input_shape="
            )
        return sum(weight.size for weight in self.weights)

    def add_loss(self, loss: Any) -> None:
        """Adds a loss, or a list of losses, of the current call to what training minimizes."""
        self._added_losses += [ops.as_tensor(leaf) for leaf in tree.leaves(loss)]

    @property
    def losses(self) -> list[Tensor]:
        """The losses added since the last outermost call began, then the weights' penalties."""
        penalties = [
            weight.regularizer(weight.value)
            for weight in self.trainable_weights
            if weight.regularizer is not None
        ]
        return [loss for part in self.flatten_layers() for loss in part._added_losses] + penalties

    def forget_losses(self) -> None:
        """Removes the losses that calls have added, here and in all inner layers."""
        for part in self.flatten_layers():
            part._added_losses.clear()


def _holds_tensor(values: Iterable[Any]) -> bool:
    for value in values:
        inner = value.values() if isinstance(value, dict) else value
        nested = isinstance(value, (dict, list, tuple)) and _holds_tensor(inner)
        if nested or isinstance(value, Tensor):
            return True
    return False


def _gather_parts(values: Iterable[Any], found: list[Any]) -> None:
    # Most attributes are none, and each fit asks a model several times for its weights.
    for value in [value for value in values if type(value) not in _untracked]:
        kind = type(value)
        if kind in _tracked:
            found.append(value)
        elif isinstance(value, (list, tuple)):
            if not _untracked.issuperset(map(type, value)):  # as those of a shape
                _gather_parts(value, found)
        elif isinstance(value, dict):
            if value:
                _gather_parts(list(value.values()), found)
        else:
            known = _tracked if _is_part(kind) else _untracked
            if known is _tracked:
                found.append(value)
            if len(known) < _MOST_KNOWN:
                known.add(kind)


def _is_part(kind: type) -> bool:
    """Whether objects of a class are variables, layers, generators, or have a metric's methods."""
    return issubclass(kind, (Variable, Trackable, generators.Generator)) or is_metric(kind)


def is_metric(kind: type) -> bool:
    """Whether a class has the methods of Keras's metrics.

    >>> is_metric(st.metrics.Mean), is_metric(int)
    (True, False)
    """
    return hasattr(kind, "reset_state") and hasattr(kind, "update_state")


def _generator_states(parts: list[Any]) -> list[Variable]:
    return [part.state for part in parts if isinstance(part, generators.Generator)]


def _unique(variables: Iterable[Variable]) -> list[Variable]:
    return list(dict.fromkeys(variables))


def _without(variables: list[Variable], others: list[Variable]) -> list[Variable]:
    excluded = {id(variable) for variable in others}
    return [variable for variable in variables if id(variable) not in excluded]

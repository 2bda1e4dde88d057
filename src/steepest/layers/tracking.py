"""What a layer holds: weights, inner layers, random generators, found among its attributes.

Whatever is assigned to an attribute, also in lists and dictionaries, belongs to the layer; there
is no list of them that could disagree. Leans on core.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from steepest.core import ops, tree
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import random

_plain: set[type] = set()  # classes seen whose objects are no parts of layers and hold none
_MOST_PLAIN = 1000


class Holder:
    """The part of a layer that knows its weights.

    >>> holder = Holder()
    >>> holder.pair = [Variable([1.0, 2.0], name="w"), Variable(3.0, name="b")]
    >>> [weight.name for weight in holder.weights]
    ['w', 'b']
    """

    name: str
    built: bool = False
    _trainable: bool = True
    _weights: list[Variable]
    _added_losses: list[Tensor]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Be able to hold things before any constructor runs; class_hooks.py says why."""
        holder = super().__new__(cls)
        holder._weights = []
        holder._added_losses = []
        return holder

    @property
    def sublayers(self) -> list[Holder]:
        """The layers among the attributes, in the order of assignment."""
        return [part for part in self._parts() if isinstance(part, Holder)]

    def flatten_layers(self, include_self: bool = True) -> list[Holder]:
        """The layer, its layers, and theirs."""
        return [part for part, _ in self._holdings() if include_self or part is not self]

    def _holdings(self) -> Iterator[tuple[Holder, list[Any]]]:
        """The layer, its layers and theirs, each with what it holds."""
        return _walk(self, set())

    def _parts(self) -> list[Any]:
        """The variables, layers and generators held by attributes: those of add_weight first."""
        found: list[Any] = []
        _gather_parts(list(vars(self).values()), found)  # `_weights` was the first list assigned
        return found

    def restart_generators(self, seed: int) -> None:
        """Let all random generators begin anew from a seed; one with a seed of its own keeps it."""
        states = [state for _, parts in self._holdings() for state in _states_among(parts)]
        for stream, state in enumerate(states, start=1):
            own, shared = int(state.numpy()[0]), int(state.numpy()[1]) > 0
            state.assign([seed if shared else own, stream if shared else 0, 0])

    @property
    def weights(self) -> list[Variable]:
        """All weights: the layer's own, trainable ones first, then those of its layers."""
        return _unique(self.each_weight())

    def each_weight(self) -> Iterator[Variable]:
        """The weights one by one, some more than once: the first is found without the others.

        >>> holder = Holder()
        >>> holder.w = Variable(1.0, name="w")
        >>> next(holder.each_weight()).name
        'w'
        """
        for _, parts in self._holdings():
            yield from _weights_among(parts)

    @property
    def variables(self) -> list[Variable]:
        """All weights, and the states of random generators."""
        states = (state for _, parts in self._holdings() for state in _states_among(parts))
        return _unique((*self.weights, *states))

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes: none of those of frozen layers."""
        if not self.trainable:
            return []
        parts = self._parts()
        found = [part for part in parts if isinstance(part, Variable) and part.trainable]
        for part in parts:
            if isinstance(part, Holder):
                found += part.trainable_weights
        return _unique(found)

    def _trainable_flags(self) -> tuple[bool, ...]:
        """Which layers and weights are not frozen, in the order in which they are found."""
        found: list[bool] = []
        for layer, parts in self._holdings():
            found.append(layer.trainable)
            found += [part.trainable for part in parts if isinstance(part, Variable)]
        return tuple(found)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training does not change by descent."""
        return _without(self.weights, self.trainable_weights)

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """All variables that training does not change by descent."""
        return _without(self.variables, self.trainable_weights)

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; setting it sets it for all inner layers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_, int)) or value not in (0, 1):
            raise ArgumentError(
                f"layer {self.name!r}: trainable: True or False was expected, got {value!r}"
            )
        for part in self.flatten_layers():
            part._trainable = bool(value)

    def get_weights(self) -> list[np.ndarray]:
        """The values of all weights, in the order of `weights`."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give all weights new values, in the order of `weights`."""
        own = self.weights
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
        """The number of values in all weights."""
        if not self.built:
            raise ArgumentError(
                f"layer {self.name!r} has no weights yet: call it, build it or give input_shape="
            )
        return sum(weight.size for weight in self.weights)

    def add_loss(self, loss: Any) -> None:
        """Add to what training minimises, for the call at work: a number, or a list of them."""
        self._added_losses += [ops.as_tensor(leaf) for leaf in tree.leaves(loss)]

    @property
    def losses(self) -> list[Tensor]:
        """The weights' penalties, and what calls have added since the last outermost one began."""
        penalties = [
            weight.regularizer(weight.value)
            for weight in self.trainable_weights
            if weight.regularizer is not None
        ]
        return penalties + [loss for part in self.flatten_layers() for loss in part._added_losses]

    def forget_losses(self) -> None:
        """Forget what calls have added, here and in all inner layers."""
        for part in self.flatten_layers():
            part._added_losses.clear()


def _gather_parts(values: Iterable[Any], found: list[Any]) -> None:
    for value in values:
        kind = type(value)
        if kind in _plain:
            continue  # most attributes: each fit asks a model several times for its weights
        if isinstance(value, (Variable, Holder, random.Generator)):
            found.append(value)
        elif isinstance(value, dict):
            _gather_parts(list(value.values()), found)
        elif isinstance(value, (list, tuple)):
            if value:
                _gather_parts(value, found)
        elif len(_plain) < _MOST_PLAIN:
            _plain.add(kind)


def _walk(holder: Holder, seen: set[int]) -> Iterator[tuple[Holder, list[Any]]]:
    seen.add(id(holder))
    parts = holder._parts()
    yield holder, parts
    for part in parts:
        if isinstance(part, Holder) and id(part) not in seen:
            yield from _walk(part, seen)


def _weights_among(parts: list[Any]) -> list[Variable]:
    own = [part for part in parts if isinstance(part, Variable)]
    return [w for w in own if w.trainable] + [w for w in own if not w.trainable]


def _states_among(parts: list[Any]) -> list[Variable]:
    return [part.state for part in parts if isinstance(part, random.Generator)]


def _unique(variables: Iterable[Variable]) -> list[Variable]:
    return list(dict.fromkeys(variables))


def _without(variables: list[Variable], others: list[Variable]) -> list[Variable]:
    left_out = {id(variable) for variable in others}
    return [variable for variable in variables if id(variable) not in left_out]

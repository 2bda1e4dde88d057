"""GradientTape: operations are noted as they pass, then walked backwards. Leans on gradient_rules.

A note keeps tensors' serial numbers and the pullback, which holds exactly the values its formula
mentions. The walk is a loop, not a recursion, and forgets each note once it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from steepest.core import dispatch, ops, tree
from steepest.core.cotangents import Cotangents, Note, Place, place_of
from steepest.core.dtype import is_float
from steepest.core.gradient_rules import GRADIENTS
from steepest.core.primitives import Primitive, Shape, known_count, show
from steepest.core.tensor import Operators, Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError, SteepestError


class GradientTape:
    """Notes what is computed inside the `with` block, and differentiates it.

    Trainable variables are watched of themselves, other tensors by `watch`. A tape that is not
    persistent answers once. Tapes nest: one around another gives second derivatives.

    >>> import steepest as st
    >>> x = st.constant(3.0)
    >>> with st.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> tape.gradient(y, x).item()
    6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.persistent = persistent
        self._watches_variables = watch_accessed_variables
        self._forget()
        self._used = False

    def _forget(self) -> None:
        self._notes: list[Note] = []
        self._tracked: set[int] = set()
        self._reads: dict[int, list[Place]] = {}
        self._variables: dict[int, Variable] = {}

    # ------------------------------------------------------------ noting

    def __enter__(self) -> GradientTape:
        if self._used and not self.persistent:
            self._forget()
        self._used = False
        dispatch.STACKS.tapes.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        dispatch.STACKS.tapes.remove(self)

    def watch(self, tensors: Any) -> None:
        """Follow tensors (or variables that are not trainable) from here on."""
        for leaf in tree.leaves(tensors):
            if isinstance(leaf, Variable):
                self._variables[id(leaf)] = leaf
                self.record_read(leaf, dispatch.current().read(leaf))
            elif isinstance(leaf, Tensor) and is_float(leaf.dtype):
                self._tracked.add(leaf.serial)
            else:
                raise ArgumentError(
                    f"watch: only tensors of fractions can be watched, got {leaf!r}; "
                    "make one with st.constant(..., dtype='float32')"
                )

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables read so far that are followed, in order of first reading."""
        return tuple(self._variables.values())

    def record(
        self, output: Tensor, primitive: Primitive, inputs: Sequence[Tensor], params: Any
    ) -> None:
        """Note one operation, if anything followed goes into it."""
        rule = GRADIENTS[primitive.name]
        if rule and is_float(output.dtype) and self._follows(inputs):
            with dispatch.untaped():
                parts = rule(output, *inputs, **params)
            self.note((output,), inputs, self._followed(parts, inputs))

    def _followed(self, parts: Any, inputs: Sequence[Tensor]) -> Callable[..., Any]:
        """One pullback of those to followed inputs; what only the others mention is let go."""
        if not isinstance(parts, tuple):
            return parts
        kept = [
            part if tensor.serial in self._tracked else None
            for part, tensor in zip(parts, inputs, strict=True)
        ]
        return lambda g: [part and part(g) for part in kept]

    def _follows(self, inputs: Iterable[Tensor]) -> bool:
        return any(tensor.serial in self._tracked for tensor in inputs)

    def note(
        self, outputs: Sequence[Tensor], inputs: Sequence[Tensor], pullback: Callable[..., Any]
    ) -> None:
        """Note a computation with its pullback, whatever it consists of."""
        if not self._follows(inputs):
            return
        places = tuple(
            place_of(tensor) if tensor.serial in self._tracked else None for tensor in inputs
        )
        self._notes.append(Note(tuple(map(place_of, outputs)), places, pullback))
        self._tracked.update(tensor.serial for tensor in outputs)

    def record_read(self, variable: Variable, value: Tensor) -> None:
        """Note that a variable was read; its derivative is that of all that was read from it."""
        followed = id(variable) in self._variables
        if not followed and not (self._watches_variables and variable.trainable):
            return
        self._variables[id(variable)] = variable
        places = self._reads.setdefault(id(variable), [])
        if not places or places[-1].serial != value.serial:
            places.append(place_of(value))
            self._tracked.add(value.serial)

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Note nothing inside the `with` block."""
        tapes = dispatch.STACKS.tapes
        present = self in tapes
        dispatch.STACKS.tapes = [tape for tape in tapes if tape is not self]
        try:
            yield
        finally:
            dispatch.STACKS.tapes = tapes if present else dispatch.STACKS.tapes

    def reset(self) -> None:
        """Forget everything noted so far."""
        self._forget()

    # ------------------------------------------------------------ walking

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """The derivative of the target (of its sum, if it has many values) by each source.

        The answer has the form of `sources`; a source that the target does not depend on gives
        None, or zeros with `unconnected_gradients="zero"`.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ArgumentError(
                f"unconnected_gradients: 'none' or 'zero', got {unconnected_gradients!r}"
            )
        self._claim()
        found = self._walk(target, sources, output_gradients, keep=self.persistent)
        zero = unconnected_gradients == "zero"
        wanted = tree.leaves(sources)
        filled = [
            ops.constant(np.zeros(source.shape, source.dtype)) if zero and grad is None else grad
            for source, grad in zip(wanted, found, strict=True)
        ]
        return tree.rebuild(sources, iter(filled))

    def _claim(self) -> None:
        if self._used and not self.persistent:
            raise SteepestError(
                "this tape has answered already and forgot its notes; "
                "use GradientTape(persistent=True) to ask more than once"
            )
        self._used = True

    def _walk(self, target: Any, sources: Any, seeds: Any, keep: bool) -> list[Tensor | None]:
        wanted = [self._serials(source) for source in tree.leaves(sources)]
        pending = Cotangents(serial for serials in wanted for serial in serials)
        with self.stop_recording():
            self._seed(pending, target, seeds)
            for note in list(reversed(self._notes)) if keep else self._drain():
                pending.push_back(note)
            return [pending.total(serials) for serials in wanted]

    def _drain(self) -> Iterator[Note]:
        while self._notes:
            yield self._notes.pop()

    def _serials(self, source: Any) -> list[int]:
        if isinstance(source, Variable):
            return [place.serial for place in self._reads.get(id(source), ())]
        if isinstance(source, Tensor):
            return [source.serial]
        raise ArgumentError(f"gradient: a source must be a tensor or a variable, got {source!r}")

    def _seed(self, pending: Cotangents, target: Any, seeds: Any) -> None:
        for leaf, seed in _with_seeds(target, seeds):
            if isinstance(leaf, Variable):
                leaf = dispatch.current().read(leaf)
            if not isinstance(leaf, Tensor):
                raise ArgumentError(f"gradient: the target must be a tensor, got {leaf!r}")
            if is_float(leaf.dtype):
                pending.add(place_of(leaf), _start(leaf, seed))

    def jacobian(self, target: Tensor, sources: Any) -> Any:
        """The derivative of each value of the target: shape of target + shape of source.

        >>> import steepest as st
        >>> x = st.constant([1.0, 2.0])
        >>> with st.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.jacobian(y, x).tolist()
        [[2.0, 0.0], [0.0, 4.0]]
        """
        self._claim()
        count = target.size
        rows = [
            self._walk(target, sources, ops.reshape(unit, target.shape), keep=True)
            for unit in np.eye(count, dtype=target.dtype)
        ]
        wanted = tree.leaves(sources)
        stacked = [
            _stack_rows([row[place] for row in rows], target.shape, source)
            for place, source in enumerate(wanted)
        ]
        if not self.persistent:
            self._forget()
        return tree.rebuild(sources, iter(stacked))

    def batch_jacobian(self, target: Tensor, source: Any) -> Any:
        """For each example the derivative of its part of the target by its part of the source.

        No example may depend on another: the derivatives between two examples are left out.

        >>> import steepest as st
        >>> x = st.constant([[1.0], [2.0]])
        >>> with st.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).tolist()
        [[[2.0]], [[4.0]]]
        """
        batch = target.shape[0] if target.shape else None
        if batch is None or source.shape[:1] != (batch,):
            raise ShapeError(
                f"batch_jacobian: target {show(target.shape)} and source {show(source.shape)} "
                "must begin with the same known number of examples"
            )
        self._claim()
        inner = target.shape[1:]
        units = np.eye(known_count(inner), dtype=target.dtype)
        rows = [
            self._walk(
                target, source, ops.broadcast_to(ops.reshape(unit, inner), target.shape), True
            )
            for unit in units
        ]
        if not self.persistent:
            self._forget()
        found = _stack_rows([row[0] for row in rows], inner, source)
        return None if found is None else _batch_first(found, len(inner))


def _batch_first(rows: Tensor, place: int) -> Tensor:
    order = [place, *(axis for axis in np.arange(rows.ndim).tolist() if axis != place)]
    return ops.transpose(rows, order)


def _with_seeds(target: Any, seeds: Any) -> list[tuple[Any, Any]]:
    targets = tree.leaves(target)
    if seeds is None:
        return [(leaf, None) for leaf in targets]
    given = tree.leaves(seeds) if isinstance(target, (list, tuple, dict)) else [seeds]
    if len(given) != len(targets):
        raise ArgumentError(
            f"output_gradients: one for each target, {len(targets)}, got {len(given)}"
        )
    return list(zip(targets, given, strict=True))


def _stack_rows(rows: list[Tensor | None], lead: Shape, source: Any) -> Tensor | None:
    if all(row is None for row in rows):
        return None
    zeros = ops.constant(np.zeros(source.shape, source.dtype))
    flat = [ops.reshape(zeros if row is None else row, (1, *source.shape)) for row in rows]
    return ops.reshape(ops.concat(flat), (*lead, *source.shape))


def _start(target: Tensor, seed: Any) -> Tensor:
    if seed is None:
        return ops.broadcast_to(ops.constant(1.0, target.dtype), target.shape)
    given = ops.as_tensor(seed, target.dtype)
    if given.shape not in (target.shape, ()):
        raise ShapeError(
            f"output_gradients: the target has shape {show(target.shape)}, "
            f"its weight {show(given.shape)}"
        )
    return given


def gradients(function: Callable[..., Tensor], *arguments: Any) -> Any:
    """The derivative of a function's (summed) value by its arguments, at the arguments.

    >>> import steepest as st
    >>> st.gradients(lambda x, y: x * y, 2.0, 5.0)
    [Tensor(5., shape=(), dtype=float32), Tensor(2., shape=(), dtype=float32)]
    """
    return value_and_gradients(function, *arguments)[1]


def value_and_gradients(
    function: Callable[..., Tensor], *arguments: Any
) -> tuple[Tensor, list[Tensor | None]]:
    """A function's value and its derivatives by its arguments.

    >>> import steepest as st
    >>> value, (slope,) = st.value_and_gradients(lambda x: x * x, 3.0)
    >>> value.item(), slope.item()
    (9.0, 6.0)
    """
    inputs = [
        argument if isinstance(argument, Operators) else ops.as_tensor(argument)
        for argument in arguments
    ]
    with GradientTape() as tape:
        tape.watch(inputs)
        value = function(*inputs)
    return value, tape.gradient(value, inputs)

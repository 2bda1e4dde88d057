"""GradientTape: records operations, then applies their pullbacks in reverse order.

An entry stores the serial numbers of tensors and a pullback, which refers to exactly the values
that its formula needs. Backpropagation is a loop, not a recursion, and drops each entry once it is
used. Depends on gradient_rules and cotangents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import numpy as np

from steepest.core import dispatch, ops, tree
from steepest.core.cotangents import Cotangents, TapeEntry, TensorKey, key_of
from steepest.core.dtype import is_float
from steepest.core.gradient_rules import GRADIENTS
from steepest.core.primitives import Primitive, Shape, known_count, show
from steepest.core.tensor import Operators, Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError, TapeError


class UnconnectedGradients(StrEnum):
    """What `gradient` gives for a source on which the target does not depend: None, or zeros.

    >>> x, y = st.Variable([2.0, 2.0]), st.Variable(3.0)
    >>> with st.GradientTape() as tape:
    ...     z = y**2
    >>> tape.gradient(z, x, unconnected_gradients=st.UnconnectedGradients.ZERO).tolist()
    [0.0, 0.0]
    """

    NONE = "none"
    ZERO = "zero"


class GradientTape:
    """Records what is computed inside the `with` block, and differentiates it.

    Trainable variables are watched automatically, other tensors by `watch`. A tape that is not
    persistent gives derivatives once. Tapes nest: one around another gives second derivatives.

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
        self.reset()
        self._used = False

    def reset(self) -> None:
        """Drops everything recorded so far."""
        self._entries: list[TapeEntry] = []
        self._tracked: set[int] = set()
        self._reads: dict[int, list[TensorKey]] = {}
        self._variables: dict[int, Variable] = {}

    # ------------------------------------------------------------ recording

    def __enter__(self) -> GradientTape:
        if self._used and not self.persistent:
            self.reset()
        self._used = False
        dispatch.STACKS.tapes.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        dispatch.STACKS.tapes.remove(self)

    def watch(self, tensors: Any) -> None:
        """Watches tensors (or variables that are not trainable) from here on."""
        for leaf in tree.leaves(tensors):
            if isinstance(leaf, Variable):
                self._variables[id(leaf)] = leaf
                self.record_read(leaf, dispatch.current().read(leaf))
            elif isinstance(leaf, Tensor) and is_float(leaf.dtype):
                self._tracked.add(leaf.serial)
            else:
                raise ArgumentError(
                    f"watch: only tensors of a floating dtype can be watched, got {leaf!r}; "
                    "make one with st.constant(..., dtype='float32')"
                )

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables watched so far, in the order in which they were first read."""
        return tuple(self._variables.values())

    def record(
        self, output: Tensor, primitive: Primitive, inputs: Sequence[Tensor], params: Any
    ) -> None:
        """Records one operation, if one of its inputs is watched or follows from what is."""
        rule = GRADIENTS[primitive.name]
        if rule and is_float(output.dtype) and self._follows(inputs):
            with dispatch.untaped():
                parts = rule(output, *inputs, **params)
            self.record_pullback((output,), inputs, self._followed(parts, inputs))

    def _followed(self, parts: Any, inputs: Sequence[Tensor]) -> Callable[..., Any]:
        """The pullback to the followed inputs; the others are dropped with what they refer to."""
        if not isinstance(parts, tuple):
            return parts
        followed = [
            part if tensor.serial in self._tracked else None
            for part, tensor in zip(parts, inputs, strict=True)
        ]
        return lambda g: [part and part(g) for part in followed]

    def _follows(self, inputs: Iterable[Tensor]) -> bool:
        return any(tensor.serial in self._tracked for tensor in inputs)

    def record_pullback(
        self, outputs: Sequence[Tensor], inputs: Sequence[Tensor], pullback: Callable[..., Any]
    ) -> None:
        """Records any computation by its pullback."""
        if not self._follows(inputs):
            return
        keys = tuple(
            key_of(tensor) if tensor.serial in self._tracked else None for tensor in inputs
        )
        self._entries.append(TapeEntry(tuple(map(key_of, outputs)), keys, pullback))
        self._tracked.update(tensor.serial for tensor in outputs)

    def record_read(self, variable: Variable, value: Tensor) -> None:
        """Records a read of a variable, whose derivative is summed over all the values read."""
        followed = id(variable) in self._variables
        if not followed and not (self._watches_variables and variable.trainable):
            return
        self._variables[id(variable)] = variable
        keys = self._reads.setdefault(id(variable), [])
        if not keys or keys[-1].serial != value.serial:
            keys.append(key_of(value))
            self._tracked.add(value.serial)

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Records nothing inside the `with` block."""
        tapes = dispatch.STACKS.tapes
        present = self in tapes
        dispatch.STACKS.tapes = [tape for tape in tapes if tape is not self]
        try:
            yield
        finally:
            dispatch.STACKS.tapes = tapes if present else dispatch.STACKS.tapes

    # ------------------------------------------------------------ derivatives

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """The derivative of the target (of its sum, if it has many values) by each source.

        The result has the structure of `sources`; a source on which the target does not depend
        gives None, or zeros with `unconnected_gradients="zero"`.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ArgumentError(
                f"unconnected_gradients: 'none' or 'zero', got {unconnected_gradients!r}"
            )
        self._start_use()
        found = self._backpropagate(target, sources, output_gradients, keep=self.persistent)
        zero = unconnected_gradients == "zero"
        wanted = tree.leaves(sources)
        filled = [
            ops.constant(np.zeros(source.shape, source.dtype)) if zero and grad is None else grad
            for source, grad in zip(wanted, found, strict=True)
        ]
        return tree.rebuild(sources, iter(filled))

    def _start_use(self) -> None:
        if self._used and not self.persistent:
            raise TapeError(
                "this tape has given its derivatives and dropped what it recorded; "
                "use GradientTape(persistent=True) to differentiate more than once"
            )
        self._used = True

    def _backpropagate(
        self, target: Any, sources: Any, seeds: Any, keep: bool
    ) -> list[Tensor | None]:
        for leaf in tree.leaves(target):
            if isinstance(leaf, Variable):  # used as it is: its derivative by itself is 1
                self.record_read(leaf, dispatch.current().read(leaf))
        wanted = [self._serials(source) for source in tree.leaves(sources)]
        pending = Cotangents(serial for serials in wanted for serial in serials)
        with self.stop_recording():
            self._seed(pending, target, seeds)
            for entry in list(reversed(self._entries)) if keep else self._drain():
                pending.push_back(entry)
            return [pending.total(serials) for serials in wanted]

    def _drain(self) -> Iterator[TapeEntry]:
        while self._entries:
            yield self._entries.pop()

    def _serials(self, source: Any) -> list[int]:
        if isinstance(source, Variable):
            return [key.serial for key in self._reads.get(id(source), ())]
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
                pending.add(key_of(leaf), _start(leaf, seed))

    def jacobian(self, target: Tensor, sources: Any) -> Any:
        """The derivative of each value of the target, of shape target.shape + source.shape.

        >>> import steepest as st
        >>> x = st.constant([1.0, 2.0])
        >>> with st.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.jacobian(y, x).tolist()
        [[2.0, 0.0], [0.0, 4.0]]
        """
        self._start_use()
        count = target.size
        rows = [
            self._backpropagate(target, sources, ops.reshape(unit, target.shape), keep=True)
            for unit in np.eye(count, dtype=target.dtype)
        ]
        wanted = tree.leaves(sources)
        stacked = [
            _stack_rows([row[index] for row in rows], target.shape, source)
            for index, source in enumerate(wanted)
        ]
        if not self.persistent:
            self.reset()
        return tree.rebuild(sources, iter(stacked))

    def batch_jacobian(self, target: Tensor, source: Any) -> Any:
        """The Jacobian of each example of the target by the same example of the source.

        No example may depend on another: derivatives between two examples are not computed.

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
        self._start_use()
        inner = target.shape[1:]
        units = np.eye(known_count(inner), dtype=target.dtype)
        rows = [
            self._backpropagate(
                target, source, ops.broadcast_to(ops.reshape(unit, inner), target.shape), True
            )
            for unit in units
        ]
        if not self.persistent:
            self.reset()
        found = _stack_rows([row[0] for row in rows], inner, source)
        if found is None:
            return None
        axes = np.arange(found.ndim).tolist()
        batch_axis = len(inner)
        order = [batch_axis, *axes[:batch_axis], *axes[batch_axis + 1 :]]
        return ops.transpose(found, order)


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

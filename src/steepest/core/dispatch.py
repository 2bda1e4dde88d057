"""Dispatch of operations to the active interpreter and to the active tapes.

Each thread has its own stacks of interpreters (eager evaluation, the recorder of programs) and of
tapes. Depends on the primitives only.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from steepest.core.primitives import Primitive


class Interpreter(Protocol):
    """Runs or records operations."""

    def apply(self, primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any]) -> Any:
        """The output tensor of one operation."""

    def read(self, variable: Any) -> Any:
        """The current value of a variable."""

    def assign(self, variable: Any, value: Any) -> None:
        """Sets the value of a variable."""

    def value_of(self, tensor: Any) -> Any:
        """The value of a tensor, if it is known already."""


class Tape(Protocol):
    """Records operations in order to differentiate them."""

    def record(self, output: Any, primitive: Primitive, inputs: Sequence[Any], params: Any) -> None:
        """Records one operation."""

    def record_read(self, variable: Any, value: Any) -> None:
        """Records that a variable was read."""


class _Stacks(threading.local):
    def __init__(self) -> None:
        self.interpreters: list[Interpreter] = []
        self.tapes: list[Tape] = []
        self.scopes: list[str] = []


STACKS = _Stacks()
_eager: list[Interpreter] = []
drawings: list[Any] = []
"""The interpreter of functional models' drawings, once there is one."""


def set_eager(interpreter: Interpreter) -> None:
    """Sets the interpreter that is active when no other is."""
    _eager[:] = [interpreter]


def current() -> Interpreter:
    """The active interpreter of this thread."""
    return STACKS.interpreters[-1] if STACKS.interpreters else _eager[0]


def computes_at_once() -> bool:
    """Whether operations run eagerly in this thread now, and none records them as a program."""
    return current() is _eager[0]


def bind(primitive: Primitive, *inputs: Any, **params: Any) -> Any:
    """Runs (or records) one operation on tensors; active tapes record it too."""
    interpreter = _home(inputs) or current()
    output = interpreter.apply(primitive, inputs, params)
    for tape in STACKS.tapes:
        tape.record(output, primitive, inputs, params)
    return output


def _home(inputs: Sequence[Any]) -> Interpreter | None:
    """The interpreter that an input belongs to for life, if there is one.

    So it is for the symbolic tensors of a functional model: what is computed from them joins their
    graph, whichever interpreter is active.
    """
    for tensor in inputs:
        home: Interpreter | None = getattr(tensor.data, "home", None)  # arrays have none
        if home is not None:
            return home
    return None


@contextlib.contextmanager
def interpreting(interpreter: Interpreter) -> Iterator[None]:
    """Makes an interpreter the active one inside the `with` block."""
    STACKS.interpreters.append(interpreter)
    try:
        yield
    finally:
        STACKS.interpreters.pop()


class eagerly:  # noqa: N801 - a context manager
    """Computes eagerly inside the `with` block, unrecorded by any program or tape."""

    __slots__ = ("_hidden",)

    def __enter__(self) -> None:
        STACKS.interpreters.append(_eager[0])
        self._hidden, STACKS.tapes = STACKS.tapes, []

    def __exit__(self, *error: object) -> None:
        STACKS.tapes = self._hidden
        STACKS.interpreters.pop()


@contextlib.contextmanager
def untaped() -> Iterator[None]:
    """Keeps the operations inside the `with` block off every tape."""
    hidden, STACKS.tapes = STACKS.tapes, []
    try:
        yield
    finally:
        STACKS.tapes = hidden


@contextlib.contextmanager
def scope(name: str) -> Iterator[None]:
    """Names the operations inside the `with` block, for programs and messages."""
    STACKS.scopes.append(name)
    try:
        yield
    finally:
        STACKS.scopes.pop()


def name_scope(name: str) -> contextlib.AbstractContextManager[None]:
    """Names the operations inside a `with` block, for programs and messages.

    >>> def half(x):
    ...     with st.name_scope("half"):
    ...         return x / 2.0
    >>> print(st.trace(half, [st.TensorSpec((2,))]).outputs[0].source.scope)
    half
    """
    return scope(name)

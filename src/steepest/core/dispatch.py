"""Where every operation passes: the interpreter at work runs it, the tapes at work note it.

Interpreters (eager evaluation, the recorder of programs) and tapes stand on stacks of their
own for each thread. Leans on nothing but the primitives.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from steepest.core.primitives import Primitive


class Interpreter(Protocol):
    """What runs or records an operation."""

    def apply(self, primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any]) -> Any:
        """The output tensor of one operation."""

    def read(self, variable: Any) -> Any:
        """The tensor that a variable holds now."""

    def assign(self, variable: Any, value: Any) -> None:
        """Let the variable hold a new tensor."""


class Tape(Protocol):
    """What notes operations in order to differentiate them."""

    def record(self, output: Any, primitive: Primitive, inputs: Sequence[Any], params: Any) -> None:
        """Note one operation."""

    def record_read(self, variable: Any, value: Any) -> None:
        """Note that a variable was read."""


class _Stacks(threading.local):
    def __init__(self) -> None:
        self.interpreters: list[Interpreter] = []
        self.tapes: list[Tape] = []
        self.scopes: list[str] = []


STACKS = _Stacks()
_eager: list[Interpreter] = []


def set_eager(interpreter: Interpreter) -> None:
    """Name the interpreter that works when no other does."""
    _eager[:] = [interpreter]


def current() -> Interpreter:
    """The interpreter at work in this thread."""
    return STACKS.interpreters[-1] if STACKS.interpreters else _eager[0]


def bind(primitive: Primitive, *inputs: Any, **params: Any) -> Any:
    """Run (or record) one operation on tensors, and let the tapes note it."""
    interpreter = _home(inputs) or current()
    output = interpreter.apply(primitive, inputs, params)
    for tape in STACKS.tapes:
        tape.record(output, primitive, inputs, params)
    return output


def _home(inputs: Sequence[Any]) -> Interpreter | None:
    """The interpreter that an input belongs to for life, if there is one.

    Tensors of a functional model's drawing are of that kind: what is computed from them joins
    the drawing, whoever else is at work.
    """
    for tensor in inputs:
        if tensor.is_symbolic and (home := getattr(tensor.data, "home", None)) is not None:
            return home
    return None


@contextlib.contextmanager
def interpreting(interpreter: Interpreter) -> Iterator[None]:
    """Let an interpreter do the work inside the `with` block."""
    STACKS.interpreters.append(interpreter)
    try:
        yield
    finally:
        STACKS.interpreters.pop()


@contextlib.contextmanager
def eagerly() -> Iterator[None]:
    """Compute at once inside the `with` block, unseen by any recorder or tape."""
    with interpreting(_eager[0]), untaped():
        yield


@contextlib.contextmanager
def untaped() -> Iterator[None]:
    """Hide the operations inside the `with` block from every tape."""
    hidden, STACKS.tapes = STACKS.tapes, []
    try:
        yield
    finally:
        STACKS.tapes = hidden


@contextlib.contextmanager
def scope(name: str) -> Iterator[None]:
    """Name what is computed inside the `with` block, so that programs and messages can say it."""
    STACKS.scopes.append(name)
    try:
        yield
    finally:
        STACKS.scopes.pop()

"""What becomes of a call: its exit code, its message, its JSON document. Depends on verb.py."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from steepest.cli.terminal import paragraph
from steepest.cli.verb import Answer, ConditionFailed
from steepest.errors import SteepestError
from steepest.version import VERSION


class Outcome(NamedTuple):
    """How a call ended, and the exit code that says so."""

    name: str
    exit_code: int


DONE = Outcome("done", 0)
BUG = Outcome("bug", 1)
OUTCOMES: tuple[tuple[type[BaseException], Outcome], ...] = (
    (ConditionFailed, Outcome("failed", 3)),
    (KeyboardInterrupt, Outcome("interrupted", 130)),
    (SteepestError, Outcome("unusable", 2)),
    (OSError, Outcome("unusable", 2)),
    (MemoryError, Outcome("unusable", 2)),
)
"""The outcome of each class of errors; any other error is a bug."""


def outcome_of(error: BaseException | None) -> Outcome:
    """The outcome of a call that ended so.

    >>> outcome_of(FileNotFoundError("data.csv")), outcome_of(KeyError("x")).exit_code
    (Outcome(name='unusable', exit_code=2), 1)
    """
    if error is None:
        return DONE
    return next((outcome for kind, outcome in OUTCOMES if isinstance(error, kind)), BUG)


def message_of(error: BaseException) -> str:
    """What went wrong and what to do, in one paragraph.

    >>> message_of(FileNotFoundError(2, "No such file or directory", "data.csv"))
    'data.csv: No such file or directory'
    """
    text = paragraph("\n".join([str(error), *getattr(error, "__notes__", ())]))
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError) and not isinstance(error, SteepestError) and error.strerror:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return f"{where}{error.strerror}"
    if isinstance(error, MemoryError) and not text:
        return "there is not enough memory; try less data or a smaller network"
    if outcome_of(error) is BUG:
        said = f"{type(error).__name__}: {text}" if text else type(error).__name__
        return (
            f"this is a bug of steepest: {said}{_place(error)}; run it again with --debug and "
            "report it with the traceback"
        )
    return text or type(error).__name__


def document_of(
    words: list[str],
    answer: Answer | None,
    error: BaseException | None = None,
    debug: bool = False,
    warned: Sequence[str] = (),
) -> dict[str, Any]:
    """The JSON document of a call, in plain values.

    >>> document_of(["info"], Answer({"threads": 2}, ()))["result"]
    {'threads': 2}
    """
    outcome = outcome_of(error)
    document: dict[str, Any] = {
        "steepest": VERSION,
        "command": words,
        "outcome": outcome.name,
        "exit_code": outcome.exit_code,
    }
    if answer is not None:
        document["result"] = plain(answer.result)
    if warned:
        document["warnings"] = list(warned)
    if error is not None:
        document["error"] = {"type": type(error).__name__, "message": message_of(error)}
        if debug:
            document["error"]["traceback"] = traceback_of(error)
    return document


def traceback_of(error: BaseException) -> str:
    """The traceback of an error as Python prints it."""
    import traceback

    return "".join(traceback.format_exception(error))


def plain(value: Any) -> Any:
    """A value that JSON has: NaN and infinity become None, arrays lists, and paths texts.

    >>> plain({"loss": float("nan"), "shape": (2, 3)})
    {'loss': None, 'shape': [2, 3]}
    """
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers, and tensors
        return plain(value.tolist())
    return str(value)


def _place(error: BaseException) -> str:
    """The file and line of the innermost call, if the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""

"""Tables of verbs for tests: the real one with other functions, and a made-up one."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator

from steepest.cli.table import root
from steepest.cli.verb import Answer, Argument, ConditionFailed, Option, Verb
from steepest.errors import DataError, NotEnoughMemory

LEAVES = root().leaves()
"""The words that lead to each verb that has a function, and the verb."""

MADE_UP = Verb(
    "steepest",
    "tries its parser",
    (),
    verbs=(
        Verb(
            "fit",
            "fits a network",
            (("steepest fit data.csv", "fits it"),),
            arguments=(
                Argument("DATA", "the rows", kind="file"),
                Argument("EXTRA-DATA", "more rows", kind="folder", required=False, many=True),
            ),
            options=(
                Option("--epochs", "how often all rows are read", "COUNT", kind="integer"),
                Option("--rate", "the learning rate", "NUMBER", kind="number"),
                Option("--engine", "the engine", "NAME", choices=("cpu", "numpy")),
                Option("--drop", "a column to leave out", "COLUMN", many=True),
                Option("--log", "a file for the history", "FILE", kind="file"),
                Option("--no-browser", "opens no page"),
            ),
            run=lambda **values: Answer(values, ["done"]),
        ),
        Verb("fix", "mends it", (), run=lambda: Answer({}, ()), needs_library=False),
    ),
)


def words_for(path: tuple[str, ...], verb: Verb) -> list[str]:
    """Words that call a verb with the arguments that it needs."""
    given = [(one.choices or ("made-up",))[0] for one in verb.arguments if one.required]
    return [*path, *given]


def doing(run: Callable[[], Answer], verb: Verb | None = None) -> Verb:
    """The real table, in which all verbs have one other function."""
    one = verb or root()
    if not one.verbs:
        return one._replace(run=lambda **_: run(), needs_library=False)
    return one._replace(verbs=tuple(doing(run, inner) for inner in one.verbs))


def _raising(error: BaseException) -> Callable[[], Answer]:
    def run() -> Answer:
        raise error

    return run


def _interrupted() -> Answer:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
    return Answer({}, ())


def _interrupted_halfway() -> Answer:
    def lines() -> Iterator[str]:
        yield "one line"
        _interrupted()

    return Answer({"half": True}, lines())


def _failing_at_the_end() -> Answer:
    def lines() -> Iterator[str]:
        yield "one line"
        raise ConditionFailed("accuracy 0.5 is below 0.9")

    return Answer({"accuracy": 0.5}, lines())


def _chatty() -> Answer:
    print("progress of a library")
    warnings.warn("columns differ in scale", UserWarning, stacklevel=1)
    return Answer({"loss": float("nan")}, ["one line"])


ENDINGS: dict[str, tuple[Callable[[], Answer], str, int]] = {
    "done": (lambda: Answer({"rows": 4}, ["4 rows"]), "done", 0),
    "chatty": (_chatty, "done", 0),
    "bug": (_raising(KeyError("x")), "bug", 1),
    "exit": (_raising(SystemExit(7)), "bug", 1),
    "wrong data": (_raising(DataError("data.csv:\n  row 3 is short\nmend it")), "unusable", 2),
    "no file": (_raising(FileNotFoundError(2, "No such file", "data.csv")), "unusable", 2),
    "no memory": (_raising(NotEnoughMemory("1 TB is needed")), "unusable", 2),
    "condition": (_failing_at_the_end, "failed", 3),
    "interrupt": (_interrupted, "interrupted", 130),
    "late interrupt": (_interrupted_halfway, "interrupted", 130),
}
"""How a function may end: the function, the outcome, the exit code."""

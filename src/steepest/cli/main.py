"""Runs a command line: the only place that prints, and that turns outcomes into exit codes.

Depends on the parser, the help and outcome.py; the library is imported for verbs that need it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

from steepest.cli import terminal
from steepest.cli.help import help_lines
from steepest.cli.outcome import DONE, document_of, message_of, outcome_of, traceback_of
from steepest.cli.parser import Call, parse
from steepest.cli.table import root
from steepest.cli.verb import DEBUG, JSON, Answer, Verb
from steepest.errors import DataError, MissingExtra
from steepest.version import VERSION


def main(
    words: Sequence[str] | None = None,
    verbs: Verb | None = None,
    begin: Callable[[], object] = lambda: None,
) -> int:
    """Does what some words say, those of the process by default, and gives the exit code.

    `begin` is called first; what it raises is reported as an error of a verb is.

    >>> main(["--version"])
    steepest 0.1.0
    0
    """
    given = list(sys.argv[1:] if words is None else words)
    flags = given[: given.index("--")] if "--" in given else given
    as_json, debug = JSON.name in flags, DEBUG.name in flags
    warned: list[str] = []
    answer, error = None, None
    try:
        begin()
        call = parse(verbs or root(), given)
        with _listening(as_json, warned):
            answer = _answer(call)
            for line in answer.lines:
                if not as_json:
                    _print(line)
    except _ReaderGone:
        return DONE.exit_code
    except BaseException as raised:
        error = raised
    try:
        if as_json:
            import json

            _print(json.dumps(document_of(given, answer, error, debug, warned), indent=2))
        elif error is not None:
            _report(error, debug)
    except _ReaderGone:
        pass
    except DataError as unwritten:
        error = unwritten
        _report(error, debug)
    return outcome_of(error).exit_code


class _ReaderGone(Exception):
    """Whoever read the output has ended, as `head` does: there is nothing more to do."""


def _answer(call: Call) -> Answer:
    if call.values.get("version"):
        return Answer({"version": VERSION}, [f"steepest {VERSION}"])
    run = call.verb.run
    if call.values.get("help") or run is None:
        text = "\n".join(help_lines(call.verb, call.path))
        return Answer({"help": text}, help_lines(call.verb, call.path, sys.stdout))
    if call.verb.needs_library:
        load_library()
    return run(**call.values)


def load_library() -> None:
    """Runs the `__init__` of steepest where `steepest_command` has deferred it.

    >>> load_library()
    """
    package = sys.modules["steepest"]
    spec = package.__spec__
    if hasattr(package, "__all__") or spec is None or spec.loader is None:
        return
    try:
        spec.loader.exec_module(package)
    except ImportError as error:
        named = error.name or "numpy"
        raise MissingExtra(
            f"steepest needs the package {named!r}, which is missing or broken ({error}): "
            f"pip install --force-reinstall {named.partition('.')[0]}"
        ) from error


@contextlib.contextmanager
def _listening(as_json: bool, warned: list[str]) -> Iterator[None]:
    """Prints warnings as a paragraph; with --json, collects them, and nothing else is output."""

    def shown(message: Warning | str, *_: Any, **__: Any) -> None:
        warned.append(terminal.paragraph(str(message)))
        if not as_json:
            _say("warning", warned[-1], "33")

    redirected = contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext()
    with warnings.catch_warnings(), redirected:
        warnings.showwarning = shown
        yield


def _print(text: str) -> None:
    """Prints to the standard output at once."""
    try:
        print(text, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "backslashreplace").decode(), flush=True)
    except OSError as error:
        _discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise _ReaderGone from None
        raise DataError(f"the output could not be written: {error.strerror}") from error


def _report(error: BaseException, debug: bool) -> None:
    """Prints an error as one paragraph, after its traceback if that was asked for."""
    if debug:
        with contextlib.suppress(OSError):
            print(traceback_of(error), file=sys.stderr)
    _say("error", message_of(error), "1;31")


def _say(kind: str, message: str, style: str) -> None:
    stream = sys.stderr
    text = terminal.paragraph(f"{kind}: {message}")
    if terminal.is_terminal(stream):
        text = "\n".join(terminal.wrapped(text, terminal.width(stream)))
    try:
        print(text.replace(kind, terminal.styled(kind, style, stream), 1), file=stream, flush=True)
    except OSError:
        _discard(stream)


def _discard(stream: TextIO) -> None:
    """Lets what is still in the buffer of a broken stream go nowhere, when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

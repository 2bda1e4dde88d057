"""The help of a verb, examples first. Depends on the parser's options and terminal.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from steepest.cli.parser import command, options_of
from steepest.cli.terminal import styled, table, width, wrapped
from steepest.cli.verb import Argument, Option, Verb


def help_lines(verb: Verb, path: Sequence[str], stream: TextIO | None = None) -> Iterator[str]:
    """The help of a verb, as wide as the stream's terminal and in bold type where it has that.

    >>> from steepest.cli.table import root
    >>> print(*list(help_lines(root(), ()))[:4], sep="\\n")
    steepest: trains and explains dense neural networks.
    <BLANKLINE>
    Examples
      steepest info                     shows version, engine, processor and extras
    """
    columns = width(stream)
    yield from wrapped(f"{command(path)}: {verb.summary}.", columns)
    parts: dict[str, Sequence[Sequence[str]]] = {
        "Examples": verb.examples,
        "Usage": [(usage(verb, path),)],
        "Verbs": [(one.name, one.summary) for one in verb.verbs],
        "Arguments": [(one.name, _described(one)) for one in verb.arguments],
        "Options": [(_spelling(one), _described(one)) for one in options_of(verb, path)],
    }
    for heading, rows in parts.items():
        if rows:
            yield ""
            yield styled(heading, "1", stream)
            yield from table(rows, columns)
    if verb.verbs:
        yield ""
        more = f"`{command((*path, 'VERB', '--help'))}` shows the examples and options of a verb."
        yield from wrapped(more, columns)


def usage(verb: Verb, path: Sequence[str]) -> str:
    """The command with its arguments, as NAME or [NAME ...], and its own options.

    >>> from steepest.cli.table import root
    >>> usage(root().find("info"), ("info",))
    'steepest info [--require EXTRA ...] [options]'
    """
    words = [command(path)]
    if verb.verbs:
        words.append("VERB")
    for argument in verb.arguments:
        words.append(_optional(argument.name, argument.many, not argument.required))
    for option in verb.options:
        words.append(_optional(f"{option.name} {option.value}".strip(), option.many, True))
    return " ".join([*words, "[options]"])


def _optional(word: str, many: bool, optional: bool) -> str:
    repeated = f"{word} ..." if many else word
    return f"[{repeated}]" if optional else repeated


def _spelling(option: Option) -> str:
    return f"{', '.join(reversed(option.names))} {option.value}".strip()


def _described(one: Argument | Option) -> str:
    return f"{one.help}: {', '.join(one.choices)}" if one.choices else one.help

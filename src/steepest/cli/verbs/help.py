"""`steepest help VERB`: the help of a verb."""

from __future__ import annotations

import sys

from steepest.cli.verb import Answer, Argument, UsageError, Verb


def run(verb: tuple[str, ...]) -> Answer:
    """The help of the verb that some words lead to."""
    from steepest.cli.help import help_lines
    from steepest.cli.parser import command, find_verb
    from steepest.cli.table import root

    path, found, rest = find_verb(root(), verb)
    if rest:
        raise UsageError(f"{command(path)} has no verb {rest[0]!r}. See `{command(path)} --help`.")
    text = "\n".join(help_lines(found, path))
    return Answer({"help": text}, help_lines(found, path, sys.stdout))


VERB = Verb(
    name="help",
    summary="shows the examples and options of a verb",
    examples=(("steepest help datasets fetch", "is `steepest datasets fetch --help`"),),
    arguments=(Argument("VERB", "the words of the verb", kind="verb", required=False, many=True),),
    run=run,
    needs_library=False,
)

"""`steepest help VERB`: the help of a verb."""

from __future__ import annotations

import sys

from steepest.cli.verb import Answer, Argument, Verb


def run(verb: tuple[str, ...]) -> Answer:
    """The help of the verb that some words lead to."""
    from steepest.cli.help import help_lines
    from steepest.cli.parser import find_verb
    from steepest.cli.table import root

    path, found, _ = find_verb(root(), verb)
    text = "\n".join(help_lines(found, path))
    return Answer({"help": text}, help_lines(found, path, sys.stdout))


VERB = Verb(
    name="help",
    summary="shows the examples and options of a verb",
    examples=(("steepest help datasets fetch", "is `steepest datasets fetch --help`"),),
    arguments=(Argument("VERB", "the words of the verb", required=False, many=True),),
    run=run,
    needs_library=False,
)

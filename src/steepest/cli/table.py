"""The table of verbs. A verb is a file of `verbs/` with its declaration, VERB, and a name here."""

from __future__ import annotations

import importlib
from functools import cache

from steepest.cli.verb import Verb

NAMES = ("info", "datasets", "doctor", "studio", "launch", "completion", "help")


@cache
def root() -> Verb:
    """The command line as a verb with all verbs below it; no function of them is imported.

    >>> [verb.name for verb in root().verbs][:2]
    ['info', 'datasets']
    """
    files = [importlib.import_module(f"steepest.cli.verbs.{name}") for name in NAMES]
    return Verb(
        name="steepest",
        summary="trains and explains dense neural networks",
        examples=(
            ("steepest info", "shows version, engine, processor and extras"),
            ("steepest datasets list", "lists the data sets that are known by name"),
            ("steepest datasets fetch mnist", "downloads one, to be used offline"),
            ("steepest doctor rows.npz", "says why a network does not learn from data"),
            ("steepest studio", "opens a page to see how networks learn"),
        ),
        verbs=tuple(file.VERB for file in files),
    )

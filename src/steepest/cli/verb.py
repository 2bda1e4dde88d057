"""What a verb of the command line is: declarations that parser, help and completion read.

Depends on the errors only: `steepest --help` imports the declarations of all verbs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from steepest.errors import SteepestError

KINDS: dict[str, tuple[Callable[[str], object], str]] = {
    "text": (str, "a text"),
    "integer": (int, "a whole number"),
    "number": (float, "a number"),
    "file": (str, "a file"),
    "folder": (str, "a folder"),
    "verb": (str, "a verb"),
}
"""How a text is read as a value, and what is expected; completion offers files, folders, verbs."""


class UsageError(SteepestError, ValueError):
    """Words of a command line that no verb takes."""


class ConditionFailed(SteepestError):
    """A condition that the command line asked for does not hold."""


class Argument(NamedTuple):
    """A value of a verb by its position; its name is written as in the help, NAME.

    >>> Argument("NAME", "the data set", choices=("mnist", "xor")).key
    'name'
    """

    name: str
    help: str
    choices: tuple[str, ...] = ()
    kind: str = "text"
    required: bool = True
    many: bool = False

    @property
    def key(self) -> str:
        """The name of the argument of the verb's function."""
        return self.name.lower().replace("-", "_")


class Option(NamedTuple):
    """A value of a verb by its name, --port; one without a name of its `value` is a flag.

    >>> Option("--no-browser", "opens no page").key
    'no_browser'
    """

    name: str
    help: str
    value: str = ""
    choices: tuple[str, ...] = ()
    kind: str = "text"
    many: bool = False
    short: str = ""

    @property
    def key(self) -> str:
        """The name of the argument of the verb's function."""
        return self.name.lstrip("-").replace("-", "_")

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, and the short one if there is one."""
        return (self.name, self.short) if self.short else (self.name,)


class Answer:
    """What a verb found: the `result` for --json, and the lines printed otherwise.

    `lines` may be a generator that computes while it is printed: `result` is read after its end,
    and a `ConditionFailed` raised at its end leaves both. With --json the lines are not printed.

    >>> Answer({"rows": 4}, ["4 rows"]).result
    {'rows': 4}
    """

    def __init__(self, result: dict[str, Any], lines: Iterable[str]) -> None:
        self.result = result
        self.lines = lines


class Verb(NamedTuple):
    """A verb: what it does, how it is called, and the function that does it, or its own verbs.

    The function takes its arguments and options as keywords: those that were not given are None,
    an empty tuple (`many`) or False (a flag). It imports what it needs when it is called;
    without `needs_library` that is not even NumPy.
    """

    name: str
    summary: str
    examples: tuple[tuple[str, str], ...]
    """Commands and what each does."""
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    run: Callable[..., Answer] | None = None
    verbs: tuple[Verb, ...] = ()
    needs_library: bool = True

    def find(self, name: str) -> Verb | None:
        """Its own verb of that name."""
        return next((verb for verb in self.verbs if verb.name == name), None)

    def leaves(self, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Verb]]:
        """Every verb below that has a function, with the words that lead to it."""
        if not self.verbs:
            return [(path, self)]
        return [leaf for verb in self.verbs for leaf in verb.leaves((*path, verb.name))]


HELP = Option("--help", "shows examples and options", short="-h")
JSON = Option("--json", "prints one JSON document, whatever happens")
DEBUG = Option("--debug", "adds the traceback to an error")
VERSION = Option("--version", "prints the version")
EVERYWHERE = (HELP, JSON, DEBUG)
"""The options of every verb."""

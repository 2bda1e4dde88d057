"""The program `steepest`, which `python -m steepest` is too.

It is outside of the package because Python runs a package's `__init__` before any module in it.
That of steepest imports NumPy and the language, which help and completion do not need: here the
package is made without them, and `steepest.cli.main.load_library` runs its `__init__` for the
verbs that need it.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec, module_from_spec

_M = re.compile(r"-[bBdEhiIOPqRsSuvVx?]*m(.*)")  # alone, or joined with other options: -Im


def main() -> int:
    """Does what the command line of the process says, and gives the exit code."""
    if not hasattr(sys.modules.get("steepest"), "__all__"):  # not imported, or just begun
        sys.modules.pop("steepest", None)
        spec = find_spec("steepest")
        assert spec is not None
        sys.modules["steepest"] = module_from_spec(spec)
    from steepest.cli.main import main as run

    return run()


def start_if_asked() -> None:
    """Runs the command line, and ends the process, if Python was started with `-m steepest`.

    Called by the package's `__init__` while Python looks for some module that `-m` names.
    """
    if module_started(sys.orig_argv[1:]) == "steepest":
        sys.argv[0] = "steepest"  # Python has found it: `__init__` may run now
        sys.exit(main())


def module_started(words: list[str]) -> str:
    """The module after -m among the words after `python`; empty if there is none.

    >>> module_started(["-X", "dev", "-Im", "steepest", "--help"])
    'steepest'
    """
    for at, word in enumerate(words, 1):
        if found := _M.fullmatch(word):
            return found[1] or "".join(words[at : at + 1])
    return ""

"""The program `steepest`, which `python -m steepest` is too.

It is outside of the package because Python runs a package's `__init__` before any module in it.
That of steepest imports NumPy and the language, which help and completion do not need: here the
package is made without them, and `steepest.cli.main.load_library` runs its `__init__` for the
verbs that need it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

_FLAGS = frozenset("bBdEhiIOPqRsSuvVx?")  # Python's options without a value


def main(report: Callable[[], None] | None = None) -> int:
    """Does what the command line of the process says, and gives the exit code.

    `report` is the function that reports a Ctrl-C which is held back already.
    """
    report = report or hold_interrupts()  # first: all imports are below
    from importlib.util import find_spec, module_from_spec

    if not hasattr(sys.modules.get("steepest"), "__all__"):  # not imported, or just begun
        sys.modules.pop("steepest", None)
        spec = find_spec("steepest")
        assert spec is not None
        sys.modules["steepest"] = module_from_spec(spec)
    from steepest.cli.main import main as run

    return run(begin=report)


def hold_interrupts() -> Callable[[], None]:
    """Holds Ctrl-C back until the function that it returns is called, which then raises it.

    >>> hold_interrupts()()
    """
    pressed: list[int] = []
    try:
        import signal
    except KeyboardInterrupt:
        pressed.append(2)
        import signal
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        return lambda: None  # ignored, or a matter of whoever calls this
    try:
        signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    except ValueError:  # in a thread, which Ctrl-C does not interrupt
        return lambda: None

    def report() -> None:
        signal.signal(signal.SIGINT, before)
        if pressed:
            raise KeyboardInterrupt

    return report


def start_if_asked() -> None:
    """Runs the command line, and ends the process, if Python was started with `-m steepest`.

    Called by the package's `__init__` while Python looks for some module that `-m` names.
    """
    report = hold_interrupts()
    if module_started(sys.orig_argv[1:]) == "steepest":
        sys.argv[0] = "steepest"  # Python has found it: `__init__` may run now
        sys.exit(main(report))
    report()


def module_started(words: list[str]) -> str:
    """The module after -m among the words after `python`; empty if there is none.

    >>> module_started(["-X", "dev", "-Im", "steepest", "--help"])
    'steepest'
    """
    for at, word in enumerate(words, 1):
        flags, m, name = word[1:].partition("m")  # alone, or joined with other options: -Im
        if word.startswith("-") and m and _FLAGS.issuperset(flags):
            return name or "".join(words[at : at + 1])
    return ""

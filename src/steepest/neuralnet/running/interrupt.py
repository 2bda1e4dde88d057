"""Ctrl-C during long work: the first ends it in good order, the second raises KeyboardInterrupt.

Depends on processes and on the word that engine calls read.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from steepest.engines.stopping import StopWord
from steepest.processes import num_processes


class Interrupt:
    """Whether Ctrl-C was pressed inside a `watched` block, and the word that then stops a batch."""

    def __init__(self) -> None:
        self.pressed = False
        self.stop = StopWord()

    def __bool__(self) -> bool:
        return self.pressed


@contextmanager
def watched(at_first: Callable[[], None] = lambda: None) -> Iterator[Interrupt]:
    """Notes the first Ctrl-C inside the `with` block; a second one raises KeyboardInterrupt.

    At the first one `at_first` is called, which must not raise.

    Only the main thread receives signals; in other threads nothing is watched. A handler for Ctrl-C
    that the program has set stays in place. One of several processes cannot stop alone in good
    order, as the others wait for it: there the first one raises.

    >>> with watched() as interrupt:
    ...     bool(interrupt)
    False
    """
    interrupt = Interrupt()
    in_main = threading.current_thread() is threading.main_thread()
    is_default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not in_main or not is_default or num_processes() > 1:
        yield interrupt
        return

    def note(number: int, frame: Any) -> None:
        if interrupt.pressed:
            raise KeyboardInterrupt
        interrupt.pressed = True
        interrupt.stop.set()
        at_first()

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)

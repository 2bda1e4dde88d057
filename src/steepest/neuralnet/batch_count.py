"""Chooses how many batches one engine call runs: about 50 ms of them, on XLA 200 or more.

Progress, callbacks and Ctrl-C wait for the end of a call.
"""

from __future__ import annotations

from dataclasses import dataclass

from steepest.processes import num_processes

CALL_SECONDS = 0.05
FIRST_CALL = 1  # the time of a batch is not known yet, and Ctrl-C waits for the call
GROWTH = 64
AMONG_PROCESSES = 64  # batches of a call that several processes make together


@dataclass
class BatchCount:
    """The number of batches of one size that a step runs in one engine call.

    >>> count = BatchCount()
    >>> count.next(10)
    1
    >>> count.learn(1, 0.01)
    >>> count.next(10), count.next(3)
    (5, 3)
    """

    batches: int = FIRST_CALL

    def learn(self, done: int, seconds: float, wanted: float = CALL_SECONDS) -> None:
        """Adjust the number to a measured call and the wanted time; it grows by a limit."""
        fitting = int(done * wanted / max(seconds, 1e-9))
        self.batches = max(1, min(fitting, self.batches * GROWTH))

    def next(self, left: int) -> int:
        """How many of the remaining batches to run in the next call.

        Clocks differ between processes, which must all run the same number of batches.
        """
        return min(self.batches if num_processes() == 1 else AMONG_PROCESSES, left)

"""How many batches run between two looks around: about 50 milliseconds' worth, learned by doing.

Leans on nothing. Progress, callbacks and Ctrl-C wait for the end of such a stretch.
"""

from __future__ import annotations

from dataclasses import dataclass

STRETCH_SECONDS = 0.05
FIRST_STRETCH = 1  # nothing is known of a batch yet, and Ctrl-C waits for the stretch
GROWTH = 64


@dataclass
class Pace:
    """How many batches of one size, through one step, make a stretch: what the last one taught."""

    batches: int = FIRST_STRETCH

    def learn(self, done: int, seconds: float) -> None:
        """Aim at a stretch of the right length, never growing without measure."""
        fitting = int(done * STRETCH_SECONDS / max(seconds, 1e-9))
        self.batches = max(1, min(fitting, self.batches * GROWTH))

    def next(self, left: int) -> int:
        """How many of the batches that are left to run next."""
        return min(self.batches, left)

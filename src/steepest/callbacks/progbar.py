"""Progbar, a bar for a user-written loop, as in `keras.utils`. Depends on progress.py."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from steepest.arguments import whole
from steepest.callbacks.progress import shown
from steepest.errors import ArgumentError
from steepest.processes import say


class Progbar:
    """A bar for a loop that a user writes: `update` or `add` advances it.

    `target` is the number of steps, None if it is unknown. `values` are pairs (name, number): the
    bar shows their means over the steps, but of those in `stateful_metrics` the last numbers.
    A terminal shows the bar as it grows; otherwise a line is printed at the end. `verbose=2` prints
    only that line, 0 nothing.

    >>> bar = st.utils.Progbar(2)
    >>> bar.add(1, values=[("loss", 0.5)])
    >>> bar.add(1, values=[("loss", 0.25)])  # doctest: +ELLIPSIS
    2/2 ━━━━━━━━━━━━━━━━━━━━ ... - loss: 0.3750
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        self.target = None if target is None else whole("target", target, 0)
        self.width, self.verbose, self.interval = width, verbose, interval
        self.stateful_metrics = set(stateful_metrics or ())
        self.unit_name = unit_name
        if verbose not in (0, 1, 2):
            raise ArgumentError(f"verbose: 0, 1 or 2 was expected, got {verbose!r}")
        self._began, self._shown_at, self._seen = time.perf_counter(), -1.0, 0
        self._sums: dict[str, tuple[float, float]] = {}  # the sum of a value, and of its weights

    def update(
        self,
        current: int,
        values: Sequence[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Sets the number of finished steps; the last one, or `finalize`, ends the line."""
        steps = max(current - self._seen, 1)
        for name, value in values or ():
            number = float(value)
            total, weight = self._sums.get(name, (0.0, 0.0))
            is_last = name in self.stateful_metrics
            self._sums[name] = (
                (number, 1.0) if is_last else (total + number * steps, weight + steps)
            )
        self._seen = current
        ended = current == self.target if finalize is None else finalize
        now = time.perf_counter()
        live = self.verbose == 1 and sys.stdout.isatty()
        if self.verbose and (ended or (live and now - self._shown_at >= self.interval)):
            self._shown_at = now
            say(("\r" if live else "") + self._line(now), end="\n" if ended else "", flush=True)

    def add(self, n: int, values: Sequence[tuple[str, Any]] | None = None) -> None:
        """Adds finished steps."""
        self.update(self._seen + n, values)

    def _line(self, now: float) -> str:
        done = self._seen if self.target is None else f"{self._seen}/{self.target}"
        share = min(self._seen / self.target, 1.0) if self.target else 0.0
        full = round(self.width * share)
        bar = "━" * full + "─" * (self.width - full) if self.target is not None else ""
        each = (now - self._began) / max(self._seen, 1)
        pace = f"{now - self._began:.0f}s {each * 1e3:.0f}ms/{self.unit_name}"
        means = {name: total / weight for name, (total, weight) in self._sums.items()}
        head = " ".join(str(part) for part in (done, bar, pace) if part != "")
        return f"{head} - {shown(means)}" if means else head

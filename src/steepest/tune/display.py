"""The display of a search: a live table of the best trials, or a line for each trial.

Depends on study; rich is imported where it is used.
"""

from __future__ import annotations

import sys
from typing import Any, Self

from steepest.config import config
from steepest.errors import ArgumentError
from steepest.tune.study import Study
from steepest.tune.trial import Trial, shown, shown_options

BEST = 8  # trials in the live table


class Display:
    """Shows nothing; the base of the others."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        """Ends the display."""

    def begin(self, choice: str) -> None:
        """Shows how many trials run at a time, and with how many threads."""

    def done(self, trial: Trial) -> None:
        """Shows the end of a task."""

    def summary(self) -> None:
        """Shows what the search found."""


class Lines(Display):
    """A line for each trial that is done."""

    _choice = ""

    def begin(self, choice: str) -> None:
        """Prints how many run at a time, unless it is as before."""
        if choice != self._choice:
            self._choice = choice
            print(choice, flush=True)

    def done(self, trial: Trial) -> None:
        """Prints the score of a trial, or its error."""
        study = self.study
        result = trial.error or f"{study.metric} {trial.score:.4g} after {trial.epochs} epochs"
        best = " (best)" if trial.has_score and trial is study.best else ""
        head = f"trial {trial.number}/{len(study.trials)}: {result}{best}"
        print(f"{head} - {shown_options(trial.options)}", flush=True)

    def summary(self) -> None:
        """Prints what the search found."""
        print(self.study.summary(), flush=True)


class LiveTable(Lines):
    """A table of the best trials, which is updated in place."""

    def __enter__(self) -> Self:
        from rich.live import Live

        self._live = Live(self._table(), refresh_per_second=4)
        self._live.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._live.update(self._table())
        self._live.stop()

    def begin(self, choice: str) -> None:
        """Updates the table, whose title tells how many run at a time."""
        self._choice = choice
        self._live.update(self._table())

    def done(self, trial: Trial) -> None:
        """Updates the table."""
        self._live.update(self._table())

    def _table(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        study = self.study
        states = [trial.state for trial in study.trials]
        done = len(states) - states.count("waiting")
        names = study.space.names
        failed = f", {states.count('failed')} failed" if "failed" in states else ""
        choice = f", {self._choice}" if self._choice else ""
        title = f"{done} of {len(states)} trials{failed}{choice}"
        table = Table(title=title, title_justify="left")
        for name in ("trial", study.metric, "epochs", *names):
            table.add_column(Text(name))
        for trial in study.ranked()[:BEST]:
            options = [shown(trial.options.get(name, "")) for name in names]
            cells = [str(trial.number), f"{trial.score:.4g}", str(trial.epochs), *options]
            table.add_row(*map(Text, cells))
        return table


def display_for(verbose: Any, study: Study) -> Display:
    """The display that `verbose` asks for: a table on a terminal, else lines; 0 nothing.

    >>> type(display_for(0, st.tune.Study({"units": [16, 64]}))).__name__
    'Display'
    """
    if verbose == "auto":
        verbose = 1 if config.is_interactive_logging_enabled() else 2
    if verbose in (0, False, None):
        return Display(study)
    if verbose in (1, True):
        return LiveTable(study) if sys.stdout.isatty() else Lines(study)
    if verbose == 2:
        return Lines(study)
    raise ArgumentError(f"verbose: 0, 1, 2 or 'auto' was expected, got {verbose!r}")

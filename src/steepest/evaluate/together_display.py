"""The display of several trainings: a bar of the runs that have ended, or a line for each.

Depends on the display of `fit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from steepest.callbacks.progress import ProgressBar, display_for
from steepest.events import Event, Stopped

MOST_LINES = 50


def displayed(events: Iterable[tuple[Any, Event]], verbose: Any, title: str, total: int) -> None:
    """Reads events to their end, and shows the runs that end as `verbose` asks for in `fit`.

    >>> displayed([("run 0: complete", st.events.Stopped("complete", {}))], 2, "1 run", total=1)
    1 run
    1/1 run 0: complete
    """
    display = display_for(verbose)
    ended = (run for run, event in events if isinstance(event, Stopped))
    if any(isinstance(one, ProgressBar) for one in display):
        _show_bar(ended, title, total)
        return
    if display:
        print(title, flush=True)
    step = -(-total // MOST_LINES)
    for count, run in enumerate(ended, 1):
        if display and (count % step == 0 or count == total):
            print(f"{count}/{total} {run}", flush=True)


def _show_bar(ended: Iterable[Any], title: str, total: int) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(title),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns) as progress:
        task = progress.add_task("", total=total, last="")
        for run in ended:
            progress.update(task, advance=1, last=str(run))

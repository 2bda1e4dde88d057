"""The display of several trainings: a bar of the runs that have ended, or a line for each.

Depends on the display of `fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from steepest.callbacks.progress import ProgressBar, display_for
from steepest.events import Event, Stopped

MOST_LINES = 50


def displayed(
    events: Iterable[tuple[Any, Event]], verbose: Any, title: Callable[[], str], total: int
) -> None:
    """Reads events to their end, and shows the runs that end as `verbose` asks for in `fit`.

    The title tells how many runs advance at once; it is shown again when it has changed.

    >>> events = [("run 0: complete", st.events.Stopped("complete", {}))]
    >>> displayed(events, 2, lambda: "1 run", total=1)
    1 run
    1/1 run 0: complete
    """
    display = display_for(verbose)
    ended = (run for run, event in events if isinstance(event, Stopped))
    if any(isinstance(one, ProgressBar) for one in display):
        _show_bar(ended, title, total)
        return
    shown = title()
    if display:
        print(shown, flush=True)
    step = -(-total // MOST_LINES)
    for count, run in enumerate(ended, 1):
        if display and title() != shown:
            shown = title()
            print(shown, flush=True)
        if display and (count % step == 0 or count == total):
            print(f"{count}/{total} {run}", flush=True)


def _show_bar(ended: Iterable[Any], title: Callable[[], str], total: int) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns) as progress:
        task = progress.add_task(title(), total=total, last="")
        for run in ended:
            progress.update(task, advance=1, description=title(), last=str(run))

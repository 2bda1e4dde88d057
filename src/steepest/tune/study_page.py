"""The page of a study: what was found, how, and every trial. Depends on page."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.errors import SteepestError
from steepest.page import Bars, Heading, Lines, Notice, Page, Parallel, Slices, Table
from steepest.tune.tables import columns_of, summary_of
from steepest.tune.trial import Trial, shown

if TYPE_CHECKING:
    from steepest.tune.study import Study

MOST_ROWS = 100  # of the table of trials
CURVES = 8


def page_of(study: Study) -> Page:
    """A page with the winner, the history of the search, and its options against the scores.

    >>> space = {"units": [16, 64], "rate": st.tune.log_uniform(1e-4, 1e-1)}
    >>> study = st.tune.Study(space, trials=4)
    >>> while (trial := study.ask()) is not None:
    ...     study.tell(trial, trial.options["rate"])
    >>> page_of(study)
    <steepest page 'Search: 4 trials' of 11 blocks>
    """
    if not study.trials:
        raise SteepestError("save_page: the study has no trials yet; ask for some, or search")
    first, *rest = summary_of(study).splitlines()
    page = Page(f"Search: {len(study.trials)} trials", first, *map(Notice, rest))
    scored = [trial for trial in study.trials if trial.has_score]
    if scored:
        best = {name: shown(value) for name, value in study.best.options.items()}
        options = {"option": list(best), "value": list(best.values())}
        page.add(Heading("The best trial"), Table(options, f"Options of trial {study.best.number}"))
        page.add(Heading("History"), _history(study, scored), *_curves(study))
        page.add(Heading("Options"), *_options(study, scored))
    columns = {name: _plain(values) for name, values in columns_of(study).items()}
    page.add(Heading("Trials"), Table(columns, "All trials", rows=MOST_ROWS))
    return page


def _history(study: Study, scored: list[Trial]) -> Lines:
    """The score of each trial and the best so far."""
    numbers = [trial.number for trial in scored]
    scores = np.array([trial.score for trial in scored])
    best = np.maximum if study.mode == "max" else np.minimum
    series = {"trial": (numbers, scores), "best so far": (numbers, best.accumulate(scores))}
    return Lines(series, "Scores", x_label="trial", y_label=study.metric, highlight="best so far")


def _curves(study: Study) -> list[Lines]:
    """The validation score of the best trials after each epoch, where it is known."""
    name = f"val_{study.metric}"
    series = {
        f"trial {trial.number}": trial.history[name]
        for trial in study.ranked()[:CURVES]
        if name in trial.history
    }
    if not series:
        return []
    best = next(iter(series))
    title = f"The best {len(series)} trials, epoch by epoch"
    return [Lines(series, title, x_label="epoch", y_label=study.metric, highlight=best)]


def _options(study: Study, scored: list[Trial]) -> list[Any]:
    """The importance of the options, each against the score, and all together."""
    columns, result, logs, best = options_of(study, scored)
    return [
        Bars(study.importance(), "Share of the variance that each option explains by itself"),
        Slices(columns, result, f"{study.metric} by option", scales=logs, best=best),
        Parallel(columns, result, "Options of all trials", scales=logs, best=best),
    ]


def options_of(
    study: Study, scored: list[Trial]
) -> tuple[dict[str, list[Any]], str, dict[str, str], str]:
    """The options and scores of trials, the name of the scores, the scales and which are better."""
    names = study.space.names
    columns: dict[str, list[Any]] = {
        name: _plain([trial.options.get(name) for trial in scored]) for name in names
    }
    result = study.metric if study.metric not in names else f"score: {study.metric}"
    columns[result] = [trial.score for trial in scored]
    parts = study.space.dimensions.items()
    logs = {path.rpartition(".")[2]: "log" for path, part in parts if getattr(part, "log", False)}
    return columns, result, logs, "high" if study.mode == "max" else "low"


def _plain(values: list[Any]) -> list[Any]:
    """Numbers as they are, all else as short texts; None is a gap."""
    are_numbers = all(
        value is None or (isinstance(value, Real) and not isinstance(value, bool))
        for value in values
    )
    return values if are_numbers else ["" if each is None else shown(each) for each in values]

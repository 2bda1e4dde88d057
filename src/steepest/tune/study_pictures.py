"""The pictures of a study, drawn by st.plot from its trials. Depends on plot and study_page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steepest.errors import SteepestError, unknown_name
from steepest.tune.study_page import options_of

if TYPE_CHECKING:
    from steepest.tune.study import Study

KINDS = ("scores", "slices", "parallel")


def picture_of(study: Study, kind: str, ax: Any = None, theme: str | None = None) -> Any:
    """A picture of one of the `KINDS`, of the trials that have a score.

    >>> study = st.tune.Study({"x": [1, 2]}, "grid")
    >>> while (trial := study.ask()) is not None:
    ...     study.tell(trial, trial.options["x"])
    >>> picture_of(study, "slices").data.best
    1
    """
    from steepest import plot

    if kind not in KINDS:
        raise unknown_name("picture of a study", kind, KINDS)
    scored = [trial for trial in study.trials if trial.has_score]
    if not scored:
        raise SteepestError(
            "plot: the study has no trial with a score yet; ask for some, or search"
        )
    columns, result, logs, best = options_of(study, scored)
    if kind == "scores":
        return plot.scores(columns[result], best, name=result, ax=ax, theme=theme)
    draw = plot.slices if kind == "slices" else plot.parallel
    return draw(columns, result, scales=logs, best=best, ax=ax, theme=theme)

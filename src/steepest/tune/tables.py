"""The trials of a study as a table, as CSV, as JSON, and in words. Depends on trial and honest."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import TYPE_CHECKING, Any

from steepest.errors import ArgumentError
from steepest.storage.whole_file import write_whole
from steepest.tune.trial import as_json, shown_options

if TYPE_CHECKING:
    from steepest.tune.study import Study

RESULTS = ("score", "epochs", "seconds", "state", "error")


def columns_of(study: Study) -> dict[str, list[Any]]:
    """The columns of the table: number, score and so on, then the options."""
    trials = study.trials
    columns: dict[str, list[Any]] = {"trial": [trial.number for trial in trials]}
    columns |= {name: [getattr(trial, name) for trial in trials] for name in RESULTS}
    for name in study.space.names:
        column = f"option {name}" if name in columns else name
        columns[column] = [trial.options.get(name) for trial in trials]
    return columns


def frame_of(study: Study) -> Any:
    """The columns as a frame of pandas, or as they are where it is not installed."""
    columns = columns_of(study)
    try:
        import pandas as pd
    except ImportError:
        return columns
    return pd.DataFrame(columns)


def write_csv(study: Study, path: str | os.PathLike[str]) -> None:
    """Writes the table as CSV."""
    columns, text = columns_of(study), io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        rows.writerow(["" if value is None else as_json(value) for value in row])
    write_whole(path, text.getvalue().encode())


def write_json(study: Study, path: str | os.PathLike[str]) -> None:
    """Writes the settings and all trials as JSON."""
    trials = [
        {
            "trial": trial.number, "options": trial.options, "seed": trial.seed,
            "parts": trial.parts, "history": trial.history,
            **{name: getattr(trial, name) for name in RESULTS},
        }
        for trial in study.trials
    ]  # fmt: skip
    whole = {
        "metric": study.metric, "mode": study.mode, "seed": study.seed,
        "strategy": repr(study.strategy), "trials": trials,
    }  # fmt: skip
    write_whole(path, json.dumps(as_json(whole), indent=1, allow_nan=False).encode())


def summary_of(study: Study) -> str:
    """The best trial, its score on unseen rows, and the trials that are as good."""
    lines = [repr(study)]
    if not study.ranked():
        return lines[0]
    if study.outcome is not None:
        try:
            lines.append(f"the winner again: {study.test_score}")
        except ArgumentError:
            lines.append(
                "its score is too good on average, as it was chosen by it; give test= rows to "
                "measure it again"
            )
    alike = study.alike()
    if alike:
        shown = "; ".join(f"trial {t.number} ({shown_options(t.options)})" for t in alike[:3])
        more = f" and {len(alike) - 3} more" if len(alike) > 3 else ""
        lines.append(f"not distinguishable from it by these rows: {shown}{more}")
    failed = [trial for trial in study.trials if trial.state == "failed"]
    if failed:
        lines.append(f"first failure: trial {failed[0].number}: {failed[0].error}")
    return "\n".join(lines)

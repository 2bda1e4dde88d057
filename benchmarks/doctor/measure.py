"""What is measured of a program: its gap, what the doctor finds, and what its repair is worth."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

import steepest as st
from benchmarks.doctor.program import Pair, Program
from steepest.doctor.experiment import scores
from steepest.doctor.proof import Status, Verdict
from steepest.doctor.report import Report
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.finding import Severity

SEEDS = range(1000, 1005)
"""Seeds that no proof of the doctor has used."""
DEVIATIONS = 3.0
LEAST_GAP = 0.02
FAR_ENOUGH = 0.95
OPEN = (Status.UNDECIDED, Status.FAILED, Status.SUSPECTED, Status.NO_BUDGET)


def scored(setups: Sequence[Setup], rows: Rows, score: Score) -> list[list[float]]:
    """The scores of setups on held-out rows, by fresh seeds."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        (found,) = scores(setups, [rows], score, seeds=SEEDS)
    return found


def examined(setup: Setup) -> tuple[Report, str]:
    """The report on a real training of a setup, and what fit raised if it refused."""
    model, refusal, history = setup.seeded(0), "", None
    arguments = setup.fit_arguments()
    arguments["callbacks"] = [*arguments["callbacks"], st.doctor.Doctor()]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            history = model.fit(**{**arguments, "seed": 0, "verbose": 0})
        except st.errors.SteepestError as error:
            refusal = str(error)
            begun = getattr(model, "history", None)  # what was trained before the error
            history = begun if getattr(begun, "epoch", None) else None
        report = st.doctor.examine(
            model, history, arguments.pop("x"), arguments.pop("y"), **arguments
        )
    return report, refusal


def of_program(program: Program) -> dict[str, Any]:
    """The row of a faulty program; without a gap nothing is examined."""
    pair = program.pair()
    if pair is None:
        return {"name": program.name, "is_made": False, "has_gap": False}
    (faulty,) = scored([pair.faulty], pair.rows, pair.score)
    (clean,) = scored([pair.clean], pair.clean_rows, pair.score)
    gap = median(clean) - median(faulty)
    spread = float(np.hypot(np.std(faulty, ddof=1), np.std(clean, ddof=1)))
    row = {"name": program.name, "family": program.family, "half": program.half}
    row |= {"faulty": median(faulty), "clean": median(clean), "spread": spread}
    row["has_gap"] = gap > max(DEVIATIONS * spread, LEAST_GAP)
    if row["has_gap"]:
        row |= _of_report(pair, gap, median(faulty))
    return row


def _of_report(pair: Pair, gap: float, faulty: float) -> dict[str, Any]:
    start = time.process_time()
    report, refusal = examined(pair.faulty)
    row = found_by(report) | {"refusal": refusal, "seconds": time.process_time() - start}
    row["detected"] = bool(row["confirmed"] or row["evident"])
    chosen = report.repaired
    if chosen is None:
        return row | {"way": 0.0, "repaired": False, "helped": []}
    repaired = replace(chosen, rows=pair.faulty.rows)
    made = changes(report.confirmed)
    without = [_without(pair.faulty, made, left) for left in made]
    known = [setup for setup in without if setup is not None]
    after, *others = scored([repaired, *known], pair.rows, pair.score)
    way = (median(after) - faulty) / gap
    helped = [bool(median(after) > median(less)) for less in others]
    return row | {"way": way, "repaired": way >= FAR_ENOUGH, "helped": helped}


def changes(confirmed: Sequence[Verdict]) -> list[Change]:
    """The confirmed changes, each once, in an order in which they can be made."""
    known = [one.change for one in sorted(confirmed, key=lambda one: len(one.beside)) if one.change]
    return [change for at, change in enumerate(known) if change not in known[:at]]


def _without(setup: Setup, confirmed: Sequence[Change], left: Change) -> Setup | None:
    """A setup with all confirmed changes but one, if they can be made without it."""
    try:
        for change in confirmed:
            if change is not left:
                setup = change.applied(setup)
        setup.seeded(0)
    except st.errors.SteepestError:
        return None
    return setup


def found_by(report: Report) -> dict[str, Any]:
    """The codes of a report by status and severity, and its contradictions."""
    evident = report.of_status(Status.EVIDENT)
    least = Score("classes").relevant
    contradictions = [
        code(one)
        for one in report.verdicts
        if one.effect is not None
        and (
            (one.status is Status.CONFIRMED and not one.effect.is_clear(least))
            or (one.status is Status.HARMLESS and one.effect.is_clear(least))
        )
    ]
    return {
        "confirmed": [code(one) for one in report.confirmed],
        "evident": [code(one) for one in evident if not is_advice(one)],
        "advice": [code(one) for one in evident if is_advice(one)],
        "open": [code(one) for one in report.of_status(*OPEN)],
        "no_budget": [code(one) for one in report.of_status(Status.NO_BUDGET)],
        "covered": [code(one) for one in report.covered],
        "harmless": [code(one) for one in report.harmless],
        "contradictions": contradictions,
    }


def code(verdict: Verdict) -> str:
    """The code of a verdict's rule."""
    return verdict.suspicion.rule.code


def is_advice(verdict: Verdict) -> bool:
    """Whether a verdict is advice, and neither a warning nor an error."""
    return verdict.suspicion.finding.severity is Severity.ADVICE

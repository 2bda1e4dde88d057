"""Rules on what `fit` itself would refuse, or warn of, before its first step.

They do what `fit` does up to there, with a copy of the model. Depends on facts and rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from steepest.doctor.facts import Facts, fact
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.errors import SteepestError, cautions_held_back
from steepest.finding import NOWHERE, Finding, Severity
from steepest.functions import generators
from steepest.neuralnet.cloning import clone_model

NOT_OF_THE_TRAINING = ("verbose", "callbacks")
COVERED = {
    "not-finite": ("D1",),
    "unscaled-columns": ("D4",),
    "single-class": ("D18", "S1", "S2", "S3"),
    "label-not-whole": ("D18", "S2"),
    "label-outside-classes": ("D18", "S1", "S2"),
    "label-out-of-range": ("D18", "S1", "S2"),
    "shares-not-adding-up": ("D18", "S2"),
    "regression-on-classes": ("S1", "S2", "S24"),
    "label-below-zero": ("S2",),
    "accuracy-of-quantities": ("S21",),
    "softmax-of-one-unit": ("S1",),
    "softmax-twice": ("S1",),
    "activation-before-logits": ("S1",),
    "activation-missing": ("S1",),
    "sigmoid-over-classes": ("S1",),
    "output-may-be-negative": ("S1", "S2"),
    "target-out-of-reach": ("S11",),
    "unusual-rate": ("S13",),
    "no-gradient": ("E7",),
}
"""Findings of `fit` that say what a rule of the doctor says with more evidence, by their names."""


@fact
def of_fit(facts: Facts) -> list[Finding]:
    """What `fit` warns of before its first step, and last the error that it raises, if any."""
    setup = facts.setup
    options = {
        name: value for name, value in setup.fit_arguments().items()
        if name not in NOT_OF_THE_TRAINING
    }  # fmt: skip
    if options.get("seed") is None:
        options["seed"] = 0
    raised: list[BaseException | str] = []
    with cautions_held_back() as warned, generators.seeded(0):
        try:
            model = setup.built() if facts.model is None else clone_model(facts.model)
            model.compile(**setup.compile_arguments())
            model.training(**options)
        except SteepestError as error:
            raised.append(error)
    said = [*warned, *raised]
    return [getattr(one, "finding", None) or _plain(str(one), one in raised) for one in said]


def _plain(message: str, is_error: bool) -> Finding:
    """A finding that has nothing but the message of an error or a warning."""
    severity = Severity.ERROR if is_error else Severity.WARNING
    return Finding("", severity, NOWHERE, {}, "", message)


def _suspected(found: Finding) -> Suspected:
    remedy = found.remedy or "give fit what it takes"
    evidence = {**found.evidence, "finding": found.rule, "said": found.sentence or str(found)}
    return Suspected(found.where, {**evidence, "cure": remedy})


@rule(
    "F1",
    "refused-by-fit",
    Looks.MODEL,
    meaning="fit raises an error before its first step.",
    sentence="{said}",
    remedy="{cure}",
    threshold="the error is raised",
    source="the rules of st.diagnosis, and what fit takes",
    severity=Severity.ERROR,
)
def refused(facts: Facts) -> Iterator[Suspected]:
    """The error that fit raises."""
    yield from (_suspected(one) for one in of_fit(facts) if one.severity is Severity.ERROR)


@rule(
    "F2",
    "warned-by-fit",
    Looks.MODEL,
    meaning="fit warns before its first step.",
    sentence="{said}",
    remedy="{cure}",
    threshold="the warning is given",
    source="the rules of st.diagnosis",
)
def warned(facts: Facts) -> Iterator[Suspected]:
    """The warnings that fit gives."""
    yield from (_suspected(one) for one in of_fit(facts) if one.severity is not Severity.ERROR)

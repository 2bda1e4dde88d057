"""The rule on what other seeds show: how far the score depends on them.

Networks are trained from four seeds, where that is cheap by counted operations. Depends on
experiment, budget and rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.doctor.budget import PER_SECOND, cost_of_run
from steepest.doctor.experiment import scores
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.scoring import Score
from steepest.finding import Severity, Where

SEEDS = range(200, 204)
SECONDS = 0.5
FEWEST = 40
SURE = 2.0


@rule(
    "A8",
    "score-depends-on-seed",
    Looks.TRAINED,
    meaning="The score differs much from seed to seed.",
    sentence="trained from {seeds} other seeds the score is {low:.3g} to {high:.3g}: the seeds' "
    "deviation of {spread:.2g} is more than the {error:.2g} of {rows} validation rows",
    remedy="compare options over several seeds (st.tune.compare), train longer, or average "
    "networks (st.Ensemble)",
    threshold="2 standard errors of the score on the validation rows, and 0.01, the least "
    "difference that matters; where four trainings cost half a second by counted operations",
    source="the standard error of a share of rows",
    severity=Severity.ADVICE,
)
def depends_on_seed(facts: Facts) -> Iterator[Suspected]:
    """Scores that are a matter of the seed."""
    watched = facts.setup.validation
    if facts.model is None or facts.history is None or watched is None or len(watched) < FEWEST:
        return
    if len(SEEDS) * cost_of_run(facts.setup) > SECONDS * PER_SECOND:
        return
    score = Score.of(facts)
    ((values,),) = scores([facts.setup], [watched], score, seeds=SEEDS)
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    error = math.sqrt(max(mean * (1 - mean), 1 / len(watched)) / len(watched))
    if spread > SURE * error and spread > score.relevant:
        evidence = {"low": min(values), "high": max(values), "spread": spread, "error": error}
        evidence |= {"seeds": len(values), "rows": len(watched)}
        yield Suspected(Where("seed"), evidence, next_action="train from several seeds")

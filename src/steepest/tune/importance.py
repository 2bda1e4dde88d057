"""Importance: the share of the scores' variance that each option explains. Depends on NumPy.

For each option the trials are grouped by its value; numbers of an interval are grouped by their
order into groups of nearly equal size. The share is epsilon squared (Kelley 1935): 1 minus the
variance within groups over the whole variance, both divided by their degrees of freedom, so that an
option without effect has 0 on average, however many groups it has. It is the main effect: what an
option does only together with others counts for none. With random or grid options the shares are
those of a functional analysis of variance (Hutter, Hoos and Leyton-Brown 2014) without
interactions; a strategy that prefers good options distorts them. A conditional option is judged by
the trials that have it. Failed trials do not count, and of successive halving all trials do, by
their last score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.tune.distributions import Choice
from steepest.tune.trial import shown

if TYPE_CHECKING:
    from steepest.tune.study import Study

LEAST = 3
"""Fewer trials that have an option say nothing about it."""


def main_effects(study: Study) -> dict[str, float]:
    """The share of variance that each option explains by itself, largest first."""
    scored = [trial for trial in study.trials if trial.has_score]
    kinds = {path.rpartition(".")[2]: part for path, part in study.space.dimensions.items()}
    shares = {}
    for name in study.space.names:
        own = [trial for trial in scored if name in trial.options]
        scores = np.array([trial.score for trial in own])
        values = [trial.options[name] for trial in own]
        if isinstance(kinds[name], Choice):
            groups = np.unique([shown(value) for value in values], return_inverse=True)[1]
        else:
            groups = _by_order(values)
        shares[name] = _explained(scores, groups)
    return dict(sorted(shares.items(), key=lambda pair: -pair[1]))


def _by_order(values: list[Any]) -> np.ndarray:
    """Groups of nearly equal size by the order of numbers, as many as the root of their count."""
    groups = np.zeros(len(values), np.int64)
    count = max(round(len(values) ** 0.5), 1)
    for group, members in enumerate(np.array_split(np.argsort(values, kind="stable"), count)):
        groups[members] = group
    return groups


def _explained(scores: np.ndarray, groups: np.ndarray) -> float:
    several = len(np.unique(groups))
    if len(scores) < max(LEAST, several + 1) or several < 2:
        return 0.0
    whole = float(np.var(scores, ddof=1))
    if whole == 0.0:
        return 0.0
    within = sum(
        float(np.sum((own - own.mean()) ** 2))
        for own in (scores[groups == group] for group in np.unique(groups))
    )
    return max(1.0 - within / (len(scores) - several) / whole, 0.0)

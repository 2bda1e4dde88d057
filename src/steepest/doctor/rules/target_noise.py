"""Rules on training targets that are wrong more often than those of the validation rows.

Depends on facts, baselines, rule, data_changes and rules/splits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from steepest.doctor.baselines import OutOfFold, out_of_fold
from steepest.doctor.data_changes import rows_not_doubted
from steepest.doctor.dependence import dependence
from steepest.doctor.doubt import doubtful
from steepest.doctor.facts import Facts, fact
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.rules.splits import VERY_SURE, drift, shared_rows
from steepest.finding import Where

MOST_ROWS = 1_000
FEWEST_ROWS = 20
FEWEST_OF_CLASS = 5
LEAST_SHARE = 0.05


class Noise(NamedTuple):
    """The errors on training and validation rows of models that have not seen them.

    Of quantities they are correlations of predictions and targets. `share` is that of the training
    targets that must be others' for this difference.
    """

    own: float
    other: float
    share: float
    deviations: float


@fact
def noise_of(facts: Facts) -> Noise | None:
    """Whether training targets are clearly worse to predict than those of the validation rows.

    >>> model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(1,))])
    >>> model.compile("sgd", "binary_crossentropy")
    >>> x = np.linspace(-1, 1, 200)[:, None]
    >>> y = (x[:, 0] > 0).astype(int)
    >>> wrong = np.where(np.arange(200) % 3, y, 1 - y)
    >>> noise_of(Facts.of(model, x, wrong, validation_data=(x[1::2] + 1e-3, y[1::2]))).share > 0.3
    True
    """
    watched = facts.validation
    if watched is None or min(len(facts.rows), len(watched)) < FEWEST_ROWS:
        return None
    if watched.x.shape[1:] != facts.rows.x.shape[1:] or not facts.table.shape[1]:
        return None
    if watched.y.shape[1:] != facts.rows.y.shape[1:]:
        return None
    own, other = facts.rows.sample(MOST_ROWS), watched.sample(MOST_ROWS)
    found = out_of_fold(own, other, facts.task)
    measured = _of_classes if facts.task == "classes" else _of_quantities
    noise = measured(found, len(own))
    if noise is None or noise.deviations < VERY_SURE or noise.share < LEAST_SHARE:
        return None
    is_otherwise = any(drift.check(facts)) or any(shared_rows.check(facts))
    return None if is_otherwise or not dependence(facts.rows, facts.task).is_found else noise


def _of_classes(found: OutOfFold, count: int) -> Noise | None:
    """Errors within classes, as parts may hold classes in other shares."""
    guesses, labels = found.predicted.argmax(axis=1), found.targets.argmax(axis=1)
    wrong = guesses != labels
    own, other = labels[:count], labels[count:]
    sizes = [np.bincount(part, minlength=found.targets.shape[1]) for part in (own, other)]
    used = np.minimum(*sizes) >= FEWEST_OF_CLASS
    if not used.any():
        return None
    errors, variances = [], []
    for part, size, missed in zip((own, other), sizes, (wrong[:count], wrong[count:]), strict=True):
        times = np.bincount(part, missed, minlength=len(size))[used]
        rate = (times + 1) / (size[used] + 2)  # Laplace's rule: none missed is not certain
        errors.append(times / size[used])
        variances.append(rate * (1 - rate) / size[used])
    weights = sizes[0][used] / sizes[0][used].sum()
    mean, usual = (float(weights @ error) for error in errors)
    spread = math.sqrt(float(weights**2 @ (variances[0] + variances[1])))
    guessed = np.bincount(guesses[:count], minlength=len(used))[used] / count
    guessing = 1.0 - float(weights @ guessed)
    share = (mean - usual) / max(guessing - usual, mean - usual, 1e-9)
    return Noise(mean, usual, share, (mean - usual) / spread)


def _of_quantities(found: OutOfFold, count: int) -> Noise | None:
    """Correlations of ranks, which do not change where noisy targets make predictions small."""
    predicted, targets = (np.argsort(np.argsort(part, axis=0), axis=0) for part in found)
    own = _mean_correlation(predicted[:count], targets[:count])
    other = _mean_correlation(predicted[count:], targets[count:])
    if not 0 < own < other < 1:
        return None
    spread = math.sqrt(1.06 / (count - 3) + 1.06 / (len(targets) - count - 3))  # Fieller, 1957
    return Noise(own, other, 1 - own / other, (math.atanh(other) - math.atanh(own)) / spread)


def _mean_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """The mean of the correlations between each column of a table and that of another one."""
    pairs = zip(first.T, second.T, strict=True)
    return float(np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]))


@rule(
    "D34",
    "training-targets-noisy",
    Looks.DATA,
    meaning="Targets of training rows are wrong more often than those of validation rows.",
    sentence="simple models that have not seen them {fault}: about {share:.0%} of the training "
    "targets seem to be those of other rows",
    remedy="look at how training targets are made, and correct them; drop what cannot be corrected",
    threshold="errors out of fold 5 standard errors above those on validation rows by the same "
    "models, within classes, or correlations of ranks as much below; and 5% of wrong targets at "
    "least; where the inputs do not drift and rows are not shared",
    source="rows of one source are equally hard to predict by models that have not seen them; if a "
    "share is replaced by targets of other rows, the error grows by that share of the distance to "
    "the error of permuted targets, and the correlation falls by it",
)
def noisy(facts: Facts) -> Iterator[Suspected]:
    """Training rows that are harder to predict than validation rows."""
    found = noise_of(facts)
    if found is None:
        return
    fault = (
        f"miss {found.own:.0%} of the training rows and {found.other:.0%} of the validation rows"
    )
    if facts.task == "quantities":
        fault = f"have a rank correlation of {found.own:.2f} with the training targets, and of "
        fault += f"{found.other:.2f} with the validation targets"
    action = "look at training rows that st.doctor.doubtful(x, y) names, and correct their targets"
    yield Suspected(Where("y"), {"fault": fault, "share": found.share}, next_action=action)


@rule(
    "D35",
    "doubtful-rows",
    Looks.DATA,
    meaning="Many training targets contradict simple models, where targets are known to be noisy.",
    sentence="{count} of {of} training targets contradict a linear model and neighbours that have "
    "not seen them, such as that of row {where.row}",
    remedy="correct them, or train without them",
    threshold="targets of other rows among those of the training, as in training-targets-noisy; "
    "rows of another class than the models give, and quantities that are more probably those of "
    "another row",
    source="confident learning (Northcutt and others, 2021), and editing by neighbours (Wilson, "
    "1972): wrong targets are mostly among those that models out of fold contradict",
)
def doubted_rows(facts: Facts) -> Iterator[Suspected]:
    """Rows to train without, where targets are noisy."""
    if noise_of(facts) is None:
        return
    wrong = doubtful(facts.rows.x, facts.rows.y)
    if 0 < wrong.sum() < len(wrong):
        evidence = {"count": int(wrong.sum()), "of": len(wrong)}
        where = Where("y", row=int(np.flatnonzero(wrong)[0]))
        yield Suspected(where, evidence, (rows_not_doubted(),))

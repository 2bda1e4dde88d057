"""Rules on whether there is anything to learn, and whether rows of inputs and targets match.

Depends on facts, dependence, baselines, rule, data_changes and rules/splits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from steepest.doctor.baselines import baselines, prepared_inputs
from steepest.doctor.data_changes import rows_shifted
from steepest.doctor.dependence import Dependence, dependence
from steepest.doctor.facts import Facts, fact
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.rules.splits import ORDERED, order_ratio
from steepest.finding import Where

FEWEST_ROWS = 20
LAGS = (1, -1, 2, -2, 3, -3)
CLEAR = 6.0
"""Standard deviations."""
SURE = 3.0
MOST_SORTED = 50


@fact
def dependence_of(facts: Facts) -> Dependence | None:
    """Whether the targets of the training rows depend on the inputs; None if it cannot be tested.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(0, 1, 40)[:, None]
    >>> dependence_of(Facts(st.doctor.Setup.of(model, x, x))).is_found
    True
    """
    y = facts.rows.y
    is_usable = len(y) >= FEWEST_ROWS and y.size and not (y == y[:1]).all()
    if not is_usable or not facts.table.shape[1]:
        return None
    return dependence(facts.rows, facts.task)


@fact
def misalignment(facts: Facts) -> Suspected | None:
    """Evidence that inputs and targets belong to different rows, where they hardly depend."""
    tested = dependence_of(facts)
    if tested is None or (tested.is_found and tested.deviations > CLEAR):
        return None
    rows, watched = facts.rows, facts.validation
    matches = False
    if watched is not None and len(watched) >= FEWEST_ROWS:
        matches = _is_far_more(dependence(watched, facts.task), tested)
    if len(rows) == len(facts.setup.rows):
        for lag in LAGS:
            x, y = rows.x[max(lag, 0) :], rows.y[max(-lag, 0) :]
            count = min(len(x), len(y))
            shifted = replace(rows, x=x[:count], y=y[:count])
            found = dependence(shifted.sample(1_000), facts.task)
            if _is_far_more(found, tested):
                change = rows_shifted(lag)
                evidence = {"fault": f"and they do as follows: {change.words}"}
                # Without validation rows that match, held-out rows are shifted as well.
                changes = (change,) if matches else ()
                return Suspected(Where("y"), evidence, changes, "" if matches else change.words)
    if matches:
        fault = "those of the validation rows do, which were read or prepared otherwise"
        return Suspected(Where("y"), {"fault": fault}, next_action=_ACTION)
    return None if tested.is_found else _one_is_sorted(facts)


def _is_far_more(found: Dependence, of_own: Dependence) -> bool:
    """Whether other rows depend clearly, and far more than the inputs and targets of a row.

    A weak dependence of these may be an accident. Each has an error of one deviation.
    """
    own = of_own.deviations if of_own.is_found else 0.0
    return found.is_found and found.deviations - own > CLEAR * math.hypot(1.0, own > 0)


def _one_is_sorted(facts: Facts) -> Suspected | None:
    """Whether inputs are in an order and targets are not, or the other way round."""
    targets = order_ratio(np.asarray(facts.labels))
    inputs = order_ratio(prepared_inputs(facts.table, MOST_SORTED))
    error = SURE / math.sqrt(len(facts.rows))
    for ratio, other, words in ((targets, inputs, "targets"), (inputs, targets, "inputs")):
        if ratio < min(ORDERED, 1 - error) and other > 1 - error:
            still = "inputs" if words == "targets" else "targets"
            fault = f"and the {words} are in an order (neighbours differ {ratio:.0%} as much as "
            fault += f"random rows), the {still} are not: only one of them may have been shuffled"
            return Suspected(Where("y"), {"fault": fault}, next_action=_ACTION)
    return None


_ACTION = "shuffle, sort and filter x and y together, by the same row numbers"


@rule(
    "D26",
    "rows-misaligned",
    Looks.DATA,
    meaning="Inputs and targets seem to belong to different rows.",
    sentence="the targets {how} on the inputs of their rows, {fault}",
    remedy="shuffle, sort and filter x and y together, by the same row numbers",
    threshold="no dependence (as in nothing-to-learn), but a shift by 1 to 3 rows, or the "
    "validation rows, show one of 6 deviations; one of 6 deviations at most, and 6 times the error "
    "of a difference more there; or one of x and y in an order, the other in none",
    source="permutation tests; shuffling x alone leaves the order of y, and no dependence",
)
def misaligned(facts: Facts) -> Iterator[Suspected]:
    """Shifted rows, validation rows that match, and an order in x or y alone."""
    found, tested = misalignment(facts), dependence_of(facts)
    if found is not None and tested is not None:
        how = "hardly depend" if tested.is_found else "do not depend"
        yield replace(found, evidence={"how": how, **found.evidence})


@rule(
    "D32",
    "nothing-to-learn",
    Looks.DATA,
    meaning="No simple model finds any dependence of the targets on the inputs.",
    sentence="nothing to learn was found in {rows} rows: no column, linear model or neighbours "
    "predict the targets better than permuted ones (p = {p_value:.2g}); {best} reaches "
    "{score:.3g} ({low:.3g} to {high:.3g}), the prior {prior:.3g}",
    remedy="check how x and y were joined, give inputs that matter, or more rows",
    threshold="p of 0.05 or more in 4 permutation tests, corrected for their number, and no "
    "baseline 3 standard errors better than the prior",
    source="permutation tests (Fisher, 1935) hold for any distribution: of targets that do not "
    "depend on the inputs 95 of 100 give p of 0.05 or more",
)
def nothing(facts: Facts) -> Iterator[Suspected]:
    """Targets that do not depend on the inputs, by all simple models."""
    tested = dependence_of(facts)
    if tested is None or tested.is_found or misalignment(facts) is not None:
        return
    found = baselines(facts.rows, None, facts.task)
    prior = found["prior"]
    best = max((one for one in found.values() if one is not prior), key=lambda one: one.score)
    gain, error = best.gain(prior)
    if gain > SURE * error:
        return
    evidence = {
        "rows": tested.rows,
        "p_value": tested.p_value,
        "best": {"linear": "a linear model", "tree": "a tree"}.get(best.name, "10 neighbours"),
        "score": best.score,
        "low": best.low,
        "high": best.high,
        "prior": prior.score,
    }
    action = "check how x and y were joined; no setting of the network helps"
    yield Suspected(Where("y"), evidence, next_action=action)

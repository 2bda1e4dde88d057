"""Rules on what a training watches: early stopping, metrics. Depends on facts, rule and changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.callbacks.early_stopping import EarlyStopping
from steepest.callbacks.monitor import Monitor
from steepest.core import tree
from steepest.doctor.changes import callback_option
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.finding import Severity, Where

RARE = 0.1
LESS_BETTER = ("loss", "error", "mse", "mae", "mape", "msle", "crossentropy", "divergence")
BLIND = {"accuracy", "acc", "binary_accuracy", "categorical_accuracy"}
BLIND |= {"sparse_categorical_accuracy"}
FEW_EPOCHS = 2


def monitors(facts: Facts) -> Iterator[tuple[int, Monitor, str]]:
    """The callbacks that watch a quantity, with their positions and the quantity.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> stop = st.callbacks.EarlyStopping("loss")
    >>> facts = Facts.of(model, np.ones((4, 2)), np.ones(4), callbacks=[stop])
    >>> [(position, name) for position, _, name in monitors(facts)]
    [(0, 'loss')]
    """
    for position, callback in enumerate(facts.setup.callbacks):
        if isinstance(callback, Monitor) and callback.monitor:
            yield position, callback, callback.monitor


@rule(
    "S17",
    "monitor-direction",
    Looks.MODEL,
    meaning="A callback takes the worst value of a quantity for the best one, or watches nothing.",
    sentence="{callback} {what}",
    remedy="{advice}",
    threshold="a direction against that of the quantity, or a quantity of validation rows that "
    "are not given",
    source="losses and errors fall, accuracies rise",
)
def monitor_direction(facts: Facts) -> Iterator[Suspected]:
    """Early stopping at the worst epoch, and callbacks that watch what is not there."""
    has_validation = facts.setup.validation is not None or facts.setup.fit.get("validation_split")
    for position, callback, watched in monitors(facts):
        name = type(callback).__name__
        if watched.startswith("val_") and not has_validation:
            what = f"watches {watched!r}, and there are no validation rows"
            evidence = {
                "callback": name,
                "what": what,
                "advice": "give validation_data, or watch 'loss'",
            }
            change = callback_option(position, monitor=watched.removeprefix("val_"))
            yield Suspected(Where("callbacks"), evidence, (change,))
            continue
        is_error = any(word in watched for word in LESS_BETTER)
        should_grow = not is_error and Monitor(watched).grows
        if callback.mode != "auto" and callback.grows != should_grow:
            word = "greatest" if callback.grows else "least"
            what = f"takes the {word} {watched!r} for the best"
            evidence = {"callback": name, "what": what, "advice": "mode='auto'"}
            yield Suspected(Where("callbacks"), evidence, (callback_option(position, mode="auto"),))


@rule(
    "S28",
    "impatient-stopping",
    Looks.MODEL,
    meaning="Early stopping watches the training rows, or stops at the first epoch without gain.",
    sentence="EarlyStopping {what}",
    remedy="{advice}",
    threshold="a training quantity where there are validation rows, or a patience of 0 or 1",
    source="the loss of the training rows goes on falling while the network overfits; that of an "
    "epoch has noise",
    severity=Severity.ADVICE,
)
def impatient_stopping(facts: Facts) -> Iterator[Suspected]:
    """Early stopping by the training loss, or without patience."""
    for position, callback, watched in monitors(facts):
        if not isinstance(callback, EarlyStopping):
            continue
        if facts.setup.validation is not None and not watched.startswith("val_"):
            evidence = {
                "what": f"watches {watched!r} of the training rows",
                "advice": f"monitor='val_{watched}'",
            }
            change = callback_option(position, monitor=f"val_{watched}")
            yield Suspected(Where("callbacks"), evidence, (change,))
        elif callback.patience < FEW_EPOCHS:
            what = f"has a patience of {callback.patience} epochs"
            evidence = {"what": what, "advice": "patience=10"}
            yield Suspected(Where("callbacks"), evidence, (callback_option(position, patience=10),))


# ------------------------------------------------------------ metrics


@rule(
    "S20",
    "metric-blind-to-imbalance",
    Looks.MODEL,
    meaning="Accuracy alone is watched where one class has almost all rows.",
    sentence="{share:.0%} of the rows are of class {label}: accuracy is {share:.0%} without "
    "learning anything",
    remedy="watch 'auc', precision and recall, or the balanced accuracy too",
    threshold="a class of at least 90% of the rows",
    source="the accuracy of a constant prediction is the share of its class",
    severity=Severity.ADVICE,
)
def metric_blind_to_imbalance(facts: Facts) -> Iterator[Suspected]:
    """Accuracy on 95 to 5."""
    watched = _metric_names(facts)
    if facts.task != "classes" or not watched or not watched <= BLIND:
        return
    values, counts = np.unique(facts.labels, return_counts=True)
    share = float(counts.max() / counts.sum())
    if len(values) > 1 and share >= 1.0 - RARE:
        evidence = {"share": share, "label": values[counts.argmax()]}
        action = "compile with metrics=['auc', 'precision', 'recall'] and read those"
        yield Suspected(Where("metrics"), evidence, next_action=action)


@rule(
    "S21",
    "accuracy-on-quantities",
    Looks.MODEL,
    meaning="Accuracy is watched, which counts equal numbers, where the targets are quantities.",
    sentence="accuracy counts predictions that equal the target, and {share:.0%} of the targets "
    "are no whole numbers",
    remedy="watch metrics=['mae'] or ['r2_score']",
    threshold="a target with a fraction",
    source="two real numbers are equal with probability 0",
)
def accuracy_on_quantities(facts: Facts) -> Iterator[Suspected]:
    """Accuracy of a regression."""
    y = facts.rows.y
    if facts.task != "quantities" or not _metric_names(facts) & BLIND or y.dtype.kind != "f":
        return
    share = float(np.mean(y % 1.0 != 0.0))
    if share > 0.0:
        action = "compile with metrics=['mae'] or ['r2_score']"
        yield Suspected(Where("metrics"), {"share": share}, next_action=action)


def _metric_names(facts: Facts) -> set[str]:
    given: list[Any] = tree.leaves(facts.setup.compile.get("metrics") or [])
    return {str(one).lower() for one in given if one is not None}

"""Rules on the output: its last activation, its width and its loss, against the targets.

Depends on facts, objective, rule and changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.doctor.changes import compiled_with
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import activation_of
from steepest.doctor.objective import (
    last_activation,
    loss_of,
    loss_of_prior,
    output_changes,
    row_losses,
    suited_output,
)
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.finding import Severity, Where
from steepest.losses import Loss
from steepest.losses.facts import QUANTITIES

PROBABILITIES = {"softmax", "sigmoid"}
NO_PROBABILITIES = {
    "linear", "relu", "tanh", "elu", "selu", "gelu", "silu", "leaky_relu", "prelu", "softsign",
    "hard_tanh", "relu6",
}  # fmt: skip
"""Activations whose outputs may be negative or above 1."""
REACHED = {
    "relu": (0.0, np.inf), "softplus": (0.0, np.inf), "exponential": (0.0, np.inf),
    "sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0), "softsign": (-1.0, 1.0), "hard_tanh": (-1.0, 1.0),
}  # fmt: skip
"""The least and the greatest output, by the last activation."""
ROUNDING = 1e-6


@rule(
    "S1",
    "output-against-loss",
    Looks.MODEL,
    meaning="The last activation is not the one that the loss takes.",
    sentence="{reason}",
    remedy="{suited}",
    threshold="any pair that the formulas exclude",
    source="cross-entropy is the logarithm of a probability: of a sigmoid for one yes or no, of a "
    "softmax for one of several classes, and logits only where the loss applies them itself",
)
def output_against_loss(facts: Facts) -> Iterator[Suspected]:
    """A softmax over one unit or twice, logits for probabilities, probabilities for logits."""
    loss, ending, units = loss_of(facts), last_activation(facts), facts.output_width
    reason = _wrong_ending(facts, loss, ending, units)
    if reason:
        changes = output_changes(facts)
        if loss is not None and loss.from_logits and ending in PROBABILITIES:
            config = {**loss.get_config(), "from_logits": False}
            given = {"class_name": type(loss).__name__, "config": config}
            changes = (compiled_with(loss=given), *changes)
        evidence = {"reason": reason, "suited": f"the targets ask for {suited_output(facts).words}"}
        yield Suspected(Where(layer=facts.layers[-1].name), evidence, changes)


def _wrong_ending(facts: Facts, loss: Loss | None, ending: str, units: int) -> str:
    if ending == "softmax" and units == 1:
        return "a softmax over one unit is 1 for every row"
    if [activation_of(spec) for spec in facts.layers[-2:]] == ["softmax", "softmax"]:
        return "softmax is applied twice, which flattens the probabilities"
    if loss is None or loss.predictions is None or loss.predictions.activation is None:
        return ""
    wanted = loss.predictions.activation
    if loss.from_logits and ending in PROBABILITIES:
        return f"{loss.name} with from_logits=True applies {wanted} to what {ending} has computed"
    if not loss.from_logits and ending in NO_PROBABILITIES:
        return f"{loss.name} takes probabilities, and the output ends in {ending}"
    if wanted == "softmax" and (ending == "sigmoid" or units == 1):
        return f"{loss.name} takes shares of classes that add up to 1, and {units} " + (
            "unit has one class" if units == 1 else "sigmoids do not"
        )
    return ""


@rule(
    "S2",
    "loss-against-targets",
    Looks.MODEL,
    meaning="The loss is for targets of another kind: classes, shares or quantities.",
    sentence="{loss} takes {wanted}, and y holds {held}",
    remedy="{suited}",
    threshold="a target outside of what the loss declares, or class numbers above 1 for a loss of "
    "quantities over one unit",
    source="outside of its domain the loss has no minimum at the target",
)
def loss_against_targets(facts: Facts) -> Iterator[Suspected]:
    """Quantities for a loss of classes, several classes for one of two, classes as quantities."""
    loss, y = loss_of(facts), facts.rows.y
    if loss is None or loss.labels is None or y.dtype.kind not in "fiub" or not y.size:
        return
    labels, low, high = loss.labels, float(y.min()), float(y.max())
    width = int(np.prod(y.shape[1:], dtype=np.int64))
    held = f"numbers from {low:.4g} to {high:.4g}"
    if labels.kind == "classes":
        is_wrong = width > 1 or low < 0 or bool((y != np.round(y)).any())
        held = f"{width} columns" if width > 1 else held
    elif labels.adds_up:
        is_wrong = width == 1 or low < labels.low or high > labels.high
        held = "one number a row" if width == 1 else held
    elif labels.kind == "quantities" and labels.low == QUANTITIES.low:
        one_each = y.dtype.kind in "iu" and y.size == len(y) and facts.output_width == 1
        is_wrong = one_each and facts.class_count > 2 and len(y) >= 2 * facts.class_count
        held = f"{facts.class_count} classes as numbers"
    else:
        is_wrong = low < labels.low or high > labels.high
    if is_wrong and np.isfinite([low, high]).all():
        suited = f"the targets ask for {suited_output(facts).words}"
        evidence = {"loss": loss.name, "wanted": labels.words, "held": held, "suited": suited}
        yield Suspected(Where("y"), evidence, output_changes(facts))


@rule(
    "S24",
    "squared-error-of-classes",
    Looks.MODEL,
    meaning="A loss of quantities is used on probabilities of classes.",
    sentence="{loss} on the probabilities of {classes} classes has almost no slope where the "
    "network is wrong and sure of it",
    remedy="cross-entropy has: {suited}",
    threshold="softmax or sigmoid, targets of 0 and 1, and a loss of quantities",
    source="the derivative of the squared error by a logit has the factor p (1 - p)",
    severity=Severity.ADVICE,
)
def squared_error_of_classes(facts: Facts) -> Iterator[Suspected]:
    """Squared error after softmax or sigmoid."""
    loss = loss_of(facts)
    is_quantity = loss is not None and loss.labels is not None and loss.labels.kind == "quantities"
    if loss is None or not is_quantity or last_activation(facts) not in PROBABILITIES:
        return
    if facts.task == "classes" and suited_output(facts).units == facts.output_width:
        evidence = {
            "loss": loss.name,
            "classes": facts.class_count,
            "suited": suited_output(facts).words,
        }
        yield Suspected(Where("compile"), evidence, output_changes(facts))


@rule(
    "S3",
    "width-against-targets",
    Looks.MODEL,
    meaning="The output has another number of columns than the targets.",
    sentence="the output has {units} columns and y has {width}: a loss would compare every column "
    "of one with every column of the other",
    remedy="{suited}",
    threshold="different widths",
    source="shapes (n, 1) and (n, k) broadcast to (n, k) without an error",
)
def width_against_targets(facts: Facts) -> Iterator[Suspected]:
    """Wide outputs for narrow targets, and the reverse."""
    loss, y, units = loss_of(facts), facts.rows.y, facts.output_width
    width = int(np.prod(y.shape[1:], dtype=np.int64))
    if loss is None or width == units:
        return
    if loss.labels is not None and (loss.labels.kind == "classes" or loss.labels.adds_up):
        return
    if len(facts.fresh.output_shape) == 2:
        suited = f"the targets ask for {suited_output(facts).words}"
        evidence = {"units": units, "width": width, "suited": suited}
        yield Suspected(Where("y"), evidence, output_changes(facts))


@rule(
    "S11",
    "targets-out-of-reach",
    Looks.MODEL,
    meaning="The last activation keeps the output from reaching targets.",
    sentence="the output ends in {ending} and reaches {limits}, but {share:.0%} of the targets lie "
    "outside: they go from {low:.4g} to {high:.4g}",
    remedy="leave out the last activation, or scale y",
    threshold="one target outside of the range of the activation",
    source="the range of the activation",
)
def targets_out_of_reach(facts: Facts) -> Iterator[Suspected]:
    """Targets below or above what the last activation gives."""
    loss, ending, y = loss_of(facts), last_activation(facts), facts.rows.y
    is_quantity = loss is None or loss.labels is None or loss.labels.kind == "quantities"
    if not is_quantity or ending not in REACHED or y.dtype.kind not in "fiub":
        return
    low, high = REACHED[ending]
    outside = (y < low - ROUNDING) | (y > high + ROUNDING)
    limits = f"{low:g} or more" if np.isinf(high) else f"{low:g} to {high:g}"
    if ending == "softmax" and y.ndim == 2 and y.shape[1] == facts.output_width:
        outside = np.abs(y.sum(axis=1) - 1.0) > 1e-2
        limits = "rows that add up to 1"
    if outside.any() and np.isfinite(y).all():
        evidence = {
            "ending": ending,
            "limits": limits,
            "share": float(outside.mean()),
            "low": float(y.min()),
            "high": float(y.max()),
        }
        yield Suspected(Where("y"), evidence, output_changes(facts))


@rule(
    "S23",
    "loss-summed",
    Looks.MODEL,
    meaning="The loss of a batch is the sum over its rows, so that steps grow with the batch.",
    sentence="{loss} adds up the {rows} rows of a batch: a step is {rows} times that of their mean",
    remedy="reduction='sum_over_batch_size', or a learning rate divided by the batch size",
    threshold="a sum over batches of more than one row",
    source="rates in common use are meant for the mean over a batch",
)
def loss_summed(facts: Facts) -> Iterator[Suspected]:
    """The reduction "sum"."""
    loss = loss_of(facts)
    rows = min(facts.batch_size, len(facts.setup.rows))
    if loss is None or loss.reduction != "sum" or rows < 2:
        return
    config = {**loss.get_config(), "reduction": "sum_over_batch_size"}
    change = compiled_with(loss={"class_name": type(loss).__name__, "config": config})
    yield Suspected(Where("compile"), {"loss": loss.name, "rows": rows}, (change,))


@rule(
    "S32",
    "loss-rewards-errors",
    Looks.MODEL,
    meaning="The loss is lower for a constant prediction than for the right one.",
    sentence="{loss} is {right:.4g} where the outputs equal the targets, and {prior:.4g} for their "
    "mean: whoever lowers it predicts worse",
    remedy="look at its sign and at the shapes that it subtracts, or use {suited}",
    threshold="a function of the user, whose value is higher for the right outputs",
    source="a loss of predictions is least where they are right",
)
def loss_rewards_errors(facts: Facts) -> Iterator[Suspected]:
    """Losses of the wrong sign, and those that compare each target with each output."""
    loss, y = loss_of(facts), facts.rows.y
    is_own = callable(facts.setup.compile.get("loss"))
    if loss is None or not is_own or y.dtype.kind not in "fiub" or facts.task != "quantities":
        return
    if not len(y) or y.size != len(y) * facts.output_width:
        return
    right = float(np.mean(row_losses(facts, y.reshape(len(y), -1), y)))
    prior = loss_of_prior(facts)
    if np.isfinite([right, prior]).all() and right > prior + ROUNDING * abs(prior):
        suited = suited_output(facts).words
        evidence = {"loss": loss.name, "right": right, "prior": prior, "suited": suited}
        yield Suspected(Where("compile"), evidence, output_changes(facts))

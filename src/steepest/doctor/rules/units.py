"""Rules on the inside of a network in training: dead, saturated, shrinking and idle layers.

Depends on course_facts, layer_kinds, rule and changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from steepest.doctor.changes import layer_option, several
from steepest.doctor.course_facts import (
    adam_instead,
    first_scaled,
    hidden_records,
    kernel_paths,
    later_records,
    losses,
    rates,
)
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import activation_of, hidden_positions
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Severity, Where

HALF = 0.5
VANISHED = 1e-3
STILL = 0.05  # of the first loss
SPREAD = 100.0
MOST_LINES = 3
SQUASHING = ("sigmoid", "tanh", "hard_sigmoid", "softsign")
RECTIFIERS = ("relu", "relu6")


def _activations(facts: Facts, names: Sequence[str], new: str, initial: str) -> tuple[Change, ...]:
    """The change of the activations of hidden layers, where it is a change of a few lines."""
    specs = [facts.layers[position] for position in hidden_positions(facts.layers)]
    chosen = [spec.name for spec in specs if activation_of(spec) in names and spec["activation"]]
    if not 0 < len(chosen) <= MOST_LINES:
        return ()
    parts = [layer_option(name, activation=new, kernel_initializer=initial) for name in chosen]
    return (several(f'hidden layers: activation="{new}"', parts),)


@rule(
    "T7",
    "gradients-vanish",
    Looks.COURSE,
    meaning="The gradient of the first kernel is tiny beside that of the last one.",
    sentence="the gradient of {first} is {ratio:.2g} of that of {last} at the median of {records} "
    "records, relative to the kernels' sizes",
    remedy="take activation 'relu' with kernel_initializer 'he_normal' in the hidden layers, or "
    "put st.layers.BatchNormalization() between them",
    threshold="a ratio below 0.001 of the relative gradients, at the median of the records; below "
    "0.01 if the loss fell by less than 5 %",
    source="each sigmoid divides the gradient by 4 or more (Glorot and Bengio 2010); 0.001 is what "
    "several tools take",
)
def vanishing(facts: Facts) -> Iterator[Suspected]:
    """A first kernel without gradient beside a last one with gradient."""
    paths, later = kernel_paths(facts), later_records(facts)
    if len(paths) < 2 or not later:
        return
    ratios = []
    for record in later:
        first, last = record.weight(paths[0]), record.weight(paths[-1])
        if first.gradient is None or not last.gradient or not first.size or not last.size:
            return
        ratios.append(first.gradient / first.size / (last.gradient / last.size))
    ratio = sorted(ratios)[len(ratios) // 2]
    course = losses(facts)
    stands = len(course) > 0 and course[0] - course.min() < STILL * abs(course[0])
    if ratio < (10 * VANISHED if stands else VANISHED):
        evidence = {"first": paths[0], "last": paths[-1], "ratio": ratio, "records": len(ratios)}
        changes = (*_activations(facts, SQUASHING, "relu", "he_normal"), *adam_instead(facts))
        yield Suspected(Where(layer=paths[0].partition("/")[0]), evidence, changes)


@rule(
    "T9",
    "units-dead",
    Looks.COURSE,
    meaning="More than half of the units of a relu layer are 0 for every row.",
    sentence="{dead:.0%} of the units of layer {where.layer!r} are 0 for all rows at the end",
    remedy="lower the learning rate, scale the inputs, or take leaky_relu",
    threshold="half of the units in every record after the first quarter, more than at the start",
    source="a unit that is 0 for all rows has no gradient and never returns",
)
def dead(facts: Facts) -> Iterator[Suspected]:
    """Layers of which half the units have died."""
    later = later_records(facts)
    if not later:
        return
    known = [hidden_records(facts, record) for record in later]
    for at, (name, activation, first) in enumerate(hidden_records(facts, facts.records[0])):
        shares = [layers[at][2].dead for layers in known]
        if activation in RECTIFIERS and min(shares) > HALF and shares[-1] > first.dead:
            changes = (
                *_activations(facts, RECTIFIERS, "leaky_relu", "he_normal"),
                *rates(facts),
                *first_scaled(facts),
            )
            yield Suspected(Where(layer=name), {"dead": shares[-1]}, changes)
            return


@rule(
    "T10",
    "units-saturated",
    Looks.COURSE,
    meaning="Most outputs of a bounded activation are at its bounds, where it has no slope.",
    sentence="{saturated:.0%} of the outputs of layer {where.layer!r} are within 2.5 % of a bound",
    remedy="scale the inputs, lower the learning rate, or take 'relu' with 'he_normal'",
    threshold="half of the outputs in every record after the first quarter",
    source="there the slope is below a tenth of its maximum (tanh 0.1, sigmoid 0.024)",
)
def saturated(facts: Facts) -> Iterator[Suspected]:
    """Hidden layers at the bounds of their activation."""
    later, course = later_records(facts), losses(facts)
    if not later or (len(course) and course[-1] < 0.1 * course[0]):
        return
    known = [hidden_records(facts, record) for record in later]
    for at, (name, _, _) in enumerate(hidden_records(facts, facts.records[0])):
        shares = [layers[at][2].saturated for layers in known]
        if all(share is not None and share > HALF for share in shares):
            changes = (
                *first_scaled(facts),
                *_activations(facts, SQUASHING, "relu", "he_normal"),
                *rates(facts),
            )
            yield Suspected(Where(layer=name), {"saturated": shares[-1]}, changes)
            return


@rule(
    "T11",
    "activations-drift",
    Looks.COURSE,
    meaning="The deviation of the outputs grows or shrinks strongly from layer to layer.",
    sentence="the outputs of {last} have {ratio:.3g} times the deviation of those of {first}",
    remedy="take kernel_initializer 'he_normal' for relu and 'glorot_uniform' for tanh, or put "
    "st.layers.BatchNormalization() between the layers",
    threshold="a factor of 100 between the first and the last hidden layer, in every record after "
    "the first quarter",
    source="initial weights by He and by Glorot hold the deviation within a factor of 2",
)
def drift(facts: Facts) -> Iterator[Suspected]:
    """Outputs that grow or shrink through depth."""
    later = later_records(facts)
    found = [hidden_records(facts, record) for record in later]
    if not found or len(found[0]) < 2:
        return
    ratios = [
        last[2].deviation / first[2].deviation
        for first, *_, last in found
        if first[2].deviation > 0
    ]
    if len(ratios) < len(found):
        return
    if min(ratios) > SPREAD or max(ratios) < 1 / SPREAD:
        first, last = found[-1][0][0], found[-1][-1][0]
        evidence = {"first": first, "last": last, "ratio": ratios[-1]}
        changes = (*_activations(facts, SQUASHING, "relu", "he_normal"), *rates(facts))
        yield Suspected(Where(layer=last), evidence, changes)


@rule(
    "T12",
    "weights-idle",
    Looks.COURSE,
    meaning="Trainable weights have no gradient in the whole training.",
    sentence="{count} of {all} trainable weights have a gradient of 0 in all records, the first is "
    "{path}",
    remedy="use the layer in the model's output, take a loss that depends on it, or freeze it",
    threshold="a gradient that is exactly 0, or missing, in every record",
    source="such weights keep their initial values",
)
def idle(facts: Facts) -> Iterator[Suspected]:
    """Weights that the loss does not depend on."""
    records = facts.records
    if not records:
        return
    idle_paths = [
        one.path
        for one in records[0].weights
        if all(not record.weight(one.path).gradient for record in records)
    ]
    if idle_paths:
        path = idle_paths[0]
        evidence = {"count": len(idle_paths), "all": len(records[0].weights), "path": path}
        changes = _activations(facts, RECTIFIERS, "leaky_relu", "he_normal")
        action = "look for units that are 0 for all rows, and for layers outside of the output"
        yield Suspected(Where(layer=path.partition("/")[0]), evidence, changes, action)


@rule(
    "T14",
    "penalty-dominates",
    Looks.COURSE,
    meaning="The penalties of the regularizers are larger than the loss of the data.",
    sentence="the penalties are {penalty:.4g} and the loss of the data {loss:.4g} at the end",
    remedy="divide the factors of the regularizers by 10 or more",
    threshold="penalties above the loss of the data in every record after the first quarter",
    source="then most of the gradient shrinks weights instead of fitting the data",
    severity=Severity.WARNING,
)
def penalised(facts: Facts) -> Iterator[Suspected]:
    """Penalties that outweigh the data."""
    later = later_records(facts)
    if not later or any(record.penalty <= record.loss for record in later):
        return
    names = [spec.name for spec in facts.layers if spec["kernel_regularizer"]]
    changes: tuple[Change, ...] = ()
    if 0 < len(names) <= MOST_LINES:
        parts = [layer_option(name, kernel_regularizer=None) for name in names]
        changes = (several("no kernel regularizers", parts),)
    evidence = {"penalty": later[-1].penalty, "loss": later[-1].loss}
    yield Suspected(Where("kernel_regularizer"), evidence, changes, "lower the penalties")

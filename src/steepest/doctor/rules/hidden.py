"""Rules on the hidden layers: activations, widths, dropout and normalization in their order.

Depends on facts, layer_kinds, rule and changes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from steepest import layers
from steepest.doctor.changes import layer_option, layer_removed, several
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import (
    ACTIVATION_LAYERS,
    DROPOUTS,
    STAYS_LINEAR,
    activation_of,
    dropouts,
    has_kernel,
    hidden_positions,
    kernel_positions,
)
from steepest.doctor.objective import suited_output
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.doctor.setup import LayerSpec
from steepest.finding import Severity, Where

MOST_LINES = 3
USUAL_DROPOUT = 0.2
MOST_DROPOUT = 0.5
MOST_A_ROW = 1000
HIDDEN_WIDTH = 32


@rule(
    "S4",
    "linear-hidden-layers",
    Looks.MODEL,
    meaning="Hidden layers without an activation: together with the next layer they are one layer.",
    sentence="no activation comes after layer {names}: it and the next layer compute one affine "
    "function",
    remedy="give it an activation, such as 'relu'",
    threshold="a linear layer at least as wide as the smaller of its inputs and the next outputs",
    source="a product of matrices is a matrix; only a narrower layer restricts its rank",
)
def linear_hidden_layers(facts: Facts) -> Iterator[Suspected]:
    """Dense layers followed by another one with nothing but affine layers between."""
    if facts.setup.template is not None:
        return
    found = [position for position in hidden_positions(facts.layers) if _is_idle(facts, position)]
    if found:
        names = [facts.layers[position].name for position in found]
        changes = [layer_option(name, activation="relu") for name in names[:MOST_LINES]]
        change = several('activation="relu" in the hidden layers', changes)
        evidence = {"names": ", ".join(map(repr, names))}
        yield Suspected(Where(layer=names[0]), evidence, (change,))


def _is_idle(facts: Facts, position: int) -> bool:
    specs = facts.layers
    after = kernel_positions(specs)[kernel_positions(specs).index(position) + 1]
    between = specs[position + 1 : after]
    if activation_of(specs[position]) != "linear":
        return False
    if not all(issubclass(spec.kind, STAYS_LINEAR) for spec in between):
        return False
    inputs = facts.fresh.layers[position].input_shape
    width = int(inputs[-1] or 0) if isinstance(inputs, tuple) else 0
    return int(specs[position]["units"]) >= min(width, int(specs[after]["units"]))


@rule(
    "S5",
    "stacked-activations",
    Looks.MODEL,
    meaning="Two activations follow each other without a layer with weights between.",
    sentence="{second} is applied to the outputs of {first} in layer {where.layer!r}",
    remedy="leave out one of the two",
    threshold="two activations in a row",
    source="the second one can only restrict what the first one gives",
)
def stacked_activations(facts: Facts) -> Iterator[Suspected]:
    """Activations applied to activations."""
    before = "linear"
    for spec in facts.layers:
        now = activation_of(spec)
        if spec.kind in ACTIVATION_LAYERS and "linear" not in (before, now):
            changes = _without(facts, spec)
            yield Suspected(Where(layer=spec.name), {"first": before, "second": now}, changes)
        elif now == "linear" and not has_kernel(spec) and issubclass(spec.kind, DROPOUTS):
            continue  # the activation is still the last one
        before = now


def _without(facts: Facts, spec: LayerSpec) -> tuple[Change, ...]:
    return (layer_removed(spec.name),) if facts.setup.template is None else ()


@rule(
    "S6",
    "bias-before-normalization",
    Looks.MODEL,
    meaning="A layer has a bias that batch normalization subtracts again.",
    sentence="the bias of layer {where.layer!r} is subtracted by the batch normalization after it",
    remedy="use_bias=False",
    threshold="a linear layer with a bias directly before batch normalization",
    source="the mean of the batch contains the bias",
    severity=Severity.ADVICE,
)
def bias_before_normalization(facts: Facts) -> Iterator[Suspected]:
    """Biases that have no effect."""
    for spec, after in itertools.pairwise(facts.layers):
        is_linear = has_kernel(spec) and activation_of(spec) == "linear" and spec["use_bias"]
        if is_linear and issubclass(after.kind, layers.BatchNormalization):
            change = layer_option(spec.name, use_bias=False)
            yield Suspected(Where(layer=spec.name), {}, (change,))


@rule(
    "S7",
    "misplaced-dropout",
    Looks.MODEL,
    meaning="Dropout is applied to the outputs, or directly before batch normalization.",
    sentence="{what}",
    remedy="{remedy_here}",
    threshold="the place alone",
    source="the variance of dropped inputs is larger in training than in evaluation (Li et al., "
    "2019), and a dropped output is a wrong prediction",
)
def misplaced_dropout(facts: Facts) -> Iterator[Suspected]:
    """Dropout whose change of the variance reaches statistics, or the outputs themselves."""
    for position, rate in dropouts(facts.layers):
        spec = facts.layers[position]
        after = facts.layers[position + 1 :][:1]
        if rate == 0.0:
            continue
        if not after or (len(facts.layers) == position + 2 and after[0].kind in ACTIVATION_LAYERS):
            what = f"layer {spec.name!r} drops {rate:.0%} of the outputs themselves"
            advice = "leave it out, or move it before the last Dense layer"
        elif issubclass(after[0].kind, layers.BatchNormalization):
            what = f"layer {spec.name!r} drops inputs of a batch normalization, whose variances "
            what += "are then too large for evaluation"
            advice = "move it after the activation that follows"
        else:
            continue
        evidence = {"what": what, "remedy_here": advice}
        yield Suspected(Where(layer=spec.name), evidence, _without(facts, spec))


@rule(
    "S8",
    "much-dropout",
    Looks.MODEL,
    meaning="A large share of the units is dropped, or too few remain for the classes.",
    sentence="layer {where.layer!r} drops {rate:.0%} of {width} units, which leaves {left:.0f}",
    remedy="rate=0.2, or a wider layer before it",
    threshold="a rate above 0.5, or fewer units left than outputs of several classes",
    source="the noise of a unit has the variance rate / (1 - rate), more than its signal above 0.5 "
    "(Srivastava et al., 2014)",
)
def much_dropout(facts: Facts) -> Iterator[Suspected]:
    """Rates above 0.5, and layers that are left narrower than the output."""
    outputs = facts.output_width
    last = kernel_positions(facts.layers)[-1:]
    for position, rate in dropouts(facts.layers):
        width = _width_before(facts, position)
        left = width * (1.0 - rate)
        is_hidden = bool(last) and 0 < position < last[0]
        is_narrow = is_hidden and rate > 0.0 and outputs > 1 and left < outputs <= width
        if rate > MOST_DROPOUT or is_narrow:
            spec = facts.layers[position]
            change = layer_option(spec.name, rate=USUAL_DROPOUT)
            evidence = {"rate": rate, "width": width, "left": left}
            yield Suspected(Where(layer=spec.name), evidence, (change,))


def _width_before(facts: Facts, position: int) -> int:
    kernels = [at for at in kernel_positions(facts.layers) if at < position]
    if kernels:
        return int(facts.layers[kernels[-1]]["units"])
    return int(np.prod(facts.rows.x.shape[1:], dtype=np.int64))


@rule(
    "S25",
    "bottleneck",
    Looks.MODEL,
    meaning="A hidden layer is too narrow for the classes that come after it.",
    sentence="layer {where.layer!r} passes {units} numbers on to {classes} classes",
    remedy="make it wider",
    threshold="fewer units than half the classes, or one unit where there are several inputs and "
    "more than two classes",
    source="k units of a rectifier separate few regions; measured on networks that learn",
)
def bottleneck(facts: Facts) -> Iterator[Suspected]:
    """Hidden layers narrower than half the number of classes."""
    classes = facts.class_count
    if facts.task != "classes" or classes <= 2 or facts.output_width != suited_output(facts).units:
        return
    for position in hidden_positions(facts.layers):
        units = int(facts.layers[position]["units"])
        if units < classes / 2.0:
            spec = facts.layers[position]
            change = layer_option(spec.name, units=max(HIDDEN_WIDTH, 2 * classes))
            evidence = {"units": units, "classes": classes}
            yield Suspected(Where(layer=spec.name), evidence, (change,))


@rule(
    "S12",
    "many-weights",
    Looks.MODEL,
    meaning="The network has far more weights than there are rows.",
    sentence="{weights} weights for {rows} rows, {ratio:.0f} for each",
    remedy="narrower layers, or dropout; held-out rows decide",
    threshold="1,000 weights a row",
    source="wide networks learn well up to there on the small tables tried; it is advice",
    severity=Severity.ADVICE,
)
def many_weights(facts: Facts) -> Iterator[Suspected]:
    """More than 1,000 weights a row."""
    weights, rows = facts.fresh.count_params(), len(facts.setup.rows)
    if weights <= MOST_A_ROW * rows:
        return
    wide = [at for at in hidden_positions(facts.layers) if facts.layers[at]["units"] > HIDDEN_WIDTH]
    changes = [layer_option(facts.layers[at].name, units=HIDDEN_WIDTH) for at in wide[:MOST_LINES]]
    narrower = several(f"hidden layers of {HIDDEN_WIDTH} units", changes)
    evidence = {"weights": weights, "rows": rows, "ratio": weights / rows}
    yield Suspected(Where(), evidence, (narrower,) if changes else ())

"""Rules on the initial weights: equal units, a wrong scale, frozen layers that never learned.

Depends on start_facts, rule and changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest import layers
from steepest.doctor.changes import layer_option, several
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import activation_of, hidden_positions, kernel_positions
from steepest.doctor.objective import loss_at_zero
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.doctor.setup import LayerSpec
from steepest.doctor.start_facts import Start, start_of, started
from steepest.finding import Where

MOST_LINES = 3
SUITED = {
    "relu": "he_normal", "leaky_relu": "he_normal", "prelu": "he_normal", "elu": "he_normal",
    "gelu": "he_normal", "silu": "he_normal", "selu": "lecun_normal",
}  # fmt: skip
"""The initializer that retains the variance of a signal, by activation; Glorot's for others."""
OTHER_SCALE = 3.0
SIGNAL = 100.0
FADED = 1 / 32
MOST_SATURATED = 0.5
LARGE_LOSS = 5.0
BETTER = 0.5
LIMITS = {"tanh": (-0.95, 0.95), "sigmoid": (0.05, 0.95)}
"""Outputs outside of these are saturated: the slope is a tenth of the largest one there."""


@rule(
    "S9",
    "equal-initial-units",
    Looks.START,
    meaning="All units of a hidden layer begin with the same weights and remain equal.",
    sentence="the {units} units of layer {where.layer!r} begin with the same weights: they get the "
    "same gradient and remain one unit",
    remedy="a random initializer, such as {initializer}",
    threshold="equal columns of the kernel",
    source="equal units have equal gradients",
)
def equal_units(facts: Facts) -> Iterator[Suspected]:
    """Hidden layers whose units are equal; a last layer of one number gets random weights too.

    Through such a last layer every hidden unit, however different, is pushed the same way.
    """
    kernels = _kernels(start_of(facts))
    equal = [
        position
        for position in hidden_positions(facts.layers)
        if _is_equal(kernels.get(facts.layers[position].name))
    ]
    last = kernel_positions(facts.layers)[-1:]
    constant = [at for at in last if _is_constant(kernels.get(facts.layers[at].name))]
    changes = [_initialized(facts.layers[at]) for at in (*equal, *constant)[:MOST_LINES]]
    for position in equal[:1]:
        spec = facts.layers[position]
        evidence = {"units": spec["units"], "initializer": repr(suited_initializer(spec))}
        change = several("random initial weights", changes)
        yield Suspected(Where(layer=spec.name), evidence, (change,))


def _kernels(start: Start) -> dict[str, np.ndarray]:
    return {one.name: one.kernel for one in start.layers if one.kernel is not None}


def _is_equal(kernel: np.ndarray | None) -> bool:
    return kernel is not None and kernel.shape[-1] > 1 and not np.ptp(kernel, axis=-1).any()


def _is_constant(kernel: np.ndarray | None) -> bool:
    return kernel is not None and not np.ptp(kernel)


def suited_initializer(spec: LayerSpec) -> str:
    """The initializer that retains the variance of a signal for the activation of a layer.

    >>> suited_initializer(LayerSpec.of(st.layers.Dense(3, "relu")))
    'he_normal'
    """
    return SUITED.get(activation_of(spec), "glorot_uniform")


def _initialized(spec: LayerSpec) -> Change:
    return layer_option(spec.name, kernel_initializer=suited_initializer(spec))


# ------------------------------------------------------------ scale


@rule(
    "S10",
    "initial-scale",
    Looks.START,
    meaning="Initial weights of a wrong scale weaken, amplify or saturate the signal.",
    sentence="the initial weights of layer {where.layer!r} are {ratio:.3g} times those of "
    "{initializer}: {what}",
    remedy="kernel_initializer={initializer}",
    threshold="weights 3 times too large or small by He or Glorot, and a signal changed by more "
    "than 100, half of the units saturated, or 5 times the loss of a prediction of 0; and half of "
    "that with the proposed weights",
    source="He et al., 2015, and Glorot and Bengio, 2010: the variance of the signal stays the "
    "same through the layers",
)
def initial_scale(facts: Facts) -> Iterator[Suspected]:
    """A signal that the scale of the initial weights spoils, and that others would not."""
    start, specs = start_of(facts), facts.layers
    ratios = dict(_scale_ratios(start, specs))
    wrong = [at for at, ratio in ratios.items() if abs(math.log(ratio)) > math.log(OTHER_SCALE)]
    now = _trouble(facts, start) if wrong else {}
    if not now:
        return
    wrong.sort(key=lambda at: -abs(math.log(ratios[at])))
    changes = [_initialized(specs[at]) for at in wrong[:MOST_LINES]]
    change = several("initial weights of another scale", changes)
    then = _trouble(facts, started(change.applied(facts.setup)))
    solved = [what for what, size in now.items() if then.get(what, 0.0) < BETTER * size]
    if solved:
        evidence = {
            "ratio": ratios[wrong[0]],
            "initializer": repr(suited_initializer(specs[wrong[0]])),
            "what": solved[0],
        }
        yield Suspected(Where(layer=specs[wrong[0]].name), evidence, (change,))


def _scale_ratios(start: Start, specs: tuple[LayerSpec, ...]) -> Iterator[tuple[int, float]]:
    """The root mean square of each kernel, divided by that of the suited initializer."""
    kernels = _kernels(start)
    for position in kernel_positions(specs):
        kernel = kernels.get(specs[position].name)
        if kernel is None or kernel.ndim != 2 or not kernel.any() or _is_equal(kernel):
            continue
        inputs, outputs = kernel.shape
        suited = {"he_normal": 2 / inputs, "lecun_normal": 1 / inputs}
        variance = suited.get(suited_initializer(specs[position]), 2 / (inputs + outputs))
        yield position, float(np.sqrt(np.mean(np.square(kernel, dtype=np.float64)) / variance))


def _trouble(facts: Facts, start: Start) -> dict[str, float]:
    """What is wrong with the signal, and how much."""
    hidden = [start_layer for start_layer in start.layers if start_layer.kernel is not None][:-1]
    found: dict[str, float] = {}
    if hidden:
        first, last = _spread(hidden[0].inputs), _spread(hidden[-1].outputs)
        if first > 0 and last > 0 and abs(math.log(last / first)) > math.log(SIGNAL):
            found[f"the signal changes {last / first:.3g}-fold through them"] = 1.0
        names = {spec.name: activation_of(spec) for spec in facts.layers}
        shares = []
        for layer in hidden:
            low, high = LIMITS.get(names.get(layer.name, ""), (-np.inf, np.inf))
            shares.append(float(np.mean((layer.outputs < low) | (layer.outputs > high))))
        share = max(shares)
        if share > MOST_SATURATED:
            found["most of its outputs are saturated"] = share
    zero = loss_at_zero(facts)
    if np.isfinite(zero) and zero > 0 and start.loss > LARGE_LOSS * zero:
        found["the loss is far above that of a prediction of 0"] = start.loss / zero
    return found


def _spread(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.var(values, axis=0, dtype=np.float64))))


@rule(
    "S30",
    "fading-signal",
    Looks.START,
    meaning="Saturating activations in many layers leave almost nothing of the signal.",
    sentence="from the inputs of layer {where.layer!r} to the outputs of {last!r} the differences "
    "between rows shrink to {share:.1e} of what they were",
    remedy="relu with he_normal, or batch normalization between",
    threshold="1/32 of the spread of their inputs, behind 3 or more sigmoid or tanh layers",
    source="the slope of sigmoid is at most 1/4: each layer passes a quarter on, three of them "
    "1/64, half of the threshold, and the gradient fades likewise backwards (Hochreiter, 1991)",
)
def fading_signal(facts: Facts) -> Iterator[Suspected]:
    """Deep networks of sigmoid layers."""
    positions = hidden_positions(facts.layers)
    saturating = [at for at in positions if activation_of(facts.layers[at]) in LIMITS]
    known = {layer.name: layer for layer in start_of(facts).layers}
    names = [facts.layers[at].name for at in saturating if facts.layers[at].name in known]
    if len(names) < MOST_LINES:
        return
    first, last = _spread(known[names[0]].inputs), _spread(known[names[-1]].outputs)
    if 0.0 < last < FADED * first:
        options = {"activation": "relu", "kernel_initializer": "he_normal"}
        lines = [layer_option(one, **options) for one in names[:MOST_LINES]]
        change = several("relu in hidden layers", lines)
        evidence = {"share": last / first, "last": names[-1]}
        yield Suspected(Where(layer=names[0]), evidence, (change,))


# ------------------------------------------------------------ frozen


@rule(
    "S19",
    "frozen-at-random",
    Looks.MODEL,
    meaning="A layer is frozen, and its weights are still initial ones.",
    sentence="layer {where.layer!r} is frozen with weights that look like initial ones{others}",
    remedy="trainable=True, or weights that were trained before",
    threshold="a bias of zeros, and a kernel within 3 times the suited scale; equal statistics",
    source="training moves biases away from 0",
)
def frozen_at_random(facts: Facts) -> Iterator[Suspected]:
    """Frozen layers without a trace of training, all at once: one of them may do for some data."""
    frozen = [one for one in facts.layers if one["trainable"] is False and _looks_initial(one)]
    names = [spec.name for spec in frozen[:MOST_LINES]]
    if names:
        lines = [layer_option(name, trainable=True) for name in names]
        change = several(f"trainable=True in {', '.join(names)}", lines)
        others = "".join(f"; also {spec.name!r}" for spec in frozen[1:])
        yield Suspected(Where(layer=names[0]), {"others": others}, (change,))


def _looks_initial(spec: LayerSpec) -> bool:
    state = spec.state
    if issubclass(spec.kind, layers.BatchNormalization) and state is not None:
        return all(np.ptp(part) == 0.0 for part in state)
    if not issubclass(spec.kind, layers.Dense):
        return False
    if state is None:
        return True
    kernel, *bias = state
    variance = 2.0 / sum(kernel.shape)
    scale = float(np.sqrt(np.mean(np.square(kernel, dtype=np.float64)) / variance))
    return not any(part.any() for part in bias) and scale < OTHER_SCALE

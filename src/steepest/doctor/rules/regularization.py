"""Rules on regularization: what it is applied to, how strong it is, and how much of it there is.

Depends on start_facts, rule and changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from steepest import layers
from steepest.doctor.changes import layer_option, optimizer_option, several
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import dropouts
from steepest.doctor.objective import loss_at_zero, loss_of_prior
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.doctor.setup import LayerSpec
from steepest.doctor.start_facts import start_of
from steepest.finding import Severity, Where

MOST_LINES = 3
MOST_KINDS = 3
UNDERFITTED = 0.5
SMALL_SHARE = 0.1
"""Of the loss: what a penalty may be at the start."""
ON_BIASES = ("bias_regularizer", "gamma_regularizer", "beta_regularizer")
ON_KERNELS = ("kernel_regularizer", "activity_regularizer")
NORMALIZATIONS = (
    layers.BatchNormalization, layers.LayerNormalization, layers.GroupNormalization,
)  # fmt: skip


@rule(
    "S15",
    "decayed-biases",
    Looks.MODEL,
    meaning="Biases, or scales and shifts of a normalization, are decayed like kernels.",
    sentence="{what}",
    remedy="decay kernels alone",
    threshold="any penalty on them",
    source="a bias does not make the function steeper; its penalty moves the mean of the outputs",
    severity=Severity.ADVICE,
)
def decayed_biases(facts: Facts) -> Iterator[Suspected]:
    """Penalties on biases, and weight decay of all weights alike."""
    for spec in facts.layers:
        given = [name for name in ON_BIASES if spec[name] is not None]
        if given:
            change = layer_option(spec.name, **dict.fromkeys(given))
            what = f"layer {spec.name!r} has {' and '.join(given)}"
            yield Suspected(Where(layer=spec.name), {"what": what}, (change,))
    config = facts.setup.compile["optimizer"]["config"]
    if config.get("weight_decay") and not config.get("decay_factors"):
        factors = {"bias": 0.0}
        if any(issubclass(spec.kind, NORMALIZATIONS) for spec in facts.layers):
            factors |= {"gamma": 0.0, "beta": 0.0}
        what = f"weight_decay={config['weight_decay']} of {facts.optimizer} also decays the "
        what += "biases" if len(factors) == 1 else "biases, and the scales and shifts"
        change = optimizer_option(decay_factors=factors)
        yield Suspected(Where("compile"), {"what": what}, (change,))


@rule(
    "S16",
    "redundant-regularization",
    Looks.MODEL,
    meaning="Several kinds of regularization act at once on a network that does not overfit.",
    sentence="{count} kinds of regularization act at once: {kinds}{fit}",
    remedy="begin with one of them, and add another where held-out rows ask for it",
    threshold="3 kinds, or 2 and a training loss above half of that of a constant prediction",
    source="regularization trades the fit of the training rows for less variance",
)
def redundant_regularization(facts: Facts) -> Iterator[Suspected]:
    """Dropout, penalties, decay and noise together."""
    kinds = dict(_kinds(facts))
    history = {} if facts.history is None else facts.history.history
    losses = history.get("loss") or []
    underfits = bool(losses) and losses[-1] > UNDERFITTED * loss_of_prior(facts)
    if len(kinds) >= MOST_KINDS or (len(kinds) > 1 and underfits):
        fit = f", and the training loss is {losses[-1]:.4g}" if underfits else ""
        evidence = {"count": len(kinds), "kinds": ", ".join(kinds), "fit": fit}
        [change, *_] = [kinds[kind] for kind in kinds]
        lighter = several("without regularization by " + next(iter(kinds)), [change])
        yield Suspected(Where(), evidence, (lighter,))


def _kinds(facts: Facts) -> Iterator[tuple[str, Change]]:
    """The kinds of regularization, with the change that leaves each out."""
    penalized = [spec for spec in facts.layers if _penalties(spec)]
    if penalized:
        changes = [_weaker(spec, 0.0) for spec in penalized[:MOST_LINES]]
        yield "penalties on weights", several("without penalties", changes)
    dropped = [facts.layers[at].name for at, rate in dropouts(facts.layers) if rate > 0.0]
    if dropped:
        rates = [layer_option(name, rate=0.0) for name in dropped[:MOST_LINES]]
        yield "dropout", several("without dropout", rates)
    noisy = [spec.name for spec in facts.layers if spec.kind is layers.GaussianNoise]
    if noisy:
        yield (
            "noise",
            several("without noise", [layer_option(name, stddev=0.0) for name in noisy[:3]]),
        )
    if facts.setup.compile["optimizer"]["config"].get("weight_decay"):
        yield "weight decay", optimizer_option(weight_decay=None, decay_factors=None)


def _penalties(spec: LayerSpec) -> list[str]:
    return [name for name in ON_KERNELS if spec[name] is not None]


def _weaker(spec: LayerSpec, factor: float) -> Change:
    """The penalties of a layer multiplied by a factor; without them where that is 0."""
    options: dict[str, Any] = {}
    for name in _penalties(spec):
        given = spec[name]
        is_known = factor > 0.0 and isinstance(given, Mapping)
        options[name] = _scaled(given, factor) if is_known else None
    return layer_option(spec.name, **options)


def _scaled(given: Mapping[str, Any], factor: float) -> dict[str, Any]:
    config = {
        name: float(f"{value * factor:.3g}") if name in ("l1", "l2", "factor") and value else value
        for name, value in given["config"].items()
    }
    return {**given, "config": config}


@rule(
    "S29",
    "dominant-penalty",
    Looks.START,
    meaning="The penalty on the weights is larger than the loss of the data.",
    sentence="at the start the penalties are {penalty:.4g}, and a prediction of 0 has a loss of "
    "{loss:.4g}: the optimizer gains most by making the weights small",
    remedy="smaller penalties: at the start a tenth of the loss at most",
    threshold="penalties above the loss of a prediction of 0",
    source="the sum is minimized: weights of 0 would then be better than the initial network",
)
def dominant_penalty(facts: Facts) -> Iterator[Suspected]:
    """Penalties above the loss of the data."""
    penalty, loss = start_of(facts).penalty, loss_at_zero(facts)
    if not (np.isfinite(loss) and penalty > loss > 0.0):
        return
    penalized = [spec for spec in facts.layers if _penalties(spec)]
    times = 10 ** math.ceil(math.log10(penalty / (SMALL_SHARE * loss)))
    changes = [_weaker(spec, 1.0 / times) for spec in penalized[:MOST_LINES]]
    weaker = (several(f"penalties {times:,} times smaller", changes),) if changes else ()
    yield Suspected(Where("compile"), {"penalty": penalty, "loss": loss}, weaker)

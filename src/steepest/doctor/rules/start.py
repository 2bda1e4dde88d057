"""Rules that try a new model out: its first loss, one batch, true and permuted labels, gradients.

Depends on start_facts, short_runs, baselines, rule, changes and rules/signal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.gradcheck import GradientCheck, gradcheck
from steepest.doctor.baselines import baselines
from steepest.doctor.changes import layer_option, scaled_inputs, several
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import activation_of, hidden_positions
from steepest.doctor.objective import loss_at_zero, loss_of, output_changes
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.doctor.rules.signal import dependence_of
from steepest.doctor.short_runs import LEARN_ROWS, learned, one_batch
from steepest.doctor.start_facts import start_of
from steepest.errors import SteepestError
from steepest.finding import NOWHERE, Where
from steepest.layers.layer import Layer
from steepest.losses.base import LossFunction

FAR_FROM_THEORY = 5.0
FITTED = 0.9
FEW_ROWS = 20
NO_GAIN = 2.0
CHECK_ROWS = 3
CHECK_TOLERANCE = 1e-3
CLEAR_GAIN = 6.0
LITTLE_LEARNED = 0.9


@rule(
    "E1",
    "first-loss",
    Looks.START,
    meaning="The loss of a new network is far from that of a prediction of 0.",
    sentence="the loss of a new network is {loss:.4g}, where a prediction of 0 has {theory:.4g}",
    remedy="scale the inputs, or the initial weights",
    threshold="5 times the loss of a prediction of 0, such as log K for K classes; or none at all",
    source="the outputs of a new network have mean 0 and a variance of about 1",
)
def first_loss(facts: Facts) -> Iterator[Suspected]:
    """A first loss that outputs of a variance of about 1 do not have."""
    loss, theory = start_of(facts).loss, loss_at_zero(facts)
    if not (np.isfinite(theory) and theory > 0.0) or np.isnan(loss):
        return
    evidence, aim = {"loss": loss, "theory": theory}, loss_of(facts)
    is_quantity = aim is None or aim.labels is None or aim.labels.kind == "quantities"
    of_unit_outputs = 1.0 if is_quantity else 0.0  # quantities may be far smaller
    if loss > FAR_FROM_THEORY * (theory + of_unit_outputs):
        scaled = () if facts.setup.template is not None else (scaled_inputs(),)
        yield Suspected(Where("loss", epoch=1, step=1), evidence, scaled)
    elif loss <= 0.0:
        yield Suspected(Where("loss", epoch=1, step=1), evidence, output_changes(facts))


@rule(
    "E2",
    "one-batch",
    Looks.START,
    meaning="A copy of the network cannot fit one small batch.",
    sentence="after {steps} steps of Adam on {rows} rows alone the loss there is {share:.0%} of "
    "that of the best constant prediction",
    remedy="the network, its loss or its targets keep it from learning at all: begin with the "
    "other findings",
    threshold="0.9 of the loss of the best constant prediction of these rows",
    source="a network with more weights than rows can fit any targets of different rows",
)
def one_batch_is_not_fitted(facts: Facts) -> Iterator[Suspected]:
    """Few rows that cannot be fitted by heart."""
    found = one_batch(facts)
    weights = facts.fresh.count_params()
    if found.rows >= 2 and found.share > FITTED and weights > 4 * found.rows:
        evidence = {"steps": found.steps, "rows": found.rows, "share": found.share}
        action = "find what keeps a few rows from being fitted before training on all of them"
        yield Suspected(NOWHERE, evidence, _other_activations(facts), action)


def _other_activations(facts: Facts) -> tuple[Change, ...]:
    """Rectifiers in the hidden layers, where they have saturating activations."""
    saturating = [
        at
        for at in hidden_positions(facts.layers)
        if activation_of(facts.layers[at]) in ("sigmoid", "tanh", "softmax")
    ]
    if not 1 <= len(saturating) <= 3:
        return output_changes(facts)
    options = {"activation": "relu", "kernel_initializer": "he_normal"}
    changes = [layer_option(facts.layers[at].name, **options) for at in saturating]
    return (several("relu in the hidden layers", changes), *output_changes(facts))


# ------------------------------------------------------------ is there anything to learn


@rule(
    "E3",
    "inputs-without-effect",
    Looks.START,
    meaning="What the network learns does not depend on its inputs.",
    sentence="after {steps} steps the loss of the training rows is {own:.4g}, and that of the best "
    "constant prediction {prior:.4g}: the inputs have not helped",
    remedy="look whether the inputs vary and reach the output",
    threshold="not 2% below the best constant prediction on rows of the training, while simple "
    "models find a dependence",
    source="a network that reads its inputs fits its training rows better than a constant",
)
def inputs_without_effect(facts: Facts) -> Iterator[Suspected]:
    """Networks that stay at the best constant prediction although simple models do not."""
    found = learned(facts)
    if len(found.held) < FEW_ROWS or not found.own > 0.98 * found.prior:
        return
    tested = dependence_of(facts)
    if one_batch(facts).share > FITTED and tested is not None and tested.is_found:
        evidence = {"steps": found.steps, "own": found.own, "prior": found.prior}
        action = "compare the inputs of the network with the table they come from"
        yield Suspected(Where("x"), evidence, _other_activations(facts), action)


@rule(
    "E5",
    "permuted-targets",
    Looks.START,
    meaning="The network learns permuted targets as well as the true ones.",
    sentence="trained on half of {rows} rows the network fits permuted targets as well as the true "
    "ones ({permuted:.3g} and {own:.3g}), and neither it nor simple models predict the other half "
    "better than a constant",
    remedy="check that rows of x and y belong together; else no setting helps, other inputs might",
    threshold="a gain on held-out rows below 2 standard errors, and no dependence by simple models",
    source="permutation tests of classifiers (Ojala and Garriga, 2010)",
)
def nothing_to_learn(facts: Facts) -> Iterator[Suspected]:
    """Targets that do not follow from the inputs."""
    found = learned(facts)
    if len(found.held) < FEW_ROWS or not np.isfinite([found.own, found.permuted]).all():
        return
    fits_noise = found.prior - found.permuted > 0.5 * (found.prior - found.own)
    tested = dependence_of(facts)
    if found.gain < NO_GAIN and fits_noise and tested is not None and not tested.is_found:
        evidence = {
            "rows": 2 * len(found.held),
            "permuted": found.permuted,
            "own": found.own,
        }
        action = "look for inputs that have to do with the target, before any setting"
        yield Suspected(Where("y"), evidence, next_action=action)


@rule(
    "E9",
    "network-behind-linear-model",
    Looks.START,
    meaning="A linear model predicts held-out rows, and the network does not after a short "
    "training.",
    sentence="a linear model predicts held-out rows {gain:.0f} standard errors better than a "
    "constant; after {steps} steps of Adam the network's loss there is {share:.0%} of a constant's",
    remedy="the network loses what the inputs say: look at its first layers, or scale the inputs",
    threshold="6 standard errors for the linear model; 0.9 of the loss of a constant for the "
    "network, on held-out rows and on its own",
    source="a network contains linear models",
)
def network_behind_linear_model(facts: Facts) -> Iterator[Suspected]:
    """Networks that do not find what a linear model finds in the same rows."""
    found = learned(facts)
    share = float(found.held.mean() / found.held_prior.mean()) if len(found.held) else np.nan
    if len(found.held) < FEW_ROWS or not share > LITTLE_LEARNED:
        return
    if found.own < LITTLE_LEARNED * found.prior:
        return  # it learned, and is too sure of itself on some held-out rows
    half, held = facts.rows.sample(LEARN_ROWS).halves()
    if half.x.dtype.kind not in "fiub" or (half.y == half.y[:1]).all():
        return
    simple = baselines(half, held, facts.task)
    gain, error = simple["linear"].gain(simple["prior"])
    if gain > CLEAR_GAIN * error > 0.0:
        evidence = {"gain": gain / error, "steps": found.steps, "share": share}
        changes = () if facts.setup.template is not None else (scaled_inputs(),)
        yield Suspected(NOWHERE, evidence, changes)


# ------------------------------------------------------------ gradients


@rule(
    "E7",
    "weights-without-gradient",
    Looks.START,
    meaning="Trainable weights get no gradient.",
    sentence="{what}: {names}",
    remedy="connect them with the loss, or leave them out",
    threshold="a gradient that is None or 0 in all entries, and weights that 150 steps of Adam on "
    "one batch leave as they are",
    source="the step of an optimizer is a function of the gradient",
)
def weights_without_gradient(facts: Facts) -> Iterator[Suspected]:
    """Weights that the loss does not depend on, or not any more."""
    idle = [weight for weight in start_of(facts).weights if not weight.has_gradient]
    unchanged = one_batch(facts).unchanged if idle else ()
    places = [weight for weight in idle if weight.path in unchanged]
    if places:
        is_dead = all(weight.gradient is not None for weight in places)
        what = "the gradient of weights is 0" if is_dead else "the loss does not depend on weights"
        evidence = {"what": what, "names": ", ".join(weight.path for weight in places)}
        changes = _leaky(facts) if is_dead else ()
        action = f"look where {places[0].path} is used"
        names = {spec.name for spec in facts.layers}
        layer = next((part for part in places[0].path.split("/") if part in names), None)
        yield Suspected(Where(layer=layer), evidence, changes, action)


def _leaky(facts: Facts) -> tuple[Change, ...]:
    """Rectifiers that pass a part of negative numbers on, which cannot die."""
    relus = [
        at for at in hidden_positions(facts.layers) if activation_of(facts.layers[at]) == "relu"
    ]
    changes = [layer_option(facts.layers[at].name, activation="leaky_relu") for at in relus[:3]]
    leaky = (several("leaky_relu in the hidden layers", changes),) if changes else ()
    return (*output_changes(facts), *leaky)


@rule(
    "E4",
    "wrong-gradient",
    Looks.START,
    meaning="The derivative of a user's function or layer is not that of its values.",
    sentence="{name}: the derivative differs from finite differences by {error:.1e} (relative)",
    remedy="compare the gradient that its custom_gradient returns with st.gradcheck",
    threshold="a relative difference of 1e-3 in float64",
    source="central differences in float64 are exact to about 1e-9",
)
def wrong_gradient(facts: Facts) -> Iterator[Suspected]:
    """Losses and layers of a user whose gradients fail a numerical check."""
    for name, check in _checks(facts):
        if not check:
            error = float(np.nanmax(check.errors)) if not np.isnan(check.errors).all() else np.nan
            action = f"st.gradcheck of {name} says which input is wrong"
            yield Suspected(NOWHERE, {"name": name, "error": error}, next_action=action)


def _checks(facts: Facts) -> Iterator[tuple[str, GradientCheck]]:
    random, rows = np.random.default_rng(0), facts.rows.first(CHECK_ROWS)
    loss = loss_of(facts)
    function = loss.function if isinstance(loss, LossFunction) else getattr(loss, "call", None)
    modules = type(loss).__module__, getattr(function, "__module__", "")
    if loss is not None and any(not module.startswith("steepest.") for module in modules):
        y = rows.y if rows.y.ndim > 1 else rows.y[:, None]
        outputs = random.uniform(0.2, 0.8, (len(rows), facts.output_width))
        targets = ops.constant(np.float64(y) if y.dtype.kind == "f" else y)
        yield from _checked(loss.name, lambda p: loss.call(targets, p), outputs)
    shapes = {layer.name: layer.input_shape for layer in facts.fresh.layers}
    for spec in facts.layers:
        shape = shapes.get(spec.name)
        if not spec.kind.__module__.startswith("steepest.") and isinstance(shape, tuple):
            layer: Layer = spec.changed(dtype="float64").made()
            given = random.normal(size=(CHECK_ROWS, *(size or 2 for size in shape[1:])))
            yield from _checked(spec.name, layer, given)


def _checked(
    name: str, function: Callable[..., Any], given: np.ndarray
) -> Iterator[tuple[str, GradientCheck]]:
    try:
        yield name, gradcheck(function, given, tolerance=CHECK_TOLERANCE)
    except (SteepestError, ValueError, TypeError):
        return


# ------------------------------------------------------------ evaluation


@rule(
    "E8",
    "random-evaluation",
    Looks.START,
    meaning="Two predictions of the same rows differ.",
    sentence="two predictions of the same rows differ by up to {difference:.3g}: dropout or noise "
    "acts in evaluation too",
    remedy="pass `training` on to the layers, and do not set training=True in call",
    threshold="any difference",
    source="an evaluation is a function of the rows and the weights",
)
def random_evaluation(facts: Facts) -> Iterator[Suspected]:
    """Predictions that are random."""
    rows = facts.rows.first(FEW_ROWS)
    try:
        first, second = (np.asarray(facts.fresh.predict_on_batch(rows.x)) for _ in range(2))
    except (SteepestError, ValueError, TypeError):
        return
    if not np.array_equal(first, second, equal_nan=True):
        difference = float(np.nanmax(np.abs(first - second)))
        action = "call the layers with the argument `training` that call is given"
        yield Suspected(NOWHERE, {"difference": difference}, next_action=action)

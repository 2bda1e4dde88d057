"""Short trainings of copies: one small batch, labels at random, other learning rates.

Each is a number of steps that is fixed beforehand, from seed 0, by Adam at one rate unless the rate
itself is examined: what they show is the network's, not the optimizer's. Depends on facts and
objective.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from steepest.doctor.facts import Facts, fact
from steepest.doctor.layer_kinds import NOISES
from steepest.doctor.objective import prior_prediction, row_losses
from steepest.doctor.probe import SMALL, Probe
from steepest.doctor.rows import Rows
from steepest.doctor.setup import LayerSpec, Setup
from steepest.errors import SteepestError
from steepest.layers.normalization import BatchNormalization
from steepest.optimizers import Adam
from steepest.registry import to_config

PROBE_ROWS = 64
ONE_BATCH = 16
"""Rows of the batch that a network must be able to fit."""
ONE_BATCH_STEPS = 150
ONE_BATCH_RATE = 0.03
LEARN_ROWS = 512
"""Rows of the runs on true and permuted labels; one half is held out."""
LEARN_STEPS = 80
LEARN_BATCH = 32
RATE_STEPS = 40
PROBE_RATE = 0.01
FAST_MOMENTUM = 0.9
"""Momentum of batch normalization in short runs, so that its statistics are those of the data."""


def probe_setup(setup: Setup, optimizer: Any = None, noise: bool = True) -> Setup:
    """The setup for a short run: by another optimizer, without metrics, perhaps without noise.

    >>> model = st.Sequential([st.layers.Dropout(0.5), st.layers.Dense(1)])
    >>> model.compile("sgd", "mse", ["mae"])
    >>> setup = probe_setup(Facts.of(model, np.ones((4, 2)), np.ones(4)).setup, noise=False)
    >>> setup.layers[0]["rate"], setup.compile["optimizer"]["class_name"], setup.compile["metrics"]
    (0.0, 'Adam', None)
    """
    layers = [_probe_layer(spec, noise) for spec in setup.layers]
    given = to_config(Adam(PROBE_RATE)) if optimizer is None else optimizer
    changed = replace(setup, layers=tuple(layers))
    return changed.with_compile(optimizer=given, metrics=None, weighted_metrics=None)


def _probe_layer(spec: LayerSpec, noise: bool) -> LayerSpec:
    if issubclass(spec.kind, BatchNormalization):
        return spec.changed(momentum=min(spec["momentum"], FAST_MOMENTUM))
    if not noise and issubclass(spec.kind, NOISES):
        return spec.changed(**{name: 0.0 for name in ("rate", "stddev") if name in spec.config})
    return spec


@fact
def probe_of(facts: Facts) -> Probe | None:
    """The program of the short runs, without noise; None where the setup gives none."""
    try:
        return Probe(probe_setup(facts.setup, noise=False), facts.rows.first(PROBE_ROWS))
    except (SteepestError, ValueError, TypeError):
        return None


def losses_after(
    facts: Facts,
    trained: Rows,
    steps: int,
    batch: int,
    *watched: Rows,
    rate: float = PROBE_RATE,
) -> list[np.ndarray]:
    """The losses of each of the watched rows after a short training on others; NaN if unknown.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> facts = Facts.of(model, np.ones((4, 1), np.float32), np.ones(4))
    >>> [after] = losses_after(facts, facts.rows, 150, 4, facts.rows.first(2))
    >>> after.shape, bool((after < 0.01).all())
    ((2,), True)
    """
    probe = probe_of(facts)
    with np.errstate(all="ignore"):
        if probe is None or not probe.train(trained, steps, batch, rate):
            return [np.full(len(rows), np.nan) for rows in watched]
        outputs = [probe.model.predict_on_batch(rows.x) for rows in watched]
        pairs = zip(outputs, watched, strict=True)
        return [row_losses(facts, np.asarray(output), rows.y) for output, rows in pairs]


# ------------------------------------------------------------ one small batch


@dataclass(frozen=True)
class OneBatch:
    """A copy trained on one small batch: its loss there, and that of the best constant output.

    `unchanged` are the trainable weights that no step changed.
    """

    rows: int
    steps: int
    loss: float
    prior: float
    unchanged: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The loss as a share of that of the best constant output; NaN where that is 0.

        >>> OneBatch(16, 100, loss=0.1, prior=0.5).share
        0.2
        """
        return self.loss / self.prior if self.prior > 0 else np.nan


@fact
def one_batch(facts: Facts) -> OneBatch:
    """A copy trained on one batch of few rows that differ, without dropout.

    >>> model = st.Sequential([st.layers.Dense(8, "tanh"), st.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(-1, 1, 16, dtype=np.float32)[:, None]
    >>> one_batch(Facts.of(model, x, x[:, 0] ** 2)).share < 0.5
    True
    """
    rows = _different(facts.rows.sample(4 * ONE_BATCH))
    [losses] = losses_after(facts, rows, ONE_BATCH_STEPS, len(rows), rows, rate=ONE_BATCH_RATE)
    prior = float(np.mean(_prior_losses(facts, rows, rows)))
    probe = probe_of(facts)
    unchanged = () if probe is None else tuple(probe.unchanged())
    return OneBatch(len(rows), ONE_BATCH_STEPS, float(losses.mean()), prior, unchanged)


def _different(rows: Rows) -> Rows:
    """Rows of different inputs, so that no two ask for different outputs."""
    flat = rows.x.reshape(len(rows), -1)
    _, first = np.unique(flat, axis=0, return_index=True)
    order = np.random.default_rng(0).permutation(len(first))[:ONE_BATCH]
    return rows.take(np.sort(first)[np.sort(order)])


def _prior_losses(facts: Facts, known: Rows, rows: Rows) -> np.ndarray:
    """The losses of rows for the best constant output of the known rows."""
    output = np.float32(prior_prediction(facts, known.y))
    return row_losses(facts, np.tile(output, (len(rows), 1)), rows.y)


# ------------------------------------------------------------ true and permuted labels


@dataclass(frozen=True)
class Learned:
    """Losses of rows after a short training on half of a sample, by what it was trained on.

    `held` are those of held-out rows, `held_prior` those of the best constant output there. `own`
    is the mean of the training's rows, `permuted` that of a training with its labels in a random
    order, and `prior` that of the best constant output.
    """

    steps: int
    held: np.ndarray = field(repr=False)
    held_prior: np.ndarray = field(repr=False)
    own: float
    permuted: float
    prior: float

    @property
    def gain(self) -> float:
        """By how many standard errors the held-out rows are better than the constant output.

        >>> better = np.array([1.0, 2.0, 3.0])
        >>> round(Learned(9, np.zeros(3), better, 0.0, 0.0, 1.0).gain, 3)
        3.464
        """
        gains = self.held_prior - self.held
        mean = float(gains.mean())
        error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.nan
        if error > 0:
            return float(mean / error)
        return math.copysign(math.inf, mean) if mean else 0.0


@fact
def learned(facts: Facts) -> Learned:
    """A short training on half of a sample with its labels, and one with permuted labels.

    >>> model = st.Sequential([st.layers.Dense(8, "tanh"), st.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(-1, 1, 100, dtype=np.float32)[:, None]
    >>> learned(Facts.of(model, x, x[:, 0])).gain > 3
    True
    """
    half, held = facts.rows.sample(LEARN_ROWS).halves()
    order = np.random.default_rng(0).permutation(len(half))
    permuted = replace(half, y=half.y[order])
    batch = min(LEARN_BATCH, len(half))
    held_losses, own = losses_after(facts, half, LEARN_STEPS, batch, held, half)
    [random] = losses_after(facts, permuted, LEARN_STEPS, batch, permuted)
    prior = _prior_losses(facts, half, half)
    return Learned(
        LEARN_STEPS,
        held_losses,
        _prior_losses(facts, half, held),
        float(own.mean()),
        float(random.mean()),
        float(prior.mean()),
    )


# ------------------------------------------------------------ learning rates


@fact
def losses_by_rate(facts: Facts) -> dict[float, float]:
    """The loss of a sample after a few steps of the own optimizer, by factors of its rate.

    Without a constant rate there are none; a loss that is not finite is infinity.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile(st.optimizers.SGD(5.0), "mse")
    >>> x = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    >>> found = losses_by_rate(Facts.of(model, x, x[:, 0] + 1))
    >>> list(found), found[0.1] < 0.1, found[1.0] > 1e6
    ([0.1, 1.0, 10.0], True, True)
    """
    if facts.rate is None:
        return {}
    given = facts.setup.compile["optimizer"]
    rows = facts.rows.sample(LEARN_ROWS // 2)
    found = {}
    for factor in (0.1, 1.0, 10.0):
        config = {**given["config"], "learning_rate": facts.rate * factor}
        setup = probe_setup(facts.setup, {**given, "config": config})
        loss = _loss_after_fit(facts, setup, rows)
        found[factor] = loss if np.isfinite(loss) else np.inf
    return found


def _loss_after_fit(facts: Facts, setup: Setup, rows: Rows) -> float:
    batch = min(facts.batch_size, len(rows))
    options: dict[str, Any] = {"batch_size": batch, "seed": 0, "verbose": 0, "check": False}
    options["epochs"] = max(1, -(-RATE_STEPS * batch // len(rows)))
    try:
        model = setup.seeded(0)
        if model.count_params() < SMALL:
            model._engine = "numpy"
        with np.errstate(all="ignore"):
            model.fit(rows.x, rows.y, **options)
            outputs = np.asarray(model.predict_on_batch(rows.x))
            return float(row_losses(facts, outputs, rows.y).mean())
    except (SteepestError, ValueError, TypeError):
        return np.nan

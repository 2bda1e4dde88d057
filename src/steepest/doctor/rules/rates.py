"""Rules on the learning rate and momentum: against the stability limit, the weights, the schedule.

Depends on curvature, updates, short_runs, rule and changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.doctor.budget import steps_per_epoch
from steepest.doctor.changes import fitted_with, optimizer_option
from steepest.doctor.curvature import curvature_of, stability_limit
from steepest.doctor.facts import Facts, fact
from steepest.doctor.objective import loss_of_prior
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.doctor.short_runs import RATE_STEPS, losses_by_rate
from steepest.doctor.start_facts import start_of
from steepest.doctor.updates import planned_rates, schedule_of, updates
from steepest.finding import Severity, Where

ADAPTIVE = {
    "Adam": 0.001, "AdamW": 0.001, "Nadam": 0.001, "Adamax": 0.001, "RMSprop": 0.001,
    "Lion": 0.0001, "Adafactor": 0.001,
}  # fmt: skip
"""Optimizers whose steps move each weight by about the rate, with their published rates."""
CATAPULT = 6.0
LARGE_UPDATE = 0.4
SMALL_JOURNEY = 0.1
MANY_EPOCHS = 1000
USUAL_MOMENTUM = 0.9
LASTING = 0.1


def one_digit(number: float) -> float:
    """The number with one significant digit.

    >>> one_digit(0.0347), one_digit(870.0)
    (0.03, 900.0)
    """
    return float(f"{number:.0e}")


@rule(
    "S13",
    "implausible-rate",
    Looks.START,
    meaning="The learning rate is too high or too low for this optimizer and this network.",
    sentence="learning_rate {rate:.4g} is {word} for {optimizer} here: {reason}",
    remedy="try {better:g}",
    threshold="gradient descent: 6 times the limit 2 / lambda_max, or too low to descend along the "
    "steepest direction in all updates together; Adam and its like: steps of 0.4 of the weights, "
    "or less than 0.1 of them in all updates together",
    source="stability of gradient descent on quadratics; Lewkowycz et al., 2020 (12 / lambda for "
    "rectifiers); Adam moves each weight by at most about the rate a step",
)
def implausible_rate(facts: Facts) -> Iterator[Suspected]:
    """Rates above the stability limit, and rates that cannot move the weights."""
    if facts.rate is None or facts.rate <= 0.0:
        return
    if facts.optimizer == "SGD":
        found = _by_curvature(facts, facts.rate)
    elif facts.optimizer in ADAPTIVE:
        found = _by_update_size(facts, facts.rate)
    else:
        return
    if found is not None:
        word, reason, better = found
        evidence = {
            "rate": facts.rate,
            "word": word,
            "optimizer": facts.optimizer,
            "reason": reason,
            "better": better,
        }
        changes: list[Change] = [optimizer_option(learning_rate=better)]
        needed = facts.epochs * better / facts.rate
        if word == "too low" and "epochs" in facts.setup.fit and needed <= MANY_EPOCHS:
            changes.append(fitted_with(epochs=round(needed)))
        yield Suspected(Where("learning_rate"), evidence, tuple(changes))


def _by_curvature(facts: Facts, rate: float) -> tuple[str, str, float] | None:
    """For gradient descent: the word, the reason and a better rate."""
    limit = stability_limit(facts.setup.compile["optimizer"], curvature_of(facts))
    if not np.isfinite(limit) or limit <= 0.0:
        return None
    if rate > CATAPULT * limit:
        reason = f"it is stable up to {limit:.2g} (2 / lambda_max)"
        return "too high", reason, one_digit(limit / 2.0)
    total = updates(facts)
    given = facts.setup.compile["optimizer"]["config"].get("momentum")
    momentum = min(float(given), 0.999) if isinstance(given, (int, float)) else 0.0
    if total is not None:
        traveled = total * rate / (1.0 - momentum) * 2.0 * (1.0 + momentum) / limit
        if traveled < 1.0:
            reason = f"{total} updates cover {traveled:.2g} of the way along the steepest direction"
            return "too low", reason, one_digit(limit / 4.0)
    return None


def _by_update_size(facts: Facts, rate: float) -> tuple[str, str, float] | None:
    """For Adam and its like: the word, the reason and a better rate."""
    size, usual = weight_size(facts), ADAPTIVE[facts.optimizer]
    if not size > 0.0:
        return None
    if rate > LARGE_UPDATE * size and rate > 10.0 * usual:
        reason = f"one step changes weights of size {size:.2g} by up to {rate:.2g}"
        return "too high", reason, min(usual * 10.0, one_digit(size / 20.0))
    total = updates(facts)
    if total is not None and total * rate < SMALL_JOURNEY * size and rate < usual:
        reason = f"{total} updates move weights of size {size:.2g} by at most {total * rate:.2g}"
        return "too low", reason, usual * 10.0 if total * usual < size else usual
    return None


@fact
def weight_size(facts: Facts) -> float:
    """The root mean square of the initial weights of a typical kernel; NaN without one.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), kernel_initializer="ones")])
    >>> model.compile("adam", "mse")
    >>> weight_size(Facts.of(model, np.ones((4, 2)), np.ones(4)))
    1.0
    """
    kernels = [layer.kernel for layer in start_of(facts).layers if layer.kernel is not None]
    sizes = [math.sqrt(float(np.mean(np.square(kernel)))) for kernel in kernels if kernel.any()]
    return float(np.median(sizes)) if sizes else np.nan


# ------------------------------------------------------------ measured


@rule(
    "E6",
    "rate-test",
    Looks.START,
    meaning="Some steps of the own optimizer learn far more at a tenth of the learning rate.",
    sentence="after {steps} steps at learning_rate {rate:.4g} the loss is {loss:.4g}, at a tenth "
    "of it {lower:.4g}; the best constant prediction has {prior:.4g}",
    remedy="learning_rate={better:g}",
    threshold="a loss above that of the best constant prediction, where a tenth of the rate has "
    "less than 0.8 of it",
    source="a paired measurement from the same initial weights",
)
def rate_test(facts: Facts) -> Iterator[Suspected]:
    """Short runs at the rate and at a tenth of it, where the rate is above the usual one."""
    rate, prior = facts.rate, loss_of_prior(facts)
    if rate is None or not prior > 0.0 or not _is_worth_a_test(facts, rate):
        return
    losses = losses_by_rate(facts)
    loss, lower = losses[1.0], losses[0.1]
    if loss > prior and lower < 0.8 * prior:
        better = one_digit(rate / 10.0)
        evidence = {
            "steps": RATE_STEPS, "rate": rate, "loss": loss, "lower": lower, "prior": prior,
            "better": better,
        }  # fmt: skip
        change = optimizer_option(learning_rate=better)
        yield Suspected(Where("learning_rate"), evidence, (change,))


def _is_worth_a_test(facts: Facts, rate: float) -> bool:
    if facts.optimizer in ADAPTIVE:
        return rate > 10.0 * ADAPTIVE[facts.optimizer]
    limit = stability_limit(facts.setup.compile["optimizer"], curvature_of(facts))
    return not rate < limit


# ------------------------------------------------------------ momentum


@rule(
    "S33",
    "momentum-outlasts-training",
    Looks.MODEL,
    meaning="The momentum is so high that the steps of the start are still felt at the end.",
    sentence="{name}={momentum:g} of {optimizer} remembers {memory:.0f} updates, and there are "
    "{total}: {left:.0%} of the first swings are left at the end",
    remedy="{name}={usual:g}",
    threshold="above 0.9, and a tenth of a swing is left: momentum ** (updates / 2) > 0.1",
    source="on a quadratic the swings of the heavy ball shrink by the root of the momentum each "
    "step (Polyak, 1964); 0.9 is the usual value",
)
def long_momentum(facts: Facts) -> Iterator[Suspected]:
    """Momentum of gradient descent, and of Adam and its like."""
    total = updates(facts)
    config = facts.setup.compile["optimizer"]["config"]
    for name in ("momentum", "beta_1"):
        momentum = config.get(name)
        if total is None or not isinstance(momentum, (int, float)):
            continue
        left = float(momentum) ** (total / 2)
        if USUAL_MOMENTUM < momentum < 1.0 and left > LASTING:
            evidence = {
                "name": name, "momentum": momentum, "optimizer": facts.optimizer, "left": left,
                "memory": 1.0 / (1.0 - momentum), "total": total, "usual": USUAL_MOMENTUM,
            }  # fmt: skip
            change = optimizer_option(**{name: USUAL_MOMENTUM})
            yield Suspected(Where("compile"), evidence, (change,))


# ------------------------------------------------------------ schedules


@rule(
    "S18",
    "schedule-in-steps",
    Looks.MODEL,
    meaning="A schedule counts updates where epochs were meant: the rate vanishes at once.",
    sentence="the rate falls from {first:.3g} to a thousandth of it in {steps} of {total} updates, "
    "in epoch {epoch} of {epochs}",
    remedy="a schedule counts updates: multiply its steps by {per_epoch}, the updates of an epoch, "
    "or use st.schedules.PerEpoch",
    threshold="a thousandth of the highest rate before a third of the training",
    source="a step of a thousandth of the rate moves the weights by a thousandth",
)
def schedule_in_steps(facts: Facts) -> Iterator[Suspected]:
    """Rates that are almost 0 for most of the training."""
    rates, total = planned_rates(facts), updates(facts)
    if schedule_of(facts) is None or not len(rates) or total is None:
        return
    alive = np.flatnonzero(rates >= 1e-3 * rates.max())
    share = (int(alive[-1]) + 1) / len(rates)
    if share >= 1.0 / 3.0 or rates.max() <= 0.0:
        return
    per_epoch = steps_per_epoch(facts.setup)
    evidence = {
        "first": float(rates.max()),
        "steps": math.ceil(share * total),
        "total": total,
        "epoch": math.ceil(share * facts.epochs),
        "epochs": facts.epochs,
        "per_epoch": per_epoch,
    }
    yield Suspected(Where("learning_rate"), evidence, _longer(facts, per_epoch))


@rule(
    "S26",
    "schedule-without-effect",
    Looks.MODEL,
    meaning="A schedule is so long that the rate hardly changes during the training.",
    sentence="the schedule lowers the rate from {first:.3g} to {last:.3g} only in {total} updates",
    remedy="a schedule counts updates: give it {total} steps",
    threshold="less than a tenth of the rate, and no rise",
    source="the end of a schedule is what removes the noise of the steps",
    severity=Severity.ADVICE,
)
def schedule_without_effect(facts: Facts) -> Iterator[Suspected]:
    """Rates that end where they began."""
    rates, total = planned_rates(facts), updates(facts)
    if schedule_of(facts) is None or not len(rates) or total is None or total < 2:
        return
    if 0.9 * rates[0] < rates[-1] <= rates[0] and rates.max() <= rates[0]:
        config = facts.setup.compile["optimizer"]["config"]["learning_rate"]["config"]
        steps = config.get("decay_steps")
        factor = total / steps if isinstance(steps, (int, float)) and steps > total else 0.0
        evidence = {"first": float(rates[0]), "last": float(rates[-1]), "total": total}
        changes = _longer(facts, factor) if factor else ()
        yield Suspected(Where("learning_rate"), evidence, changes)


LENGTHS = {"decay_steps", "first_decay_steps", "total_steps", "warmup_steps", "boundaries"}


def _longer(facts: Facts, factor: float) -> tuple[Change, ...]:
    """The schedule with all its steps multiplied."""
    given = facts.setup.compile["optimizer"]["config"]["learning_rate"]
    config = dict(given["config"])
    for name in LENGTHS & config.keys():
        config[name] = _times(config[name], factor)
    changed = {**given, "config": config}
    return (optimizer_option(learning_rate=changed),) if config != given["config"] else ()


def _times(steps: Any, factor: float) -> Any:
    if isinstance(steps, (list, tuple)):
        return [_times(one, factor) for one in steps]
    return max(1, round(steps * factor)) if steps else steps

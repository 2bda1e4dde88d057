"""find_rate: the learning-rate range test on copies of a model.

The rate rises from batch to batch until the loss diverges (Smith, "Cyclical learning rates for
training neural networks", 2017). What is read off the losses is in rate_range.py. Depends on
neuralnet.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from steepest.arguments import is_number, whole
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.doctor.rate_range import RateRange, Sweep
from steepest.errors import ArgumentError
from steepest.events import BatchBegan, BatchesDone, Found
from steepest.finding import report
from steepest.neuralnet.model import Model
from steepest.neuralnet.running.interrupt import Interrupt, watched
from steepest.neuralnet.running.plan import TrainingPlan
from steepest.neuralnet.running.prepare import training
from steepest.optimizers import MultiOptimizer
from steepest.schedules import LearningRateSchedule


class AssignedRate(LearningRateSchedule):
    """A learning rate in a variable, which is assigned between two batches.

    >>> rate = AssignedRate(0.5)
    >>> rate(0).item()
    0.5
    """

    never_negative = True

    def __init__(self, rate: float) -> None:
        self.rate = Variable(rate, trainable=False, name="learning_rate", dtype="float32")

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate, whatever the step."""
        return self.rate.value


def find_rate(
    model: Model,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    sample_weight: Any = None,
    class_weight: Any = None,
    min_rate: float = 1e-6,
    max_rate: float = 10.0,
    steps: int = 200,
    seed: int = 0,
) -> RateRange:
    """The range test of `Model.find_rate`, on copies of the model.

    One copy is trained at rising rates, the other one at rate 0 on the same batches.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> x = np.random.default_rng(0).standard_normal((64, 2))
    >>> found = find_rate(model, x, x @ [1.0, 2.0])
    >>> 0.01 < found.suggestion < 1.0
    True
    """
    _check(model, x, min_rate, max_rate)
    whole("find_rate: steps", steps, 10)
    plan = TrainingPlan(
        epochs=steps,
        batch_size=batch_size,
        sample_weight=sample_weight,
        class_weight=class_weight,
        seed=seed,
    )
    rates = np.geomspace(min_rate, max_rate, steps)
    sweep = Sweep()
    with watched() as interrupt:
        moving = _losses(model, x, y, plan, rates, interrupt)
        still = _losses(model, x, y, replace(plan, check=False), np.zeros(steps), interrupt)
        for rate, loss, unmoved in zip(rates, moving, still, strict=False):
            sweep.add(float(rate), loss, unmoved)
            if sweep.diverged:
                break
    if interrupt.pressed:
        raise KeyboardInterrupt
    return sweep.read()


def _check(model: Model, x: Any, min_rate: float, max_rate: float) -> None:
    model.require_compiled("find_rate")
    optimizer = model.optimizer
    if optimizer is None or isinstance(optimizer, MultiOptimizer) or optimizer.full_batch:
        kind = "no optimizer" if optimizer is None else type(optimizer).__name__
        raise ArgumentError(
            f"find_rate: an optimizer with one learning rate for its steps, such as SGD or Adam, "
            f"was expected, and the model was compiled with {kind}"
        )
    if hasattr(x, "__next__"):
        raise ArgumentError(
            "find_rate: x is an iterator, whose batches would be used up: give arrays or a Dataset"
        )
    for name, value in (("min_rate", min_rate), ("max_rate", max_rate)):
        if not is_number(value) or not 0.0 < value < math.inf:
            raise ArgumentError(f"find_rate: {name}: a number above 0 was expected, got {value!r}")
    if not min_rate < max_rate:
        raise ArgumentError(f"find_rate: min_rate={min_rate:g} must be below max_rate={max_rate:g}")


def _losses(
    model: Model, x: Any, y: Any, plan: TrainingPlan, rates: np.ndarray, interrupt: Interrupt
) -> Iterator[float]:
    """The loss of each batch of a copy of the model, trained at these rates one after another.

    The rate is a variable of one program. A loss that is not finite is the last one, infinity.
    """
    copied, rate = copy.deepcopy(model), AssignedRate(0.0)
    copied.optimizer.learning_rate = rate
    run = training(copied, x, y, plan, every="batch")
    run.stop_word = interrupt.stop
    upcoming = iter(rates)
    for event in run.events():
        match event:
            case BatchBegan():
                rate.rate.assign(next(upcoming))
            case BatchesDone():
                loss = _loss_of(event)
                copied.metric_values.reset()
                yield loss
                if interrupt.pressed:
                    return
            case Found(finding) if finding.rule.startswith("diverged"):
                yield math.inf
            case Found(finding):
                report([finding])


def _loss_of(event: BatchesDone) -> float:
    logs = event.logs
    if "loss" not in logs:
        raise ArgumentError(
            "find_rate: the model's train_step returns no 'loss', only "
            f"{', '.join(map(repr, logs)) or 'nothing'}; return the loss of the batch too"
        )
    return float(logs["loss"])

"""How a training counts: its updates in all, and the rate at each of them.

Depends on budget, facts and schedules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import schedules
from steepest.doctor.budget import steps_per_epoch
from steepest.doctor.facts import Facts, fact
from steepest.errors import SteepestError

POINTS = 200


def updates(facts: Facts) -> int | None:
    """The updates of the whole training; None if the epochs were not given.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> updates(Facts.of(model, np.ones((100, 2)), np.ones(100), batch_size=25, epochs=3))
    12
    """
    return steps_per_epoch(facts.setup) * facts.epochs if "epochs" in facts.setup.fit else None


@fact
def schedule_of(facts: Facts) -> Any:
    """The schedule of the learning rate; None for a number.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(st.schedules.CosineDecay(0.1, 50)), "mse")
    >>> schedule_of(Facts.of(model, np.ones((100, 2)), np.ones(100)))
    CosineDecay(0.1, 50)
    """
    given = facts.setup.compile["optimizer"]["config"].get("learning_rate")
    if given is None or isinstance(given, (int, float)):
        return None
    try:
        return schedules.deserialize(given)
    except (SteepestError, TypeError, ValueError):
        return None


@fact
def planned_rates(facts: Facts) -> np.ndarray:
    """The learning rates at points spread over the training; empty where they are not known.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(st.schedules.PolynomialDecay(1.0, 8, 0.0)), "mse")
    >>> facts = Facts.of(model, np.ones((100, 2)), np.ones(100), batch_size=25, epochs=3)
    >>> planned_rates(facts)[[0, 4, 8, 11]].tolist()
    [1.0, 0.5, 0.0, 0.0]
    """
    schedule, total = schedule_of(facts), updates(facts)
    if total is None or (schedule is None and facts.rate is None):
        return np.zeros(0)
    steps = np.unique(np.linspace(0, total - 1, POINTS).astype(np.int64))
    if schedule is None:
        return np.full(len(steps), facts.rate)
    if not isinstance(schedule, schedules.LearningRateSchedule) or schedule.needs_plan:
        return np.zeros(0)
    schedule.set_steps_per_epoch(steps_per_epoch(facts.setup))
    return np.array([float(np.asarray(schedule(int(step)))) for step in steps])

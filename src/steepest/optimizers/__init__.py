"""Optimizers under their Keras names; `get` finds one by name ("adam", "sgd", ...)."""

from __future__ import annotations

from typing import Any

from steepest import schedules
from steepest.errors import suggest_names
from steepest.optimizers.adafactor import Adafactor
from steepest.optimizers.adam import Adam, Adamax, AdamW, Lion, Nadam, RAdam
from steepest.optimizers.adaptive import Adadelta, Adagrad, Ftrl, RMSprop
from steepest.optimizers.average import exponential_average
from steepest.optimizers.classical import Quickprop, Rprop
from steepest.optimizers.descent import SGD
from steepest.optimizers.layerwise import Lamb
from steepest.optimizers.multi import MultiOptimizer, OptimizerMap
from steepest.optimizers.muon import Muon
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.schedule_free import ScheduleFreeAdamW
from steepest.optimizers.second_order import LBFGS, LevenbergMarquardt

__all__ = [
    "Optimizer",
    "SGD",
    "Adagrad",
    "Adadelta",
    "RMSprop",
    "Adam",
    "AdamW",
    "Adafactor",
    "Adamax",
    "Nadam",
    "RAdam",
    "Lamb",
    "Muon",
    "Lion",
    "Ftrl",
    "ScheduleFreeAdamW",
    "MultiOptimizer",
    "OptimizerMap",
    "Rprop",
    "Quickprop",
    "LBFGS",
    "LevenbergMarquardt",
    "exponential_average",
    "schedules",
    "get",
    "deserialize",
    "serialize",
]


def get(identifier: Any) -> Optimizer:
    """Returns the optimizer for a name, class, configuration or optimizer.

    >>> import steepest as st
    >>> st.optimizers.get("adam")
    Adam()
    """
    return OPTIMIZERS.get(identifier)


serialize = OPTIMIZERS.serialize
deserialize = OPTIMIZERS.deserialize

suggest_names(__name__)

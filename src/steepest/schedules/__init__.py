"""Schedules: learning rates and other hyper-parameters as functions of the step or progress."""

from steepest.errors import suggest_names
from steepest.schedules.base import SCHEDULES as SCHEDULES
from steepest.schedules.base import LearningRateSchedule, PerEpoch, per_epoch
from steepest.schedules.clock import Clock
from steepest.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    PowerDecay,
    SquareRootDecay,
)
from steepest.schedules.hyper import HyperParameter, now
from steepest.schedules.units import Evaluated, OfProgress, PerStep
from steepest.schedules.waves import CosineDecay, CosineDecayRestarts, OneCycle

__all__ = [
    "LearningRateSchedule",
    "PerEpoch",
    "per_epoch",
    "PerStep",
    "OfProgress",
    "Evaluated",
    "Clock",
    "HyperParameter",
    "now",
    "PiecewiseConstantDecay",
    "ExponentialDecay",
    "PowerDecay",
    "InverseTimeDecay",
    "SquareRootDecay",
    "PolynomialDecay",
    "CosineDecay",
    "CosineDecayRestarts",
    "OneCycle",
    "serialize",
    "deserialize",
]

serialize = SCHEDULES.serialize
deserialize = SCHEDULES.deserialize

suggest_names(__name__)

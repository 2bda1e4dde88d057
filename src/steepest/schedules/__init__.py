"""Learning rates that change with the step: functions of it, for any optimizer."""

from steepest.errors import suggest_names
from steepest.schedules.base import SCHEDULES as SCHEDULES
from steepest.schedules.base import LearningRateSchedule, PerEpoch, per_epoch
from steepest.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    PowerDecay,
    SquareRootDecay,
)
from steepest.schedules.waves import CosineDecay, CosineDecayRestarts, OneCycle

__all__ = [
    "LearningRateSchedule",
    "PerEpoch",
    "per_epoch",
    "PiecewiseConstantDecay",
    "ExponentialDecay",
    "PowerDecay",
    "InverseTimeDecay",
    "SquareRootDecay",
    "PolynomialDecay",
    "CosineDecay",
    "CosineDecayRestarts",
    "OneCycle",
]

suggest_names(__name__)

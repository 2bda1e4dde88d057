"""The arguments of a training, checked. Depends on arguments and errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import numpy as np

from steepest.arguments import whole
from steepest.config import config
from steepest.errors import ArgumentError, nearest

Every = Literal["batch", "epoch", "call"]


class TrainingOptions(TypedDict, total=False):
    """The arguments of `model.training` besides the data; those of `fit` have the same meaning."""

    batch_size: int | None
    epochs: int
    validation_split: float
    validation_data: Any
    shuffle: bool
    class_weight: Any
    sample_weight: Any
    initial_epoch: int
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_batch_size: int | None
    validation_freq: Any
    seed: int | None
    check: bool


@dataclass
class TrainingPlan:
    """The arguments of a training, as given."""

    batch_size: int | None = None
    epochs: int = 1
    validation_split: float = 0.0
    validation_data: Any = None
    shuffle: bool = True
    class_weight: Any = None
    sample_weight: Any = None
    initial_epoch: int = 0
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validation_batch_size: int | None = None
    validation_freq: Any = 1
    seed: int | None = None
    check: bool = True

    def __post_init__(self) -> None:
        most = config.max_epochs()
        self.epochs = whole("epochs", self.epochs, 0)
        self.epochs = self.epochs if most is None else min(self.epochs, most)
        self.initial_epoch = whole("initial_epoch", self.initial_epoch, 0)
        for name in ("steps_per_epoch", "validation_steps", "validation_batch_size"):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name), 1)
        if self.seed is not None:
            whole("seed", self.seed, 0)
            if self.seed >= 2**63:
                raise ArgumentError(f"seed: a number below 2**63 was expected, got {self.seed}")
        if not isinstance(self.shuffle, (bool, np.bool_)):
            raise ArgumentError(f"shuffle: True or False was expected, got {self.shuffle!r}")
        if isinstance(self.validation_freq, str) or not isinstance(self.validation_freq, Iterable):
            whole("validation_freq", self.validation_freq, 1)
        if self.validation_split and self.validation_data is not None:
            raise ArgumentError(
                "fit: give validation_split or validation_data, not both; "
                "a share would be split off from data that already have their validation set"
            )

    def validates(self, epoch: int) -> bool:
        """Whether an epoch, counted from 0, ends with validation."""
        if isinstance(self.validation_freq, Iterable):
            return epoch + 1 in self.validation_freq
        return (epoch + 1) % int(self.validation_freq) == 0


def plan_of(options: TrainingOptions) -> TrainingPlan:
    """The plan of a training from named arguments; a misspelt name is an error."""
    known = TrainingOptions.__annotations__
    for name in options:
        if name not in known:
            raise ArgumentError(f"training: no argument {name!r}: {nearest(name, known)}")
    return TrainingPlan(**options)

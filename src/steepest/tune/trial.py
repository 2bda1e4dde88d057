"""Trial: one choice of options and what was measured with it. Depends on NumPy alone."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # another one in each process
State = Literal["waiting", "complete", "paused", "failed"]


@dataclass
class Trial:
    """One choice of options, its score, and how it was reached.

    `state` is "waiting", "paused" after some of its epochs, "complete" or "failed", then with an
    `error`. `parts` are scores on separate parts of the validation rows: the folds, or blocks of
    rows. `history` has the metrics after each epoch.

    >>> trial = st.tune.Study({"units": [16, 64]}, seed=1).ask()
    >>> trial.number, trial.state, trial.score
    (0, 'waiting', None)
    """

    number: int
    options: dict[str, Any]
    seed: int
    state: State = "waiting"
    score: float | None = None
    parts: list[float] = field(default_factory=list, repr=False)
    epochs: int = 0  # trained so far
    level: int = 0  # the rung of successive halving that it has reached
    seconds: float = 0.0
    history: dict[str, list[float]] = field(default_factory=dict, repr=False)
    error: str = ""
    exception: BaseException | None = field(default=None, repr=False, compare=False)

    @property
    def has_score(self) -> bool:
        """Whether there is a score to compare."""
        return self.state in ("complete", "paused") and self.score is not None

    def fail(self, error: BaseException) -> None:
        """Records that the trial failed."""
        self.state, self.exception, self.score = "failed", error, None
        self.error = f"{type(error).__name__}: {error}"


def seed_of(*numbers: int) -> int:
    """A seed that is a function of whole numbers.

    >>> seed_of(1, 2) == seed_of(1, 2) != seed_of(2, 1)
    True
    """
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def shown(value: Any) -> str:
    """The value of an option as a short text.

    >>> shown(0.00123456), shown([100, 50]), shown(len), shown("adam")
    ('0.001235', '[100, 50]', 'len', 'adam')
    """
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return value
    name = getattr(value, "__name__", None)
    text = name if isinstance(name, str) else repr(value)
    return f"{_ADDRESS.sub('', text):.60}"


def shown_options(options: Mapping[str, Any]) -> str:
    """Options as a text.

    >>> shown_options({"units": 16, "rate": 0.01})
    'units=16, rate=0.01'
    """
    return ", ".join(f"{name}={shown(value)}" for name, value in options.items())


def as_json(value: Any) -> Any:
    """A value as JSON has it: anything but numbers, texts and lists of them becomes a text.

    >>> as_json({"sizes": (100, 50), "rate": float("nan"), "activation": len})
    {'sizes': [100, 50], 'rate': None, 'activation': 'len'}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [as_json(each) for each in value]
    return shown(value)

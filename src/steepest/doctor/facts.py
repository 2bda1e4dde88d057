"""Facts: what rules read of a setup and of its training, each computed once, when it is asked for.

Depends on setup; facts that need a computation of their own are in the files beside.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np

from steepest.callbacks.history import History
from steepest.diagnosis.last_activation import ending_of
from steepest.doctor.rows import Rows
from steepest.doctor.setup import LayerSpec, Setup
from steepest.neuralnet.input.feeds import columns_of
from steepest.neuralnet.model import Model
from steepest.registry import snake_case

SAMPLE = 20_000
"""Rows at most that rules on data read."""
FEW_VALUES = 20
"""Whole numbers of at most so many different values are taken for classes."""

Task = Literal["classes", "quantities"]
Known = TypeVar("Known")


@dataclass
class Facts:
    """What is known of a training: its setup, and, if it has run, the model and the history.

    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> facts = Facts(Setup.of(model, np.ones((6, 2)), np.array([0, 1, 2, 0, 1, 2])))
    >>> facts.task, facts.class_count, facts.ending
    ('classes', 3, 'softmax')
    """

    setup: Setup
    model: Model | None = None
    history: History | None = None
    records: list[Any] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, model: Model, x: Any, y: Any = None, **options: Any) -> Facts:
        """The facts of a compiled model, its data and what else `Setup.of` takes."""
        return cls(Setup.of(model, x, y, **options))

    # ------------------------------------------------------------ data

    @cached_property
    def rows(self) -> Rows:
        """The rows of the training as the model is given them, at most a sample of them."""
        return self.setup.prepared(self.setup.rows).sample(SAMPLE)

    @cached_property
    def validation(self) -> Rows | None:
        """The validation rows as the model is given them, at most a sample of them."""
        watched = self.setup.validation
        return None if watched is None else self.setup.prepared(watched).sample(SAMPLE)

    @cached_property
    def table(self) -> np.ndarray:
        """The inputs as float64, with one row each and a column for each number."""
        x = self.rows.x.reshape(len(self.rows), -1)
        return np.asarray(x, np.float64) if x.dtype.kind in "fiub" else np.zeros((len(x), 0))

    @cached_property
    def task(self) -> Task:
        """Whether the targets are classes or quantities, by their values and shape.

        Whatever the values are, they are classes for a loss that takes class numbers.
        """
        takes_numbers = snake_case(self.loss) == "sparse_categorical_crossentropy"
        return "classes" if takes_numbers else task_of(self.rows.y)

    @cached_property
    def labels(self) -> np.ndarray:
        """The class of each row, as a number; for quantities the targets themselves."""
        return labels_of(self.rows.y) if self.task == "classes" else self.rows.y

    @cached_property
    def class_count(self) -> int:
        """The number of different classes in the targets; 0 for quantities."""
        if self.task != "classes":
            return 0
        y = self.rows.y
        return y.shape[1] if _is_one_hot(y) else len(np.unique(self.labels))

    # ------------------------------------------------------------ model and settings

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """The layers in their order."""
        return self.setup.layers

    @cached_property
    def fresh(self) -> Model:
        """A compiled model with new weights by the setup, of seed 0."""
        return self.setup.seeded(0)

    @cached_property
    def ending(self) -> str:
        """The last activation: "softmax", "sigmoid", "relu", "linear" or "other"."""
        model = self.fresh
        nest = (columns_of(self.rows.first(2).x, "x", model.compute_dtype),)
        graph = model.recorded_step("predict", nest).graph
        return ending_of(graph.outputs[0])

    @cached_property
    def output_width(self) -> int:
        """The number of units of the last layer."""
        return int(self.fresh.output_shape[-1] or 1)

    @property
    def loss(self) -> str:
        """The registered name of the loss, or that of a user's function."""
        given = self.setup.compile.get("loss")
        if isinstance(given, dict):
            return str(given.get("class_name", ""))
        return given if isinstance(given, str) else getattr(given, "__name__", str(given))

    @property
    def optimizer(self) -> str:
        """The class of the optimizer."""
        return str(self.setup.compile["optimizer"]["class_name"])

    @property
    def rate(self) -> float | None:
        """The learning rate where it is a number; None for a schedule."""
        rate = self.setup.compile["optimizer"]["config"].get("learning_rate")
        return float(rate) if isinstance(rate, (int, float)) else None

    @property
    def epochs(self) -> int:
        """The epochs that the training was asked for."""
        return int(self.setup.fit.get("epochs", 1))

    @property
    def batch_size(self) -> int:
        """Rows of a batch."""
        return int(self.setup.fit.get("batch_size") or 32)


def fact(compute: Callable[[Facts], Known]) -> Callable[[Facts], Known]:
    """Makes a function of facts one that computes its result once for each `Facts`.

    >>> @fact
    ... def number_of_layers(facts):
    ...     print("counted")
    ...     return len(facts.layers)
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> facts = Facts.of(model, np.ones((4, 2)), np.ones(4))
    >>> number_of_layers(facts) + number_of_layers(facts)
    counted
    2
    """
    name = f"{compute.__module__}.{compute.__qualname__}"

    @functools.wraps(compute)
    def once(facts: Facts) -> Known:
        if name not in facts.known:
            facts.known[name] = compute(facts)
        found: Known = facts.known[name]
        return found

    return once


def task_of(y: np.ndarray) -> Task:
    """Whether targets are classes or quantities.

    >>> task_of(np.array([0, 2, 1])), task_of(np.eye(3)), task_of(np.array([0.5, 1.7]))
    ('classes', 'classes', 'quantities')
    """
    if y.dtype.kind not in "fiub" or _is_one_hot(y):
        return "classes"
    flat = y.reshape(len(y), -1)
    if flat.shape[1] != 1 or not np.isfinite(flat).all():
        return "quantities"
    whole = bool((flat == np.round(flat)).all())
    return "classes" if whole and len(np.unique(flat)) <= FEW_VALUES else "quantities"


def labels_of(y: np.ndarray) -> np.ndarray:
    """The class of each row, from class numbers, texts or one-hot rows.

    >>> labels_of(np.array([[0, 1], [1, 0]])), labels_of(np.array([[2.0], [1.0]]))
    (array([1, 0]), array([2., 1.]))
    """
    return y.argmax(axis=1) if _is_one_hot(y) else y.reshape(-1)


def _is_one_hot(y: np.ndarray) -> bool:
    if y.ndim != 2 or y.shape[1] < 2 or y.dtype.kind not in "fiub":
        return False
    return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())

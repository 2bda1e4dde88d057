"""Ensemble: a model whose outputs are the mean of those of several models.

Depends on Model and Objectives.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from steepest.arguments import is_number, whole
from steepest.callbacks.callback import same_monitor
from steepest.callbacks.monitor import Monitor
from steepest.configurable import require_config
from steepest.core import tree
from steepest.errors import ArgumentError, ShapeError, nearest
from steepest.layers.layer import LAYERS
from steepest.neuralnet.model import Model
from steepest.neuralnet.objectives import Objectives
from steepest.registry import from_config
from steepest.user_objects import custom_objects as named_objects


@LAYERS.register
class Ensemble(Model):
    """The weighted mean of the outputs of several models, as of their probabilities.

    It is a model: it predicts, evaluates (with the loss and metrics of its first member) and is
    saved as one file. `shares` says how much each member counts, by default equally. The runs of
    `st.together` make one of their models by `runs.ensemble()`; `select` chooses members by rows
    that none was trained on.

    >>> def build():
    ...     model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(2,))])
    ...     model.compile("adam", "binary_crossentropy", ["accuracy"])
    ...     return model
    >>> x, y = np.float32([[0, 0], [0, 1], [1, 1]]), np.float32([0, 1, 1])
    >>> runs = st.together(build, x, y, each=[{"seed": seed} for seed in range(3)]).fit(verbose=0)
    >>> ensemble = runs.ensemble()
    >>> mean = np.mean([model.predict(x, verbose=0) for model in runs.models], axis=0)
    >>> bool(np.allclose(ensemble.predict(x, verbose=0), mean))
    True
    """

    def __init__(
        self, members: Any, shares: Sequence[float] | None = None, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.members = list(members)
        _check_members(self.members)
        self.shares = _as_shares(shares, len(self.members))
        first = self.members[0]
        self.column_names = first.column_names
        if first.objectives is not None:
            # Metrics hold values: a member's must not be those of the ensemble too.
            self.compile(None, **copy.deepcopy(first.objectives.given), engine=first._engine)
        if all(member.built for member in self.members):
            self.build(first.input_shape)

    def build(self, input_shape: Any) -> None:
        """Notes the shape of the input; the members are built before, or when they are called."""
        self._input_shape = input_shape
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The weighted mean of the members' outputs."""
        outputs = [member(inputs, training=training) for member in self.members]
        columns = zip(*map(tree.leaves, outputs), strict=True)
        means = [
            sum(share * output for share, output in zip(self.shares, column, strict=True))
            for column in columns
        ]
        return tree.rebuild(outputs[0], iter(means))

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs: those of the members."""
        return list(self.members[0].output_names)

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Self:
        """An ensemble of the models of a configuration."""
        require_config(cls, config)
        with named_objects(custom_objects or {}):
            members = [from_config(member, "layer") for member in config["members"]]
        return cls(members, config["shares"], config["name"])

    def __repr__(self) -> str:
        shares = ", ".join(f"{share:.3g}" for share in self.shares)
        return f"<ensemble {self.name!r} of {len(self.members)} models with shares {shares}>"

    def select(
        self,
        x: Any,
        y: Any,
        metric: str | None = None,
        rounds: int | None = None,
        batch_size: int | None = None,
    ) -> Ensemble:
        """A better ensemble of some of the members, chosen by rows that none was trained on.

        Starting with the best member, each round adds the member, also a second time, with which
        the mean is best by the metric ("loss", or one of `compile`; the first of those unless one
        is named). The best of all rounds is taken; how often a member was added is its share
        (Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble Selection from Libraries of Models",
        ICML 2004). Of equal members the first is taken.

        >>> x, y = np.float32([[0.0], [1.0]]), np.float32([0, 1])
        >>> kernels = [st.initializers.Constant(value) for value in (-9.0, 9.0, 8.0)]
        >>> models = [st.Sequential([st.layers.Dense(1, "sigmoid", kernel_initializer=kernel)])
        ...     for kernel in kernels]
        >>> for model in models:
        ...     model.compile("sgd", "binary_crossentropy", ["accuracy"])
        >>> st.Ensemble(models).select(x, y, "loss").shares
        [1.0]
        """
        score, grows = _score(self, y, metric)
        outputs = [member.predict(x, batch_size, verbose=0) for member in self.members]
        counts = np.zeros(len(outputs), np.int64)
        total, best, chosen = np.zeros_like(outputs[0], dtype=np.float64), -np.inf, counts
        for size in range(1, 1 + whole("select: rounds", rounds or 2 * len(outputs), 1)):
            scores = [score((total + output) / size) for output in outputs]
            signed = np.nan_to_num(np.array(scores) * (1 if grows else -1), nan=-np.inf)
            place = int(signed.argmax())
            counts[place] += 1
            total = total + outputs[place]
            if signed[place] > best:
                best, chosen = signed[place], counts.copy()
        places = np.flatnonzero(chosen)
        shares = (chosen[places] / chosen.sum()).tolist()
        return Ensemble([self.members[place] for place in places], shares)


def _check_members(members: list[Any]) -> None:
    if not members:
        raise ArgumentError("Ensemble: a list of models was expected, got none")
    for place, member in enumerate(members):
        if not isinstance(member, Model):
            raise ArgumentError(
                f"Ensemble: members[{place}]: a model was expected, got {member!r:.60}"
            )
        if member.prefix is not None:
            raise ArgumentError(
                f"Ensemble: members[{place}] takes texts, which it prepares itself; give models of "
                "numbers, and apply the layers that prepare texts to the data"
            )
    shapes = [(member.input_shape, member.output_shape) for member in members if member.built]
    for place, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ShapeError(
                f"Ensemble: members[{place}] has input and output shapes {shape}, the first has "
                f"{shapes[0]}; their outputs cannot be averaged"
            )


def _as_shares(given: Sequence[float] | None, count: int) -> list[float]:
    """Shares that sum to 1."""
    shares = [1.0] * count if given is None else list(given)
    if len(shares) != count or not all(is_number(share) and share >= 0 for share in shares):
        raise ArgumentError(
            f"Ensemble: shares: {count} numbers from 0 were expected, one for each member, got "
            f"{given!r:.80}"
        )
    total = float(sum(shares))
    if not 0 < total < np.inf:
        raise ArgumentError("Ensemble: shares: at least one finite number above 0 is needed")
    return [float(share) / total for share in shares]


def _score(
    model: Ensemble, y: Any, metric: str | None
) -> tuple[Callable[[np.ndarray], float], bool]:
    """A function that scores predictions, and whether greater is better."""
    if model.objectives is None or len(model.output_names) > 1:
        raise ArgumentError("select: the members must be compiled, with one output")
    given = copy.deepcopy(model.objectives.given)
    aims = Objectives(given["loss"], given["metrics"], None, None)
    labels = np.asarray(y)
    names = aims.names()
    wanted = metric if metric is not None else names[min(1, len(names) - 1)]
    found = same_monitor(wanted, names)
    if found is None:
        raise ArgumentError(f"select: no metric {wanted!r}: {nearest(wanted, names)}")

    def score(predictions: np.ndarray) -> float:
        loss = aims.loss(labels, predictions, None, ["output"])
        if found == "loss":
            return float(np.asarray(loss))
        aims.reset()
        aims.update(labels, predictions, None, ["output"])
        values = {each.name: each.result() for each in aims.metrics}
        return float(np.asarray(values[found]))

    return score, Monitor(found).grows

"""Objectives: a loss and metrics for each output of a compiled model, resolved from names.

Depends on losses and metrics.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from steepest import losses, metrics
from steepest.arguments import is_number
from steepest.core import ops, tree
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError, noted
from steepest.labels import in_rank_of
from steepest.metrics.resolve import depends_on_labels


class Objectives:
    """The losses and metrics of a compiled model, one entry an output.

    Which metric "accuracy" means depends on the labels and predictions: `resolve` makes the
    metrics, once.
    """

    def __init__(self, loss: Any, metric: Any, weighted: Any, loss_weights: Any) -> None:
        is_array = isinstance(loss_weights, np.ndarray) and loss_weights.ndim
        self._given_weights = loss_weights.tolist() if is_array else loss_weights
        self._given_loss = loss
        self._given_metrics, self._given_weighted = metric, weighted
        self._given_names = [m.name for m in _metrics_in(metric, weighted)]
        self._made_losses = tree.transform(_loss, loss)  # raises at once for a misspelt one
        self._check_names()
        self.total = metrics.Mean(name="loss")
        self.losses: list[Any] = []
        self.loss_weights: list[float] = []
        self.parts: list[Any] = []
        self.plain: list[list[Any]] = []
        self.weighted: list[list[Any]] = []
        self.output_names: list[str] = []
        self.resolved = False

    def _check_names(self) -> None:
        """Raises at once for a misspelt metric, or a weight that is not a number."""
        for given in tree.leaves([self._given_metrics, self._given_weighted]):
            metrics.name_of(given) if given is not None else None
        for weight in tree.leaves(self._given_weights):
            if weight is not None and not is_number(weight):
                raise ArgumentError(
                    f"loss_weights: a number for each output was expected, got {weight!r}"
                )

    def resolve(self, targets: Any, predictions: Any, names: Sequence[str]) -> None:
        """Makes losses and metrics for outputs of these forms."""
        if self.resolved:
            return
        self.output_names = list(names)
        outputs = tree.leaves(predictions)
        labels = per_output(targets, names, "y", fill=False)
        given = per_output(self._made_losses, names, "loss")
        self.losses = [_only(one, name) for one, name in zip(given, names, strict=True)]
        weights = per_output(self._given_weights, names, "loss_weights")
        self.loss_weights = [1.0 if weight is None else float(weight) for weight in weights]
        several = len(outputs) > 1
        self.parts = [
            metrics.Mean(name=f"{name}_loss") if several and function is not None else None
            for name, function in zip(names, self.losses, strict=True)
        ]
        prefixes = [f"{name}_" if several else "" for name in names]
        self.plain = _make_metrics(
            self._given_metrics, names, prefixes, self.losses, labels, outputs
        )
        taken = {"loss", *(metric.name for group in self.plain for metric in group)}
        self.weighted = _make_metrics(
            self._given_weighted, names, prefixes, self.losses, labels, outputs, taken
        )
        self.resolved = True

    def resolve_by_outputs(self, outputs: Sequence[Tensor], names: Sequence[str]) -> None:
        """Makes losses and metrics before there are labels, if their form does not matter.

        It matters where an "accuracy" or "crossentropy" is asked for and the loss does not say
        whether labels are class numbers.
        """
        losses_made = per_output(self._made_losses, names, "loss")
        asked = [*tree.leaves(self._given_metrics), *tree.leaves(self._given_weighted)]
        open_names = any(isinstance(one, str) and depends_on_labels(one) for one in asked)
        labels: list[Any] = []
        for made, output, name in zip(losses_made, outputs, names, strict=True):
            loss = _only(made, name)
            is_sparse = isinstance(loss, losses.SparseCategoricalCrossentropy)
            labels.append(output[..., 0] if is_sparse and output.ndim > 1 else output)
            if open_names and output.shape[-1] != 1 and not isinstance(loss, _SAYS_THE_FORM):
                return
        self.resolve(labels, list(outputs), names)

    @property
    def given(self) -> dict[str, Any]:
        """The losses, metrics and weights of losses that `compile` was given."""
        return {
            "loss": self._given_loss,
            "metrics": self._given_metrics,
            "loss_weights": self._given_weights,
            "weighted_metrics": self._given_weighted,
        }

    @property
    def given_names(self) -> dict[int, str]:
        """The names that metrics had when they were given, by id: outputs' names precede later."""
        found = _metrics_in(self._given_metrics, self._given_weighted)
        return {id(m): name for m, name in zip(found, self._given_names, strict=True)}

    @property
    def metrics(self) -> list[Any]:
        """All metrics, the total loss first; those of several outputs by name, as in Keras."""
        own = [metric for group in (*self.plain, *self.weighted) for metric in group]
        if len(self.output_names) > 1:
            own.sort(key=lambda metric: metric.name)
        return [self.total, *(part for part in self.parts if part is not None), *own]

    def names(self) -> list[str]:
        """The names of the metrics in logs, as far as they are known."""
        if self.resolved:
            return [metric.name for metric in self.metrics]
        given = [*tree.leaves(self._given_metrics), *tree.leaves(self._given_weighted)]
        named = [one for one in given if one is not None]
        return ["loss", *(one if isinstance(one, str) else metrics.name_of(one) for one in named)]

    def loss(
        self, targets: Any, predictions: Any, weights: Any, names: Sequence[str]
    ) -> Tensor | None:
        """The weighted sum of the outputs' losses; None without a loss."""
        self.resolve(targets, predictions, names)
        labels = per_output(targets, names, "y", fill=False)
        scales = per_output(weights, names, "sample_weight", spread=True)
        outputs = tree.leaves(predictions)
        total: Tensor | None = None
        for place, function in enumerate(self.losses):
            if function is None:
                continue
            _require_target(labels[place], function, names[place])
            aligned = in_rank_of(outputs[place], labels[place])
            _check_form(function, aligned, outputs[place])
            with noted(_comparing(names[place], aligned, outputs[place])):
                value = function(aligned, outputs[place], scales[place])
            if self.parts[place] is not None:
                self.parts[place].update_state(value, ops.shape(outputs[place])[0])
            value = value * self.loss_weights[place]
            total = value if total is None else total + value
        return total

    def update(self, targets: Any, predictions: Any, weights: Any, names: Sequence[str]) -> None:
        """Updates the metrics by a batch."""
        self.resolve(targets, predictions, names)
        labels = per_output(targets, names, "y", fill=False)
        scales = per_output(weights, names, "sample_weight", spread=True)
        for place, output in enumerate(tree.leaves(predictions)):
            if labels[place] is None:
                continue
            for metric in self.plain[place]:
                metric.update_state(in_rank_of(output, labels[place]), output)
            for metric in self.weighted[place]:
                metric.update_state(in_rank_of(output, labels[place]), output, scales[place])

    def reset(self) -> None:
        """Resets the metrics."""
        for metric in self.metrics:
            metric.reset_state()


_SAYS_THE_FORM = (
    losses.SparseCategoricalCrossentropy,
    losses.CategoricalCrossentropy,
    losses.CategoricalFocalCrossentropy,
    losses.BinaryCrossentropy,
    losses.BinaryFocalCrossentropy,
)


def _loss(given: Any) -> Any:
    """The loss of a name, function or object; "crossentropy" alone does not say which."""
    if isinstance(given, str) and given.lower() in ("crossentropy", "ce"):
        raise ArgumentError(
            f"compile: loss={given!r} may be any of three: 'binary_crossentropy' for one unit with "
            "sigmoid, 'sparse_categorical_crossentropy' for class numbers, "
            "'categorical_crossentropy' for one-hot rows; name one"
        )
    return None if given is None else losses.get(given)


def _only(given: Any, name: str) -> Any:
    """The loss of an output, which may stand in a list of its own, as in {"a": ["mse"]}."""
    if not isinstance(given, (list, tuple)):
        return given
    if len(given) != 1:
        raise ArgumentError(
            f"compile: output {name!r} takes one loss, got {len(given)}; add them up in a function"
        )
    return given[0]


def _metrics_in(*given: Any) -> list[metrics.Metric]:
    return [one for one in tree.leaves(list(given)) if isinstance(one, metrics.Metric)]


def _comparing(name: str, target: Tensor, output: Tensor) -> str:
    """What a loss compares, and the remedy where the shapes differ."""
    compared = f"comparing y {show(target.shape)} with the output {name!r} {show(output.shape)}"
    if target.shape == output.shape or output.ndim != 2:
        return compared
    width = target.shape[1] if target.ndim == 2 else 1
    units = f"{width} unit{'s' if width != 1 else ''}"
    return f"{compared}: give the last layer {units}, or y rows of {output.shape[1]}"


def _require_target(target: Any, loss: Any, name: str) -> None:
    if target is None:
        raise ArgumentError(
            f"y is missing: the loss {loss.name} of output {name!r} compares predictions with "
            "labels; give them as the second argument, or as the second part of each batch"
        )


def _check_form(loss: Any, target: Tensor, output: Tensor) -> None:
    """Raises where exclusive classes are given in another form than the loss takes."""
    if not isinstance(loss, losses.CategoricalCrossentropy) or target.shape == output.shape:
        return
    if target.ndim < output.ndim or target.shape[-1] == 1:
        raise ArgumentError(
            f"categorical_crossentropy takes one-hot rows of {output.shape[-1]} values, y holds "
            "one number a row: use sparse_categorical_crossentropy, or st.one_hot(y, classes)"
        )
    raise ShapeError(
        f"y has {target.shape[-1]} values a row, the output has {output.shape[-1]} units; "
        "make them equal"
    )


def per_output(
    given: Any, names: Sequence[str], what: str, fill: bool = True, spread: bool = False
) -> list[Any]:
    """One entry an output, from a dictionary by name, a list, or one for all.

    >>> per_output({"b": 2}, ["a", "b"], "y")
    [None, 2]
    """
    if isinstance(given, dict):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise ArgumentError(
                f"{what}: {unknown} are no outputs of the model; known names: {list(names)}"
            )
        return [given.get(name) for name in names]
    if len(names) == 1 and not (isinstance(given, (list, tuple)) and len(given) == 1):
        return [given]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ArgumentError(
                f"{what}: {len(given)} entries for {len(names)} outputs ({', '.join(names)})"
            )
        return list(given)
    if not fill and given is not None and not spread:
        raise ShapeError(f"{what}: the model has outputs {list(names)}, one entry each is needed")
    return [given] * len(names)


def _make_metrics(
    given: Any,
    names: Sequence[str],
    prefixes: Sequence[str],
    functions: Sequence[Any],
    labels: Sequence[Any],
    outputs: Sequence[Any],
    plain: Collection[str] = (),
) -> list[list[Any]]:
    """Metrics with distinct names; one that is also among the `plain` ones becomes `weighted_`."""
    wanted = _metric_lists(given, names)
    made: list[list[Any]] = []
    taken: set[str] = {"loss", *plain}
    for place, group in enumerate(wanted):
        made.append([])
        for one in group:
            if one is None:
                raise ArgumentError("compile: metrics: None is no metric; leave it out")
            label = labels[place] if labels[place] is not None else outputs[place]
            metric = metrics.get(
                one, loss=functions[place], target=in_rank_of(outputs[place], label),
                prediction=outputs[place],
            )  # fmt: skip
            name = one if isinstance(one, str) else metric.name  # "mae" stays "mae"
            name = prefixes[place] + name
            metric.name = _unused(f"weighted_{name}" if name in plain else name, taken)
            taken.add(metric.name)
            made[-1].append(metric)
    return made


def _unused(name: str, taken: set[str]) -> str:
    """A name that no metric has yet."""
    number, free = 1, name
    while free in taken:
        free = f"{name}_{number}"
        number += 1
    return free


def _metric_lists(given: Any, names: Sequence[str]) -> list[list[Any]]:
    """A list of metrics for each output.

    A flat list with one entry for each output goes by output, as in Keras; another to all of them.
    """
    if given is None:
        return [[] for _ in names]
    if isinstance(given, dict):
        return [_as_list(one) for one in per_output(given, names, "metrics")]
    entries = _as_list(given)
    nested = any(isinstance(one, (list, tuple)) for one in entries)
    if len(names) > 1 and (nested or len(entries) == len(names)):
        return [_as_list(one) for one in per_output(entries, names, "metrics")]
    if len(names) == 1 and len(entries) == 1 and isinstance(entries[0], (list, tuple)):
        entries = list(entries[0])
    return [list(entries) for _ in names]


def _as_list(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]

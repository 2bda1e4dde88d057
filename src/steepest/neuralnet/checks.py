"""What `fit` looks at before the first step: errors for what cannot be right, warnings for what
is probably wrong. Leans on the columns; costs a pass or two over the data at most.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.data.columns import DenseColumn, SparseColumn, as_column
from steepest.errors import DataError, caution, noted
from steepest.neuralnet import pairing
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, StreamFeed
from steepest.neuralnet.learner import Learner, Trained
from steepest.neuralnet.objectives import per_output
from steepest.neuralnet.readers import marked
from steepest.program.graph import Node

SCALE_RATIO = 100.0
SAMPLE = 2000
ROUNDING = 1e-6  # a rate is kept as float32
RATES = {"SGD": (1e-6, 1.0), "Adam": (1e-7, 0.1), "RMSprop": (1e-7, 0.1), "Adagrad": (1e-6, 2.0)}


def check_plan(plan: Any) -> None:
    """Warn where no epoch would be run."""
    if 0 < plan.epochs <= plan.initial_epoch:
        caution(
            f"nothing to do: epochs={plan.epochs} is the number of the last epoch, not how many "
            f"follow initial_epoch={plan.initial_epoch}; give "
            f"epochs={plan.initial_epoch + plan.epochs}"
        )


def check_data(model: Any, feed: Feed | None, what: str = "") -> None:
    """Raise where the data hold what no training can use: NaN, infinity, negative weights.

    NaN may stand where the layers that read it are there to fill it.
    """
    if not isinstance(feed, ArrayFeed):
        return
    for name, part in zip(("x", "y", "sample_weight"), feed.nest, strict=False):
        leaves = tree.leaves(part)
        finite = [_is_finite(column) for column in leaves]
        if all(finite):
            continue
        filled = marked(model if name == "x" else None, "takes_gaps", part)
        for column, is_fine, gaps in zip(leaves, finite, filled, strict=True):
            if not is_fine:
                _refuse(column, what + name, np.isinf if gaps else _is_not_finite)
    weights = tree.leaves(feed.nest[2]) if len(feed.nest) > 2 else []
    for column in weights:
        if column.take(np.arange(len(column))).min() < 0:
            raise DataError("sample_weight: a weight is negative; weights are 0 or above")


def _is_not_finite(values: np.ndarray) -> np.ndarray:
    return ~np.isfinite(values)


def _values_of(column: DenseColumn | SparseColumn) -> np.ndarray | None:
    return column.values if isinstance(column, SparseColumn) else column.array


def _is_finite(column: DenseColumn | SparseColumn) -> bool:
    """Whether there is no NaN or infinity, as one quick sum tells, which they survive.

    It may overflow by itself: a closer look then finds nothing.
    """
    values = _values_of(column)
    if values is None or values.dtype.kind != "f" or not values.size:
        return True
    if isinstance(column, SparseColumn) and column.known_finite:
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.add.reduce(values, axis=None)
    found = bool(np.isfinite(total))
    if found and isinstance(column, SparseColumn):
        column.known_finite = column.is_own
    return found


def _refuse(column: DenseColumn | SparseColumn, name: str, is_wrong: Any) -> None:
    """Raise where a number is wrong, and name its place."""
    values = _values_of(column)
    assert values is not None
    wrong = is_wrong(values)
    if not wrong.any():
        return
    where = np.argwhere(wrong)[0].tolist()
    odd = values[tuple(where)]
    if isinstance(column, SparseColumn):
        where = column.place_of(where[0])
    at = f"row {where[0]}" + (f", column {_place(column, where[1:])}" if where[1:] else "")
    raise DataError(
        f"{name} holds {odd} at {at}; drop such rows, or fill them "
        "(st.layers.MissingValues() first, np.nan_to_num)"
    )


def _place(column: DenseColumn | SparseColumn, where: Sequence[int]) -> str:
    """A place along a row, by its column's name if it has one."""
    names = getattr(column, "names", ())
    return repr(names[where[0]]) if names else ", ".join(map(str, where))


def check_fit(model: Any, feed: Feed, held: Feed | None, trained: Trained) -> None:
    """Raise or warn where loss, output and labels do not fit each other."""
    if isinstance(feed, ArrayFeed):
        nest = _prepared(feed)
        for loss, output, values, metrics in _pairs(model, nest, trained):
            pairing.check_labels(loss, output, values, "y")
            pairing.check_pair(loss, output, values)
            _warn_of_accuracy(loss, metrics, values)
        _warn_of_scales(model, nest[0])
    if isinstance(held, ArrayFeed) and held.nest is not feed.nest:
        with noted("in the validation data"):
            for loss, output, values, _ in _pairs(model, _prepared(held), trained):
                pairing.check_labels(loss, output, values, "validation y")
    for stream, name, step in ((feed, "y", "train_step"), (held, "validation y", "test_step")):
        if not isinstance(stream, StreamFeed) or stream.prepare is not None:
            continue
        if _is_own(model, step):
            _watch_labels(model, stream, trained, f"{name} of a batch")
    _warn_of_rate(model.optimizer)
    if not trained.weights and model.weights:
        caution(f"{model.name}: all layers are frozen (trainable=False), so nothing will be learnt")


def check_labels(model: Any, feed: Feed, kind: str = "test") -> None:
    """Raise where the labels of an evaluation, or of one batch, are outside what a loss takes."""
    if feed.prepare is not None or len(feed.nest) < 2 or not _is_own(model, f"{kind}_step"):
        return
    model.rehearsed(kind, feed.nest)  # which makes the losses
    if isinstance(feed, StreamFeed):
        _watch_labels(model, feed, None, "y of a batch")
        return
    for loss, output, values, _ in _pairs(model, tuple(feed.nest), None):
        pairing.check_bounds(loss, output, values, "y")


def _is_own(model: Any, step: str) -> bool:
    """Whether a step is as it was written here, and compares what `call` gives with the labels."""
    return getattr(type(model), step) is getattr(Learner, step)


def _watch_labels(model: Any, stream: StreamFeed, trained: Trained | None, name: str) -> None:
    """Look at the labels of each batch, as at those of an array before the first step."""
    if len(stream.nest) < 2 or not any(model.objectives.losses):
        return
    outputs = _outputs(model, stream.nest, trained)

    def look(nest: tuple[Any, ...]) -> None:
        for loss, output, values, _ in _beside(model, outputs, nest[1]):
            pairing.check_bounds(loss, output, values, name)

    stream.watch(look)


def _warn_of_accuracy(loss: Any, metrics: Sequence[Any], values: np.ndarray) -> None:
    """Accuracy counts equal class numbers; of quantities that says nothing."""
    watched = [metric.name for metric in metrics if "accuracy" in metric.name]
    if not watched or type(loss).__name__ not in pairing.REGRESSIONS or values.dtype.kind != "f":
        return
    if (values[:SAMPLE] % 1.0 != 0.0).any():
        caution(
            f"{watched[0]} compares class numbers, but y holds quantities: watch "
            "metrics=['mae'] or ['r2_score'] instead"
        )


def _pairs(
    model: Any, nest: tuple[Any, ...], trained: Trained | None
) -> Iterator[tuple[Any, Node, np.ndarray, Sequence[Any]]]:
    """Each output with its loss, the labels it is compared with, and what is watched."""
    if len(nest) > 1 and any(model.objectives.losses):
        yield from _beside(model, _outputs(model, nest, trained), nest[1])


def _outputs(model: Any, nest: tuple[Any, ...], trained: Trained | None) -> Sequence[Node]:
    outputs: Sequence[Node] = model.rehearsed("predict", nest[:1], trained=trained).graph.outputs
    return outputs


def _beside(
    model: Any, outputs: Sequence[Node], given: Any
) -> Iterator[tuple[Any, Node, np.ndarray, Sequence[Any]]]:
    told = model.objectives
    labels = per_output(given, told.output_names, "y")
    for loss, output, label, watched in zip(told.losses, outputs, labels, told.plain, strict=False):
        if loss is not None and isinstance(label, DenseColumn):
            yield loss, output, label.array, watched


def _prepared(feed: ArrayFeed) -> tuple[Any, ...]:
    """The data as the model sees them; of those that the step prepares, the first rows."""
    if feed.prepare is None:
        return tuple(feed.nest)
    rows = np.arange(min(SAMPLE, feed.count))
    first = tree.transform(lambda column: ops.constant(column.take(rows)), feed.nest)
    return tuple(tree.transform(as_column, feed.prepare(first)))


def _are_prepared(model: Any, x: Any) -> list[bool]:
    """For each input whether layers scale it, or fill its gaps and then may."""
    return list(map(operator.or_, *(marked(model, m, x) for m in ("scales", "takes_gaps"))))


def _warn_of_scales(model: Any, x: Any) -> None:
    columns = tree.leaves(x)
    large = [_has_large_numbers(column) for column in columns]
    if not any(large):
        return
    for column, is_large, is_scaled in zip(columns, large, _are_prepared(model, x), strict=True):
        if is_scaled or not is_large:
            continue
        sizes = _sizes(column)
        used = sizes[sizes > 0]
        if len(used) > 1 and used.max() > SCALE_RATIO * used.min() and used.max() > SCALE_RATIO:
            worst, least = int(sizes.argmax()), int(np.where(sizes > 0, sizes, np.inf).argmin())
            caution(
                f"x: columns differ in scale by more than {SCALE_RATIO:.0f}: column "
                f"{_place(column, [worst])} reaches {sizes[worst]:.4g}, column "
                f"{_place(column, [least])} {sizes[least]:.4g}; put "
                "st.layers.Normalization() first, or scale the data"
            )


def _has_large_numbers(column: DenseColumn | SparseColumn) -> bool:
    """Whether places along a row may differ in scale: one look at all of them together."""
    given = column.given if isinstance(column, SparseColumn) else column.dtype
    if given.kind != "f" or len(column.row_shape) != 1 or len(column) < 2:
        return False
    if isinstance(column, SparseColumn):
        return True
    first = column.array[:SAMPLE]
    return bool(first.size) and not (first.min() >= -SCALE_RATIO and first.max() <= SCALE_RATIO)


def _sizes(column: DenseColumn | SparseColumn) -> np.ndarray:
    """The greatest size of a number in each place along the first rows."""
    if isinstance(column, DenseColumn):
        return np.nan_to_num(np.abs(column.array[:SAMPLE])).max(axis=0)
    sizes = np.zeros(column.width, np.float32)
    if column.values is not None:  # entries without values are all of one size
        stop = column.indptr[min(SAMPLE, len(column))]
        np.maximum.at(sizes, column.indices[:stop], np.abs(column.values[:stop]))
    return sizes


def _warn_of_rate(optimizer: Any) -> None:
    name = type(optimizer).__name__
    rate = optimizer.learning_rate
    if name not in RATES or not hasattr(rate, "assign"):
        return
    low, high = RATES[name]
    value = float(np.asarray(rate))
    if not low * (1.0 - ROUNDING) <= value <= high * (1.0 + ROUNDING):
        word = "high" if value > high else "low"
        caution(
            f"learning_rate {value:.4g} is far too {word} for {name}, whose range is about "
            f"{low:g} to {high:g}"
        )

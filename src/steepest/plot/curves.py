"""Curves: loss and metrics by epoch, of training and validation, of one training or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from steepest.callbacks import History
from steepest.errors import ArgumentError, unknown_name
from steepest.figure_style import MARKERS, look_of, new_figure
from steepest.plot.figure import label_ends, legend, open_axes
from steepest.plot.picture import Picture

WHO = "st.plot.curves"
PANEL = (5.0, 3.6)  # inches of one metric in `History.plot`
MOST_LABELS = 6  # at the ends of lines; more are in a legend


class Curve(NamedTuple):
    """The values of one metric in one training, and their epochs, counted from 1.

    >>> (curve,) = st.plot.curves_data({"loss": [3.0, 2.0]}).metrics["loss"]
    >>> curve.epochs.tolist(), curve.validation
    ([1, 2], False)
    """

    run: str
    validation: bool
    epochs: np.ndarray
    values: np.ndarray

    @property
    def label(self) -> str:
        """What distinguishes the curve: the name of the training, and its part."""
        part = "validation" if self.validation else "training"
        return f"{self.run}, {part}" if self.run else part


@dataclass(frozen=True)
class Curves:
    """The curves of each metric.

    >>> list(st.plot.curves_data({"loss": [2.0, 1.0], "mae": [1.0, 1.0]}).metrics)
    ['loss', 'mae']
    """

    metrics: dict[str, list[Curve]]


def curves_data(history: Any, *metrics: str) -> Curves:
    """The curves of a history, of a mapping of values by name, or of several of these by name.

    Without names of `metrics` these are all of the first training. A metric `m` has the values
    `m` of the training and `val_m` of its validation.

    >>> data = curves_data({"loss": [3.0, 2.0], "val_loss": [3.5, 3.0]})
    >>> [(curve.label, curve.values.tolist()) for curve in data.metrics["loss"]]
    [('training', [3.0, 2.0]), ('validation', [3.5, 3.0])]
    """
    runs = _runs(history)
    found = list(dict.fromkeys(name for run in runs.values() for name in _values(run)))
    shown = list(metrics) or [name for name in found if not name.startswith("val_")] or found
    if not shown:
        raise ArgumentError(f"{WHO}: the history has no epochs; train with fit first")
    for name in shown:
        if name in found:
            continue
        if name.removeprefix("val_") in found:
            raise ArgumentError(
                f"{WHO}: {name!r}: the training had no validation; give fit validation_data or "
                "validation_split"
            )
        raise unknown_name("value in the history", name, found)
    return Curves({
        name: [
            curve
            for run, values in runs.items()
            for key in (name, f"val_{name}")
            if (curve := _curve(run, values, key)) is not None
        ]
        for name in shown
    })


def _runs(history: Any) -> dict[str, Any]:
    """The trainings by name; one alone has no name."""
    if isinstance(history, History):
        return {"": history}
    if isinstance(history, Mapping):
        inner = [isinstance(each, (History, Mapping)) for each in history.values()]
        if inner and all(inner):
            return {str(name): each for name, each in history.items()}
        if not any(inner):
            return {"": history}
    raise ArgumentError(
        f"{WHO}: what fit returns, a mapping of values such as {{'loss': [2.0, 1.0]}}, or several "
        f"of these by name were expected, got {history!r:.60}"
    )


def _values(run: Any) -> Mapping[str, Sequence[Any]]:
    return run.history if isinstance(run, History) else run


def _curve(name: str, run: Any, key: str) -> Curve | None:
    """The curve of a name in a training, if there is one."""
    values = np.asarray(_values(run).get(key, ()))
    if values.ndim != 1 or values.dtype.kind not in "fiub":
        raise ArgumentError(f"{WHO}: {key!r}: one number an epoch was expected, got {values!r:.60}")
    if not len(values):
        return None
    if isinstance(run, History):
        epochs = np.asarray(run.epochs_of(key)) + 1
    else:
        last = max(len(each) for each in run.values())
        epochs = np.arange(last - len(values), last) + 1
    return Curve(name, key.startswith("val_"), epochs, values.astype(np.float64))


def curves(
    history: Any, *metrics: str, log: bool = False, ax: Any = None, theme: str | None = None
) -> Picture[Curves]:
    """Draws loss and metrics by epoch, one picture a metric; training solid, validation dashed.

    `history` is what `fit` returned, its `history`, or several by name. `log` makes the scale of
    the values logarithmic. With several metrics `ax` is a list of axes.

    >>> slow = {"loss": [3.0, 2.0, 1.5], "val_loss": [3.1, 2.4, 2.2]}
    >>> fast = {"loss": [2.0, 1.0, 0.5], "val_loss": [2.1, 1.4, 1.6]}
    >>> picture = st.plot.curves({"slow": slow, "fast": fast}, "loss")
    >>> [curve.label for curve in picture.data.metrics["loss"]]
    ['slow, training', 'slow, validation', 'fast, training', 'fast, validation']
    """
    data = curves_data(history, *metrics)
    axes = open_axes(WHO, ax, theme, (1, len(data.metrics)))
    for each, (name, found) in zip(axes, data.metrics.items(), strict=True):
        _draw(each, name, found, log, labels_at_ends=ax is None)
    runs = list(dict.fromkeys(curve.run for found in data.metrics.values() for curve in found))
    whose = f" of {', '.join(runs)}" if runs != [""] else ""
    return Picture(data, axes, f"{', '.join(data.metrics)}{whose} by epoch")


def _draw(axes: Any, name: str, found: list[Curve], log: bool, labels_at_ends: bool) -> None:
    look, runs = look_of(axes), list(dict.fromkeys(curve.run for curve in found))
    lines = []
    for curve in found:
        index = runs.index(curve.run) if len(runs) > 1 else int(curve.validation)
        lone = len(curve.values) == 1
        (line,) = axes.plot(
            curve.epochs,
            curve.values,
            label=curve.label,
            color=look.colour(index),
            linestyle="--" if curve.validation else "-",
            marker=MARKERS[index % len(MARKERS)] if len(runs) > 1 or lone else "",
            markevery=max(1, len(curve.values) // 6),
            markersize=5,
        )
        lines.append(line)
    if log:
        axes.set_yscale("log")
    axes.set(xlabel="epoch", ylabel=f"{name} (logarithmic)" if log else name)
    axes.xaxis.get_major_locator().set_params(integer=True)
    if labels_at_ends and 1 < len(lines) <= MOST_LABELS:
        label_ends(axes, lines)
    elif len(lines) > 1 or runs != [""]:
        legend(axes)


def history_figure(history: History, *names: str) -> Any:
    """The figure of `History.plot`: the curves, with a legend for each metric.

    >>> history = st.callbacks.History()
    >>> history.extend(range(2), {"loss": [2.0, 1.0], "val_loss": [2.5, 2.0]})
    >>> [line.get_label() for line in history_figure(history).axes[0].lines]
    ['training', 'validation']
    """
    if not history.history and not names:
        return new_figure("History.plot", *PANEL)
    count = len(curves_data(history, *names).metrics)
    axes = open_axes("History.plot", grid=(1, count), panel=PANEL)
    return curves(history, *names, ax=axes).figure

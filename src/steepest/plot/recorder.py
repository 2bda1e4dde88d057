"""Histograms over epochs: a callback that records them, and their picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.callbacks import Callback
from steepest.errors import ArgumentError, unknown_name
from steepest.plot.figure import open_axes
from steepest.plot.histograms import BINS, KINDS, Histogram, draw_rows, histogram, values_by_layer
from steepest.plot.picture import Picture

WHO = "st.plot.histograms_by_epoch"
MOST_ROWS = 12  # epochs that are drawn of each layer, evenly chosen


class Recorder(Callback):
    """Records histograms before the training and after each epoch, or each `every` epochs.

    `of` is "weights", "gradients" or "activations"; the latter two need rows `x`, and gradients
    their labels `y`: some hundred rows are enough. `epochs` are the numbers of finished epochs,
    `histograms` has a list with one histogram for each of them, by layer.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
    >>> model.compile("sgd", "mse")
    >>> recorder = st.plot.Recorder()
    >>> _ = model.fit(np.eye(2), [1.0, 2.0], epochs=3, callbacks=[recorder], verbose=0)
    >>> recorder.epochs, len(recorder.histograms["out/kernel"])
    ([0, 1, 2, 3], 4)
    """

    def __init__(
        self, x: Any = None, y: Any = None, of: str = "weights", every: int = 1, bins: int = BINS
    ) -> None:
        super().__init__()
        if of not in KINDS:
            raise unknown_name("kind of values (of)", of, KINDS)
        if (of != "weights" and x is None) or (of == "gradients" and y is None):
            raise ArgumentError(f"Recorder: {of} need rows: x, and for gradients their labels y")
        self.x, self.y, self.of = x, y, of
        self.every = whole("Recorder: every", every, least=1)
        self.bins = whole("Recorder: bins", bins, least=2)
        self.epochs: list[int] = []
        self.histograms: dict[str, list[Histogram]] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets what was recorded before, and records the values at the start."""
        self.epochs, self.histograms = [], {}
        self._record(0)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Records the values after an epoch."""
        if (epoch + 1) % self.every == 0:
            self._record(epoch + 1)

    def _record(self, done: int) -> None:
        self.epochs.append(done)
        for name, values in values_by_layer(self.model, self.x, self.y, self.of).items():
            found = histogram(f"epoch {done}" if done else "start", values, self.bins)
            self.histograms.setdefault(name, []).append(found)


@dataclass(frozen=True)
class HistogramsByEpoch:
    """The histograms of each layer after each of the epochs; 0 is the start of the training.

    >>> model, recorder = st.Sequential([st.layers.Dense(1, name="out")]), st.plot.Recorder()
    >>> model.compile("sgd", "mse")
    >>> _ = model.fit(np.eye(2), [1.0, 2.0], epochs=1, callbacks=[recorder], verbose=0)
    >>> data = st.plot.histograms_by_epoch_data(recorder)
    >>> data.epochs.tolist(), data.layers["out/bias"][0].label
    ([0, 1], 'start')
    """

    of: str
    epochs: np.ndarray
    layers: dict[str, list[Histogram]]


def histograms_by_epoch_data(recorder: Recorder, *layers: str) -> HistogramsByEpoch:
    """What a `Recorder` has recorded, of all layers or of those named.

    >>> recorder = st.plot.Recorder()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
    >>> model.compile("sgd", "mse")
    >>> _ = model.fit(np.eye(2), [1.0, 2.0], epochs=2, callbacks=[recorder], verbose=0)
    >>> histograms_by_epoch_data(recorder, "out/bias").epochs.tolist()
    [0, 1, 2]
    """
    if not isinstance(recorder, Recorder) or not recorder.epochs:
        raise ArgumentError(
            f"{WHO}: a Recorder that was among the callbacks of fit was expected, got "
            f"{recorder!r:.60}"
        )
    for name in layers:
        if name not in recorder.histograms:
            raise unknown_name("recorded layer", name, recorder.histograms)
    shown = layers or tuple(recorder.histograms)
    chosen = {name: list(recorder.histograms[name]) for name in shown}
    return HistogramsByEpoch(recorder.of, np.array(recorder.epochs), chosen)


def histograms_by_epoch(
    recorder: Recorder, *layers: str, ax: Any = None, theme: str | None = None
) -> Picture[HistogramsByEpoch]:
    """Draws recorded histograms by epoch, the start on top, with one picture a layer.

    At most 12 epochs are drawn, evenly chosen; the data hold all. With several layers `ax` is a
    list of axes.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
    >>> model.compile("sgd", "mse")
    >>> recorder = st.plot.Recorder(every=5)
    >>> _ = model.fit(np.eye(2), [1.0, 2.0], epochs=10, callbacks=[recorder], verbose=0)
    >>> picture = st.plot.histograms_by_epoch(recorder, "out/kernel")
    >>> [row.label for row in picture.data.layers["out/kernel"]]
    ['start', 'epoch 5', 'epoch 10']
    """
    data = histograms_by_epoch_data(recorder, *layers)
    count = len(data.epochs)
    shown = np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).round().astype(int))
    columns = min(3, len(data.layers))
    rows = -(-len(data.layers) // columns)
    if ax is not None:
        rows, columns = 1, len(data.layers)
    axes = open_axes(WHO, ax, theme, (rows, columns), (4.6, 0.9 + 0.32 * len(shown)))
    for each, (name, found) in zip(axes, data.layers.items(), strict=False):
        draw_rows(each, [found[place] for place in shown.tolist()])
        each.set_xlabel(f"{data.of.removesuffix('s')} of {name}")
    for spare in axes[len(data.layers) :]:
        spare.remove()
    text = f"histograms of {data.of} of {', '.join(data.layers)} over {data.epochs[-1]} epochs"
    return Picture(data, axes[: len(data.layers)], text)

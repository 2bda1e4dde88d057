"""Records: what the doctor measures of a network in training, from a second program.

The program of the training never writes its gradients out. Depends on start_facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.doctor.setup import Setup
from steepest.doctor.start_facts import InsideProgram, LayerStart, WeightStart
from steepest.neuralnet.model import Model
from steepest.program.graph import Graph

GROUPS = 4
GROUP_ROWS = 64
SATURATED = 0.95  # of the way between the bounds of a bounded activation
BOUNDED = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0)}


@dataclass(frozen=True)
class LayerRecord:
    """The outputs of a layer: mean, deviation, and the shares of units and values at rest.

    `dead` is the share of units that are 0 for all rows, `saturated` the share of values near a
    bound of the activation (None where it has no bounds), `constant` the share of units with the
    same output for all rows.

    >>> LayerRecord("hidden", mean=0.5, deviation=1.0, dead=0.25, constant=0.25).dead
    0.25
    """

    name: str
    mean: float
    deviation: float
    dead: float
    constant: float
    saturated: float | None = None


@dataclass(frozen=True)
class WeightRecord:
    """A weight: the root mean squares of its values, its gradient, and its change by one step.

    `noise` is the variance of the gradient between rows relative to its square, summed over the
    entries: the batch from which on a larger one hardly helps (McCandlish and others 2018).
    `change` is relative to the values, and the mean over the steps since the record before.

    >>> WeightRecord("hidden/kernel", size=0.3, gradient=0.01, noise=50.0).change is None
    True
    """

    path: str
    size: float
    gradient: float | None
    noise: float | None
    change: float | None = None


@dataclass(frozen=True)
class Record:
    """What was measured after a step of training, counted from 0, for a sample of the rows.

    >>> kernel = WeightRecord("hidden/kernel", size=0.3, gradient=0.01, noise=50.0)
    >>> Record(0, 0, 0.7, 0.0, (), (kernel,)).weight("hidden/kernel").size
    0.3
    """

    step: int
    epoch: int
    loss: float
    penalty: float
    layers: tuple[LayerRecord, ...]
    weights: tuple[WeightRecord, ...]

    def weight(self, path: str) -> WeightRecord:
        """The record of the weight of a path."""
        return next(one for one in self.weights if one.path == path)


class Recorder:
    """Measures a model that trains by a setup; the model is read and never changed.

    >>> model = st.Sequential([st.layers.Dense(2, "relu", input_shape=(3,)), st.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((8, 3), np.float32), np.zeros(8, np.float32))
    >>> record = Recorder(setup).record(model, step=0, epoch=0)
    >>> [layer.name for layer in record.layers] == [layer.name for layer in model.layers]
    True
    """

    def __init__(self, setup: Setup) -> None:
        rows = setup.prepared(setup.rows).sample(GROUPS * GROUP_ROWS)
        size = max(len(rows) // GROUPS, 1)
        starts = range(0, min(size * GROUPS, len(rows)), size)
        self.groups = [rows.take(range(at, at + size)) for at in starts]
        self._activations = {spec.name: spec["activation"] for spec in setup.layers}
        self._program = InsideProgram(setup, self.groups[0])
        self._arrays = [self._program.arrays(group) for group in self.groups]
        self._before: tuple[int, list[np.ndarray]] | None = None

    @property
    def graph(self) -> Graph:
        """The program of the records, for a group of rows."""
        return self._program.graph

    def record(self, model: Model, step: int, epoch: int) -> Record:
        """The record of a model after a step."""
        self._program.move_to(model)
        found = [self._program.computed(arrays) for arrays in self._arrays]
        changes = self._changes(found[0].weights, step)
        layers = [
            self._layer([one.layers[at] for one in found]) for at in range(len(found[0].layers))
        ]
        weights = [
            _weight([one.weights[at] for one in found], changes[at], len(self.groups[0]))
            for at in range(len(found[0].weights))
        ]
        loss = float(np.mean([one.loss for one in found]))
        return Record(step, epoch, loss, found[0].penalty, tuple(layers), tuple(weights))

    def _changes(self, weights: Sequence[WeightStart], step: int) -> list[float | None]:
        """The mean change of each weight by one step since the last record."""
        values = [weight.values.copy() for weight in weights]
        before, self._before = self._before, (step, values)
        if before is None or step <= before[0]:
            return [None] * len(values)
        steps = step - before[0]
        return [
            _rms(new - old) / steps / size if (size := _rms(old)) else None
            for new, old in zip(values, before[1], strict=True)
        ]

    def _layer(self, parts: Sequence[LayerStart]) -> LayerRecord:
        outputs = np.concatenate([part.outputs for part in parts]).astype(np.float64)
        bounds = BOUNDED.get(str(self._activations.get(parts[0].name)))
        saturated = None
        if bounds is not None:
            middle, half = sum(bounds) / 2, (bounds[1] - bounds[0]) / 2
            saturated = float(np.mean(np.abs(outputs - middle) > SATURATED * half))
        return LayerRecord(
            parts[0].name,
            mean=float(outputs.mean()),
            deviation=float(outputs.std()),
            dead=float(np.mean((outputs == 0).all(axis=0))),
            constant=float(np.mean((outputs == outputs[:1]).all(axis=0))),
            saturated=saturated,
        )


def _weight(parts: Sequence[WeightStart], change: float | None, rows: int) -> WeightRecord:
    first = parts[0]
    if any(part.gradient is None for part in parts):
        return WeightRecord(first.path, _rms(first.values), None, None, change)
    gradients = np.stack([np.asarray(part.gradient, np.float64) for part in parts])
    mean = gradients.mean(axis=0)
    noise = None
    if len(gradients) > 1:
        between = float(np.sum(gradients.var(axis=0, ddof=1)))
        square = float(np.sum(mean**2)) - between / len(gradients)
        noise = between * rows / square if square > 0 else np.inf
    return WeightRecord(first.path, _rms(first.values), _rms(mean), noise, change)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0

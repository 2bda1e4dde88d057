"""Probe: the loss and the gradients of a new model as one program, and short trainings by it.

It runs on a model made for it from seed 0, a small one on NumPy, without compilation; no object of
the user changes. Depends on setup, the tape and the engines.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.tape import GradientTape
from steepest.core.variable import Variable
from steepest.doctor.rows import Rows
from steepest.doctor.setup import Setup
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.neuralnet.input.accept import intake
from steepest.neuralnet.input.feeds import specs_of
from steepest.neuralnet.step import recorded, unpack
from steepest.optimizers import Adam
from steepest.program.trace import TensorSpec, record

MOST_WORK = 1.2e8
"""Steps times weights that one short training may have."""
SMALL = 100_000
"""Networks of fewer weights run on NumPy: their steps take less time than a compilation."""


class Probe:
    """A new model of a setup, with its loss and gradients for batches of prepared rows.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), kernel_initializer="zeros")])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((4, 2), np.float32), np.float32([1, 1, 3, 3]))
    >>> probe = Probe(setup, setup.rows)
    >>> loss, gradient = probe.gradient(setup.rows)
    >>> loss, gradient.tolist()
    (5.0, [-4.0, -4.0, -4.0])
    """

    def __init__(self, setup: Setup, rows: Rows) -> None:
        self.model = setup.seeded(0)
        self._engine = "numpy" if self.model.count_params() < SMALL else None
        self.model._engine = self._engine
        feed = intake(self.model, rows.x, rows.y)
        self.weights: list[Variable] = list(self.model.trainable_weights)
        recording = recorded(self._gradients, feed.nest, specs_of(feed.nest))
        self._bound = bind(recording, engine=self._engine)
        self._initial = [variable.numpy().copy() for variable in recording.variables]

    def _gradients(self, data: Any) -> list[Any]:
        x, y, _ = unpack(data)
        with GradientTape() as tape:
            output = self.model(x, training=True)
            loss = self.model.compute_loss(x, y, output)
        slopes = tape.gradient(loss, self.weights, unconnected_gradients="zero")
        return [loss, *(ops.reshape(slope, (-1,)) for slope in slopes)]

    def gradient(self, rows: Rows) -> tuple[float, np.ndarray]:
        """The loss of a batch with its penalties, and its gradient by all weights as one vector."""
        return self._of_arrays(self._arrays(rows))

    def _arrays(self, rows: Rows) -> list[np.ndarray]:
        feed = intake(self.model, rows.x, rows.y)
        return [column.take(np.arange(len(rows))) for column in tree.leaves(feed.nest)]

    def _of_arrays(self, arrays: list[np.ndarray]) -> tuple[float, np.ndarray]:
        loss, *slopes = self._bound.call(arrays)
        return float(loss), np.concatenate(slopes) if slopes else np.zeros(0, np.float32)

    def vector(self) -> np.ndarray:
        """All trainable weights as one vector.

        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> setup = Setup.of(model, np.ones((4, 2)), np.ones(4))
        >>> Probe(setup, setup.rows).vector().tolist()
        [1.0, 1.0, 0.0]
        """
        parts = [weight.numpy().reshape(-1) for weight in self.weights]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def move_to(self, vector: np.ndarray) -> None:
        """Sets all trainable weights from one vector."""
        start = 0
        for weight in self.weights:
            buffer = weight.buffer()
            buffer[...] = vector[start : start + buffer.size].reshape(buffer.shape)
            start += buffer.size

    def restart(self) -> None:
        """Sets all variables of the program to their initial values."""
        for variable, value in zip(self._bound.recording.variables, self._initial, strict=True):
            variable.buffer()[...] = value

    def unchanged(self) -> list[str]:
        """The paths of the trainable weights that are still the initial ones.

        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
        >>> model.compile("sgd", "mse")
        >>> setup = Setup.of(model, np.ones((4, 1)), np.ones(4))
        >>> len(Probe(setup, setup.rows).unchanged())
        2
        """
        pairs = zip(self._bound.recording.variables, self._initial, strict=True)
        initial = {id(variable): value for variable, value in pairs}
        return [
            weight.path
            for weight in self.weights
            if id(weight) not in initial or np.array_equal(weight.numpy(), initial[id(weight)])
        ]

    def train(self, rows: Rows, steps: int, batch: int, rate: float) -> bool:
        """Trains from the initial weights by Adam; False if that is too much work, or diverges.

        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
        >>> model.compile("sgd", "mse")
        >>> x = np.linspace(-1, 1, 16, dtype=np.float32)[:, None]
        >>> setup = Setup.of(model, x, x[:, 0] * 0.5)
        >>> probe = Probe(setup, setup.rows)
        >>> probe.train(setup.rows, steps=200, batch=16, rate=0.02)
        True
        >>> probe.gradient(setup.rows)[0] < 1e-3
        True
        """
        self.restart()
        vector = Variable(self.vector(), name="weights")
        if steps * max(vector.size, 1) > MOST_WORK:
            return False
        arrays, update, random = (
            self._arrays(rows),
            _update_of(vector, rate, self._engine),
            np.random.default_rng(0),
        )
        order = np.zeros(0, np.int64)
        for _ in range(steps):
            if len(order) < batch:
                order = np.concatenate([order, random.permutation(len(rows))])
            chosen, order = order[:batch], order[batch:]
            loss, slope = self._of_arrays([array[chosen] for array in arrays])
            if not np.isfinite(loss):
                return False
            update.call([slope])
            self.move_to(vector.array)
        return True


def _update_of(vector: Variable, rate: float, engine: str | None) -> Bound:
    """A step of Adam for a vector, as a program of its gradient."""
    optimizer = Adam(rate)
    spec = TensorSpec(vector.shape, vector.dtype)
    step = record(lambda slope: optimizer.apply([slope], [vector]), [spec])
    return bind(step, engine=engine)

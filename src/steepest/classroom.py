"""The classes of a NumPy course: networks with explicit forward and backward steps.

They are the layers, losses and optimizers of the package under the course's names; the gradient
tape computes the backward steps that the course writes by hand. Depends on neuralnet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest import activations, losses, metrics, optimizers
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.engines.orders import epoch_order
from steepest.errors import ArgumentError
from steepest.functions import nn
from steepest.functions.random import uniform
from steepest.layers.activation import Activation
from steepest.layers.dense import Dense
from steepest.layers.layer import Layer as BaseLayer
from steepest.neuralnet.running.fit import fit
from steepest.neuralnet.running.plan import TrainingPlan
from steepest.neuralnet.sequential import Sequential

__all__ = [
    "Layer",
    "DenseLayer",
    "ActivationLayer",
    "ReLUActivation",
    "SigmoidActivation",
    "TanhActivation",
    "SoftmaxActivation",
    "LossFunction",
    "MeanSquaredError",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "SGD",
    "NeuralNetwork",
]

Array = np.ndarray


class Layer(BaseLayer):
    """A layer with a forward step, and a backward step from an error of its output.

    >>> layer = DenseLayer(2, input_shape=(3,))
    >>> layer.forward_propagation(np.ones((1, 3)), training=True).shape
    (1, 2)
    >>> layer.initialize(SGD(0.1))
    >>> layer.backward_propagation(np.ones((1, 2))).shape
    (1, 3)
    """

    _tape: GradientTape | None = None
    _rule: Any = None

    def layer_name(self) -> str:
        """The class's name."""
        return type(self).__name__

    def set_input_shape(self, shape: Any) -> None:
        """Builds the layer for the shape of one example."""
        self.ensure_built((None, *tuple(shape)))

    def initialize(self, optimizer: Any) -> None:
        """Sets the optimizer that updates the weights in backward steps."""
        self._rule = optimizers.get(optimizer)

    def parameters(self) -> int:
        """The number of weights."""
        return sum(weight.size for weight in self.weights)

    def forward_propagation(self, input: TensorLike, training: bool = True) -> Array:
        """The outputs for inputs; stores what a backward step needs."""
        self.input = ops.as_tensor(np.asarray(input, self.dtype))
        with GradientTape(persistent=True) as tape:
            tape.watch(self.input)
            self.output = self(self.input, training=training)
        self._tape = tape
        return self.output.numpy()

    def backward_propagation(self, output_error: TensorLike) -> Array:
        """Updates the weights by an error of the output; returns the error of the input."""
        if self._tape is None:
            raise ArgumentError(
                f"{self.layer_name()}: call forward_propagation before backward_propagation"
            )
        error = ops.as_tensor(np.asarray(output_error, self.dtype))
        weights = self.trainable_weights
        slopes = self._tape.gradient(self.output, [self.input, *weights], error)
        if self._rule is not None and weights:
            self._rule.apply(slopes[1:], weights)
        return slopes[0].numpy()


class DenseLayer(Layer, Dense):
    """A fully connected layer without an activation: output = input @ weights + biases.

    >>> DenseLayer(2, input_shape=(3,)).weights_shape
    (3, 2)
    """

    def __init__(self, n_units: int, input_shape: Any = None) -> None:
        Dense.__init__(self, n_units, input_shape=input_shape)
        self.n_units = n_units
        if input_shape is not None:
            self.ensure_built((None, *tuple(input_shape)))

    @property
    def biases(self) -> Variable:
        """One number a unit."""
        return self.bias

    @property
    def weights_shape(self) -> tuple[int, ...]:
        """(inputs, units)."""
        return self.kernel.shape  # type: ignore[return-value]  # no size is unknown


class ActivationLayer(Layer, Activation):
    """A layer that applies one function to each input.

    >>> ActivationLayer("relu").forward_propagation(np.array([[-1.0, 2.0]])).tolist()
    [[0.0, 2.0]]
    """

    def __init__(self, activation: Any) -> None:
        Activation.__init__(self, activation)

    def activation_function(self, input: TensorLike) -> Array:
        """The function's values."""
        return self.activation(ops.as_tensor(input)).numpy()

    def derivative(self, input: TensorLike) -> Array:
        """The function's derivative, entry by entry; for softmax the diagonal of its Jacobian."""
        x = ops.as_tensor(np.asarray(input, np.float64))
        if self.activation in (activations.softmax, nn.softmax):
            shares = nn.softmax(x)
            return (shares * (1.0 - shares)).numpy()
        with GradientTape() as tape:
            tape.watch(x)
            y = self.activation(x)
        return tape.gradient(y, x).numpy()


class ReLUActivation(ActivationLayer):
    """max(x, 0).

    >>> ReLUActivation().derivative(np.array([-1.0, 2.0])).tolist()
    [0.0, 1.0]
    """

    def __init__(self) -> None:
        super().__init__("relu")


class SigmoidActivation(ActivationLayer):
    """1 / (1 + e^-x), with derivative s (1 - s).

    >>> SigmoidActivation().derivative(np.array([0.0])).tolist()
    [0.25]
    """

    def __init__(self) -> None:
        super().__init__("sigmoid")


class TanhActivation(ActivationLayer):
    """The hyperbolic tangent, with derivative 1 - tanh^2.

    >>> TanhActivation().derivative(np.array([0.0])).tolist()
    [1.0]
    """

    def __init__(self) -> None:
        super().__init__("tanh")


class SoftmaxActivation(ActivationLayer):
    """Shares that add up to 1 in each row.

    >>> SoftmaxActivation().forward_propagation(np.zeros((1, 2))).tolist()
    [[0.5, 0.5]]
    """

    def __init__(self) -> None:
        super().__init__("softmax")


class SGD(optimizers.SGD):
    """Gradient descent with the course's averaged momentum: V = bV + (1-b)g, W = W - aV.

    `update(w, grad)` makes one step of one array, and stores V as `retained_gradient`.

    >>> rule = SGD(learning_rate=0.1, momentum=0.5)
    >>> rule.update(np.array([1.0]), np.array([2.0])).round(6).tolist()
    [0.9]
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(learning_rate, momentum=momentum, dampening=momentum)
        self.retained_gradient: Array | None = None

    def update(self, *arguments: Any) -> Any:
        """The course's step for (w, grad); with more arguments, the step of any optimizer."""
        if len(arguments) > 2:
            return super().update(*arguments)
        w, gradient = (np.asarray(argument) for argument in arguments)
        before = np.zeros_like(w) if self.retained_gradient is None else self.retained_gradient
        self.retained_gradient = self.momentum * before + (1.0 - self.momentum) * gradient
        return w - float(np.asarray(self.learning_rate)) * self.retained_gradient


class NeuralNetwork:
    """The course's network: layers added one by one, trained on anything with `X` and `y`.

    >>> import steepest as st
    >>> st.random.set_seed(3)
    >>> class Table:
    ...     X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    ...     y = np.array([[0], [1], [1], [0]])
    >>> net = NeuralNetwork(epochs=800, batch_size=4, learning_rate=0.5, loss="mse")
    >>> _ = net.add(DenseLayer(8, (2,))).add(TanhActivation())
    >>> _ = net.add(DenseLayer(1)).add(SigmoidActivation())
    >>> _ = net.fit(Table)
    >>> net.predict(Table).round().astype(int).ravel().tolist()
    [0, 1, 1, 0]
    """

    def __init__(
        self,
        epochs: int = 100,
        batch_size: int = 128,
        optimizer: Any = None,
        learning_rate: float = 0.01,
        momentum: float = 0.9,
        verbose: bool = False,
        loss: Any = "mse",
        metric: Any = None,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        made = SGD if optimizer is None else optimizer
        self.optimizer = (
            made(learning_rate=learning_rate, momentum=momentum)
            if isinstance(made, type)
            else optimizers.get(made)
        )
        self.verbose = verbose
        self.loss = losses.get(loss() if isinstance(loss, type) else loss)
        self.metric = metric
        self.layers: list[Any] = []
        self.history: dict[int, dict[str, float]] = {}
        self._model: Sequential | None = None

    def add(self, layer: Any) -> NeuralNetwork:
        """Adds a layer, built for the output shape of the layer before it."""
        if self.layers and hasattr(layer, "set_input_shape"):
            layer.set_input_shape(self.layers[-1].output_shape[1:])
        self.layers.append(layer)
        self._model = None
        return self

    def get_mini_batches(
        self, X: Array, y: Array | None = None, shuffle: bool = True
    ) -> Iterator[tuple[Array, Array | None]]:
        """Batches of rows, in random order or as they come."""
        count = len(X)
        rows = np.arange(count)
        if shuffle:
            seed = int(uniform((), 0, 2**31 - 1, dtype="int64").item())
            rows = epoch_order(seed, 0, count)
        for start in range(0, count, self.batch_size):
            part = rows[start : start + self.batch_size]
            yield X[part], None if y is None else y[part]

    def forward_propagation(self, X: Array, training: bool = True) -> Array:
        """The outputs, layer by layer."""
        for layer in self.layers:
            X = layer.forward_propagation(X, training)
        return X

    def backward_propagation(self, output_error: Array) -> Array:
        """Propagates an error of the output back, layer by layer, and updates the weights."""
        for layer in self.layers:
            if getattr(layer, "_rule", None) is None:
                layer.initialize(self.optimizer)
        for layer in reversed(self.layers):
            output_error = layer.backward_propagation(output_error)
        return output_error

    def _compiled(self) -> Sequential:
        if self._model is None:
            self._model = Sequential(self.layers)
            # A plain function of arrays is for `score`; it cannot be recorded.
            watched = isinstance(self.metric, (str, metrics.Metric))
            self._model.compile(self.optimizer, self.loss, [self.metric] if watched else [])
        return self._model

    def fit(self, dataset: Any) -> NeuralNetwork:
        """Trains on `dataset.X` and `dataset.y` for `epochs` epochs."""
        X, y = np.asarray(dataset.X), np.asarray(dataset.y)
        plan = TrainingPlan(self.batch_size, self.epochs)
        logs = fit(self._compiled(), X, y, plan, verbose=2 if self.verbose else 0)
        self.history = {
            epoch + 1: {name: values[number] for name, values in logs.history.items()}
            for number, epoch in enumerate(logs.epoch)
        }
        return self

    def predict(self, dataset: Any) -> Array:
        """The outputs for `dataset.X`."""
        outputs: Array = self._compiled().predict(np.asarray(dataset.X), verbose=0)
        return outputs

    def score(self, dataset: Any, predictions: Array | None = None) -> float:
        """The metric on a data set."""
        if self.metric is None:
            raise ArgumentError("score: no metric was given; use NeuralNetwork(metric=...)")
        made = self.predict(dataset) if predictions is None else predictions
        return float(np.asarray(_value(self.metric, np.asarray(dataset.y), made)))


def _value(metric: Any, y: Array, predictions: Array) -> Any:
    if callable(metric) and not isinstance(metric, metrics.Metric):
        return metric(y, predictions)
    measure = metrics.get(metric, target=Tensor(y), prediction=Tensor(predictions))
    measure.reset_state()
    measure.update_state(y, predictions)
    return measure.result()


LossFunction = losses.Loss
MeanSquaredError = losses.MeanSquaredError
BinaryCrossEntropy = losses.BinaryCrossentropy
CategoricalCrossEntropy = losses.CategoricalCrossentropy

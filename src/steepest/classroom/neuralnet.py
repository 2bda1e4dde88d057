"""The network of the numpy course, which trains layer by layer or as a compiled `Sequential`.

Layers, losses and optimizers of steepest are compiled together; if one of them, or a step of the
network, is written by hand, `fit` is the loop of the course. Depends on neuralnet and the layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from steepest import losses, metrics, optimizers
from steepest.arguments import whole
from steepest.callbacks import LambdaCallback
from steepest.classroom.layers import LibraryLayer, is_overridden
from steepest.classroom.metrics import BY_NAME, measured
from steepest.classroom.optimizer import SGD, rule_for_one_array
from steepest.engines.orders import epoch_order
from steepest.errors import ArgumentError
from steepest.functions.random import uniform
from steepest.layers.layer import Layer as BaseLayer
from steepest.neuralnet.running.fit import fit
from steepest.neuralnet.running.plan import TrainingPlan
from steepest.neuralnet.sequential import Sequential

__all__ = ["NeuralNetwork"]

Array = np.ndarray


class NeuralNetwork:
    """The course's network: layers added one by one, trained on anything with `X` and `y`.

    >>> from steepest.classroom import Dataset, DenseLayer, SigmoidActivation, TanhActivation
    >>> st.random.set_seed(3)
    >>> xor = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> net = NeuralNetwork(epochs=800, batch_size=4, learning_rate=0.5, metric="accuracy")
    >>> _ = net.add(DenseLayer(8, (2,))).add(TanhActivation())
    >>> _ = net.add(DenseLayer(1)).add(SigmoidActivation()).fit(xor)
    >>> net.predict(xor).round().astype(int).ravel().tolist()
    [0, 1, 1, 0]
    >>> net.history[800]["metric"], sorted(net.history[800])
    (1.0, ['loss', 'metric'])
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
        self.epochs = whole("NeuralNetwork: epochs", epochs, 0)
        self.batch_size = whole("NeuralNetwork: batch_size", batch_size, 1)
        made = SGD if optimizer is None else optimizer
        if isinstance(made, type):
            made = made(learning_rate=learning_rate, momentum=momentum)
        by_hand = hasattr(made, "update") and not isinstance(made, optimizers.Optimizer)
        self.optimizer = made if by_hand else optimizers.get(made)
        self.verbose = verbose
        given = loss() if isinstance(loss, type) else loss
        self.loss = given if hasattr(given, "derivative") else losses.get(given)
        self.metric = metric
        if isinstance(metric, str):
            metrics.get(metric)  # an unknown name is an error here, not in an epoch
        self.layers: list[Any] = []
        self.history: dict[int, dict[str, float]] = {}
        self._model: Sequential | None = None

    def add(self, layer: Any) -> Self:
        """Adds a layer, built for the output shape of the layer before it.

        A layer of `st.layers`, such as `Dropout`, becomes a `LibraryLayer`.
        """
        if isinstance(layer, BaseLayer):
            layer = LibraryLayer(layer)
        if isinstance(layer, type) or not hasattr(layer, "forward_propagation"):
            raise ArgumentError(
                f"NeuralNetwork.add: a layer was expected, got {layer!r:.60}"
                + (f"; make one: {layer.__name__}()" if isinstance(layer, type) else "")
            )
        shape = self.layers[-1].output_shape() if self.layers else None
        if shape is not None:
            layer.set_input_shape(shape)
        layer.initialize(rule_for_one_array(self.optimizer))
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
        for layer in reversed(self.layers):
            output_error = layer.backward_propagation(output_error)
        return output_error

    @property
    def model(self) -> Sequential:
        """The network as a `Sequential` with the same weights, to save it or draw it.

        >>> net = NeuralNetwork().add(st.layers.Dense(2, input_shape=(3,)))
        >>> net.model.count_params()
        8
        """
        if self._model is None:
            by_hand = self._hand_written_layers()
            if by_hand:
                raise ArgumentError(
                    f"NeuralNetwork.model: {', '.join(by_hand)} has hand-written steps, which no "
                    "layer of st.layers computes; use predict and score of the network"
                )
            self._model = Sequential([layer.library_layer() for layer in self.layers])
            metric = self._recordable_metric()
            self._model.compile(self.optimizer, self.loss, [] if metric is None else [metric])
        return self._model

    def _recordable_metric(self) -> Any:
        """The metric as `st.metrics` has it; None for a function of the user."""
        metric = BY_NAME.get(self.metric, self.metric)
        return metric if isinstance(metric, (str, metrics.Metric)) else None

    def _hand_written_layers(self) -> list[str]:
        return [layer.layer_name() for layer in self.layers if layer.library_layer() is None]

    def is_compiled(self) -> bool:
        """Whether `fit` trains the network as a compiled `Sequential`.

        It does not if a layer, the loss, the optimizer or a step of the network is hand-written.

        >>> NeuralNetwork().add(st.layers.Dense(1)).is_compiled()
        True
        """
        rule, loss = self.optimizer, self.loss
        course_rule = isinstance(rule, SGD) and is_overridden(rule, SGD, "update")
        return not (
            self._hand_written_layers()
            or is_overridden(self, NeuralNetwork, *LOOP)
            or not isinstance(rule, optimizers.Optimizer)
            or course_rule
            or not isinstance(loss, losses.Loss)
            or is_overridden(loss, losses.Loss, "loss", "derivative")
        )

    def fit(self, dataset: Any) -> Self:
        """Trains on `dataset.X` and `dataset.y` for `epochs` epochs.

        `history[epoch]` has the loss and the metric of an epoch, over its batches; a metric that
        is a function of your own is computed after the epoch in a compiled training.
        """
        X, y = self._rows("fit", dataset), self.labels(dataset)
        train = self._fit_compiled if self.is_compiled() else self._fit_by_hand
        self.history = {}
        train(X, y)
        return self

    def _rows(self, method: str, dataset: Any) -> Array:
        """The rows of a data set, for a network that has layers."""
        if not hasattr(dataset, "X"):
            raise ArgumentError(
                f"NeuralNetwork.{method}: a data set with rows X was expected, got "
                f"{dataset!r:.60}; classroom.Dataset(X, y) makes one of arrays"
            )
        if not self.layers:
            raise ArgumentError(f"NeuralNetwork.{method}: the network has no layers; add some")
        return np.asarray(dataset.X)

    def labels(self, dataset: Any) -> Array:
        """The labels; for a network of one output a column, as its predictions are."""
        if getattr(dataset, "y", None) is None:
            raise ArgumentError("NeuralNetwork: the data set has no labels y")
        y = np.asarray(dataset.y)
        one_output = self.layers and self.layers[-1].output_shape() == (1,)
        return y[:, None] if y.ndim == 1 and one_output else y

    def _fit_compiled(self, X: Array, y: Array) -> None:
        model, measures = self.model, list[float]()

        def measure(epoch: int, logs: Any) -> None:
            measures.append(measured(self.metric, y, model.predict(X, verbose=0)))

        in_python = self.metric is not None and self._recordable_metric() is None
        callbacks = [LambdaCallback(on_epoch_end=measure)] if in_python else []
        plan = TrainingPlan(self.batch_size, self.epochs)
        logs = fit(model, X, y, plan, callbacks, verbose=2 if self.verbose else 0).history
        names = ["loss"] if self.metric is None else ["loss", "metric"]
        series = [*logs.values(), *([measures] if in_python else [])]
        for number, values in enumerate(zip(*series, strict=True), 1):
            self.history[number] = dict(zip(names, values, strict=True))

    def _fit_by_hand(self, X: Array, y: Array) -> None:
        """The loop of the course: forward, the error of the loss, backward, batch by batch."""
        for epoch in range(1, self.epochs + 1):
            labels: list[Any] = []
            outputs: list[Array] = []
            for X_batch, y_batch in self.get_mini_batches(X, y):
                output = np.asarray(self.forward_propagation(X_batch, training=True))
                self.backward_propagation(np.asarray(self.loss.derivative(y_batch, output)))
                labels.append(y_batch)
                outputs.append(output)
            made, wanted = np.concatenate(outputs), np.concatenate(labels)
            logs = {"loss": float(np.asarray(self.loss.loss(wanted, made)))}
            if self.metric is not None:
                logs["metric"] = measured(self.metric, wanted, made)
            self.history[epoch] = logs
            if self.verbose:
                values = " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())
                print(f"Epoch {epoch}/{self.epochs} - {values}")

    def predict(self, dataset: Any) -> Array:
        """The outputs for `dataset.X`."""
        X = self._rows("predict", dataset)
        if self.is_compiled():
            return self.model.predict(X, verbose=0)
        return np.asarray(self.forward_propagation(X, training=False))

    def score(self, dataset: Any, predictions: Array | None = None) -> float:
        """The metric on a data set."""
        if self.metric is None:
            raise ArgumentError("score: no metric was given; use NeuralNetwork(metric=...)")
        made = self.predict(dataset) if predictions is None else predictions
        return measured(self.metric, self.labels(dataset), made)


LOOP = ("forward_propagation", "backward_propagation", "get_mini_batches")

"""Learner: a layer that can be compiled: what it learns by, and what one batch does.

What a batch does is written in the language here; a StepCache records it, the runs of `running`
use it. Depends on Layer and StepCache.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from steepest import optimizers
from steepest.arguments import whole
from steepest.changes import latest_change
from steepest.config import checked_engine
from steepest.core import ops, tree
from steepest.core.dtype import DTypeLike, computing, is_float
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, SteepestError
from steepest.functions import composed
from steepest.layers.layer import Layer
from steepest.metrics import Metric
from steepest.neuralnet import step as steps
from steepest.neuralnet.input.feeds import Prepare, columns_of
from steepest.neuralnet.metric_values import MetricUse, MetricValues
from steepest.neuralnet.objectives import Objectives
from steepest.neuralnet.predictor import Predictor
from steepest.neuralnet.step_cache import StepCache
from steepest.program.trace import Recording, guard
from steepest.schedules.clock import Clock, Testing, current_clock


class Trained(NamedTuple):
    """What training changes in a model: these weights, as layers and weights are flagged now."""

    weights: list[Variable]
    flags: tuple[bool, ...]


class Learner(Layer):
    """A layer that knows its optimizer, loss and metrics once `compile` was called.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse", metrics=["mae"])
    >>> isinstance(model, Learner), model.metrics_names
    (True, ['loss', 'mae'])
    """

    def __init__(
        self, name: str | None = None, trainable: bool = True, dtype: DTypeLike = None
    ) -> None:
        super().__init__(name=name, trainable=trainable, dtype=dtype)
        self.optimizer: Any = None
        self.objectives: Objectives | None = None
        self.history: Any = None
        self.stop_training = False
        self._engine: str | None = None
        self._threads: int | None = None
        self._steps = StepCache()
        self._predictors: dict[Any, Predictor] = {}
        self._metric_values: MetricValues | None = None
        self.metric_use: MetricUse | None = None
        self._recorded_at = latest_change()
        self.place = steps.Place()

    # ------------------------------------------------------------ compiling

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        engine: str | None = None,
        run_eagerly: bool = False,
        threads: int | None = None,
    ) -> None:
        """Say how to train: by which optimizer, for which loss, watching which metrics.

        Each can be a name or an object; with several outputs, losses and metrics can be lists or
        dictionaries by output. `engine` and `threads` overrule `st.config.engine` and
        `st.config.threads` for this model; `threads=1` keeps all that it computes to one core, and
        no result depends on their number. With `run_eagerly` an error says how to look into a step:
        those of `fit` are always recorded.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        """
        if run_eagerly:
            raise ArgumentError(
                "compile: run_eagerly: the steps of fit are always recorded as programs. To see "
                "values or set a breakpoint, call model.train_step((x, y)) on a batch yourself: it "
                "runs operation by operation; engine='numpy' lets NumPy run the programs so"
            )
        self.optimizer = optimizers.get(optimizer)
        self.objectives = Objectives(loss, metrics, weighted_metrics, loss_weights)
        self.loss = loss
        self._engine = None if engine is None else checked_engine(engine)
        self._threads = None if threads is None else whole("compile: threads", threads, 1)
        self._forget_programs()

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles take along: all but the programs, which are made anew."""
        empty: dict[str, Any] = {"_steps": StepCache(), "_predictors": {}}
        return {**super().__getstate__(), **empty, "_metric_values": None, "metric_use": None}

    def _forget_programs(self) -> None:
        self._steps = StepCache()
        self._predictors = {}
        self._metric_values = None

    def forget_if_changed(self) -> None:
        """Forget the programs if a number that they hold, as a rate, may have been assigned."""
        if self._recorded_at != latest_change():
            self._forget_programs()
            self._recorded_at = latest_change()

    def require_compiled(self, what: str) -> None:
        """Raise unless `compile` was called."""
        if self.objectives is None:
            raise SteepestError(
                f"{self.name}.{what}: the model does not know its loss and optimizer yet; "
                "call model.compile(optimizer=..., loss=...) first"
            )

    @property
    def metrics(self) -> list[Any]:
        """The metrics that are updated by each batch, the loss first; attributes are among them."""
        compiled = [] if self.objectives is None else self.objectives.metrics
        return [*compiled, *_metrics_among(vars(self).values())]

    @property
    def metrics_names(self) -> list[str]:
        """The names under which the metrics stand in logs."""
        return [] if self.objectives is None else self.objectives.names()

    @property
    def compute_dtype(self) -> np.dtype[Any]:
        """The kind that the first weights are computed with; float32 before there are any."""
        kinds = (weight.dtype for weight in self.each_weight() if is_float(weight.dtype))
        return computing(next(kinds, np.dtype("float32")))

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, by which losses and metrics can be given."""
        return ["output"]

    def _names_for(self, predictions: Any) -> list[str]:
        count = len(tree.leaves(predictions))
        if isinstance(predictions, dict):
            return sorted(predictions)
        known = self.output_names
        return known if len(known) == count else [f"output_{i + 1}" for i in range(count)]

    # ------------------------------------------------------------ one batch, in the language

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The outputs for inputs; schedules inside follow the steps of the model's optimizer."""
        with self.counted():
            return super().__call__(inputs, *args, **kwargs)

    def counted(self, training: bool = True) -> contextlib.AbstractContextManager[Any]:
        """Let schedules read the steps of the optimizer, unless a clock of training is read now."""
        if self.optimizer is None or (training and current_clock() is not None):
            return contextlib.nullcontext()
        clock: Clock = self.optimizer.clock
        return clock if training else Testing(clock)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
    ) -> Tensor:
        """The loss of a batch: that of each output, weighted, plus the layers' penalties."""
        self.require_compiled("compute_loss")
        assert self.objectives is not None
        names = self._names_for(y_pred)
        with self.counted():
            total = self.objectives.loss(y, y_pred, sample_weight, names)
        for penalty in self.losses:
            total = total + ops.cast(penalty, total.dtype)
        return total

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Let the metrics see a batch; their values so far."""
        assert self.objectives is not None
        self.objectives.update(y, y_pred, sample_weight, self._names_for(y_pred))
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The metrics' values so far, by name."""
        return {metric.name: metric.result() for metric in self.metrics}

    def train_step(self, data: Any) -> dict[str, Any]:
        """What one batch does in training; override it for a way of one's own."""
        x, y, weights = steps.unpack(data)
        with GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self.compute_loss(x, y, predictions, weights)
        guard(composed.is_finite(loss))
        variables = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self._note_loss(loss, predictions)
        return self.compute_metrics(x, y, predictions, weights)

    def test_step(self, data: Any) -> dict[str, Any]:
        """What one batch does in evaluation."""
        x, y, weights = steps.unpack(data)
        predictions = self(x, training=False)
        self._note_loss(self.compute_loss(x, y, predictions, weights), predictions)
        return self.compute_metrics(x, y, predictions, weights)

    def _note_loss(self, loss: Tensor, predictions: Any) -> None:
        """The mean over an epoch weighs each batch by its rows."""
        assert self.objectives is not None
        rows = ops.shape(tree.leaves(predictions)[0])[0]
        self.objectives.total.update_state(loss, rows)

    def predict_step(self, data: Any) -> Any:
        """What one batch does in prediction."""
        return self(steps.unpack(data)[0], training=False)

    # ------------------------------------------------------------ one batch, by a program

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """One step of training on one batch; the batch's loss and metrics.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.train_on_batch(st.ones((4, 2)), st.ones((4, 1))) >= 0.0
        True
        """
        from steepest.neuralnet.input.accept import combined_weights
        from steepest.neuralnet.running.evaluate_predict import on_batch, unwrapped

        weights = combined_weights(y, sample_weight, class_weight)
        logs = on_batch(self, "train", x, y, weights)
        return logs if return_dict else unwrapped(logs)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and metrics of one batch."""
        from steepest.neuralnet.running.evaluate_predict import on_batch, unwrapped

        logs = on_batch(self, "evaluate", x, y, sample_weight)
        return logs if return_dict else unwrapped(logs)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, without ceremony.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predict_on_batch([[1.0, 2.0]]).shape
        (1, 1)
        """
        self.forget_if_changed()
        if isinstance(x, np.ndarray) and (x.shape[1:], x.dtype) in self._predictors:
            return self._predictors[x.shape[1:], x.dtype](x)
        nest = (columns_of(x, "x", self.compute_dtype),)
        step = self.step_for("predict", nest)
        if isinstance(x, np.ndarray):
            self._predictors[x.shape[1:], x.dtype] = Predictor(step)
        inputs = [column.take(slice(None)) for column in tree.leaves(nest)]
        return tree.transform(np.asarray, step.recording.rebuild(step.bound.call(inputs)))

    def predictor(self) -> Predictor:
        """A function from rows to outputs for serving: thread-safe, a few microseconds a call.

        >>> import numpy as np, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predictor()(np.zeros((3, 2), np.float32)).tolist()
        [[0.0], [0.0], [0.0]]
        """
        shape = self.input_shape
        if shape is None or isinstance(shape, (dict, list)):
            raise ArgumentError(
                f"{self.name}.predictor: serves models with one input whose shape is known; "
                "call the model on an example first, or use predict_on_batch"
            )
        example = np.zeros((1, *shape[1:]), self.compute_dtype)
        self.predict_on_batch(example)
        return self._predictors[example.shape[1:], example.dtype]

    # ------------------------------------------------------------ programs

    def trained(self) -> Trained:
        """The weights that training changes now, and what is frozen."""
        return Trained(self.trainable_weights, self._trainable_flags())

    def step_for(
        self, kind: str, nest: Any, prepare: Prepare | None = None, trained: Trained | None = None
    ) -> steps.Step:
        """The step of a kind ("train", "epochs", "test", "predict") for data of this form.

        `prepare` is what a Dataset does to each batch: it becomes part of the step. `trained` is
        handed in by who has just asked for it: to find it out takes a walk over the model.
        """
        self.forget_if_changed()
        return self._steps.step(self, kind, nest, prepare, trained)

    def recorded_step(
        self, kind: str, nest: Any, prepare: Prepare | None = None, trained: Trained | None = None
    ) -> Recording:
        """What a step of a kind does, recorded and not made ready to run."""
        self.forget_if_changed()
        return self._steps.recording(self, kind, nest, prepare, trained)

    @property
    def metric_values(self) -> MetricValues:
        """The metrics read and reset as a whole; a step must have been recorded before."""
        if self._metric_values is None:
            self._metric_values = MetricValues(self)
        return self._metric_values

    def reset_metrics(self) -> None:
        """Start the metrics anew."""
        if self.objectives is not None:
            self.objectives.reset()


def _metrics_among(values: Iterable[Any]) -> list[Metric]:
    """The metrics among a model's attributes, in lists and tuples too."""
    found: list[Metric] = []
    for value in values:
        if isinstance(value, Metric):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += _metrics_among(value)
    return found

"""Learner: a layer that can be trained: what a batch does in training, evaluation and prediction.

The steps are written as operations on tensors here; a StepCache records them, and the training
loop in `running` runs them. Depends on Compilable and StepCache.
"""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple, Self

import numpy as np

from steepest.changes import latest_change
from steepest.core import ops, tree
from steepest.core.dtype import computing, is_float
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.layers.inputs import Prepared
from steepest.layers.layer import MISSING, Layer
from steepest.layers.overridable import Overridable
from steepest.neuralnet import step as steps
from steepest.neuralnet.compilable import Compilable
from steepest.neuralnet.input.accept import inputs_of
from steepest.neuralnet.input.feeds import Prepare
from steepest.neuralnet.metric_values import EagerMetricValues, MetricUse, MetricValues
from steepest.neuralnet.predictor import Predictor
from steepest.neuralnet.step_cache import StepCache
from steepest.program.trace import Recording, guard
from steepest.schedules.clock import Clock, Testing, current_clock


class Trained(NamedTuple):
    """The weights that training changes, and the `trainable` flags that decide it."""

    weights: list[Variable]
    flags: tuple[bool, ...]


class Learner(Compilable):
    """The base of Model that has the steps of a batch, and the programs recorded from them.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> isinstance(model, Learner), model.predict_step(([[1.0, 2.0]],)).shape
    (True, (1, 1))
    """

    column_names: list[tuple[str, ...]] | None = None  # of the tables that it was trained on

    history: Any
    stop_training: bool
    stop_evaluating: bool
    stop_predicting: bool
    epoch_position: steps.EpochPosition
    _recorded_at: int
    _steps: StepCache
    _predictors: dict[Any, Predictor]
    _metric_values: MetricValues | None
    metric_use: MetricUse | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Sets what a model has before any constructor runs: a user's may call no other."""
        model = super().__new__(cls, *args, **kwargs)
        model.history = None
        model.stop_training = model.stop_evaluating = model.stop_predicting = False
        model._steps = StepCache()
        model._predictors = {}
        model._metric_values = None
        model.metric_use = None
        model._recorded_at = latest_change()
        model.epoch_position = steps.EpochPosition()
        return model

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and pickles: all but the programs, which are made anew."""
        empty: dict[str, Any] = {"_steps": StepCache(), "_predictors": {}}
        return {**super().__getstate__(), **empty, "_metric_values": None, "metric_use": None}

    def _forget_programs(self) -> None:
        self._steps = StepCache()
        self._predictors = {}
        self._metric_values = None

    def forget_if_changed(self) -> None:
        """Drops the programs if a number in them, as a dropout rate, may have been assigned."""
        if self._recorded_at != latest_change():
            self._forget_programs()
            self._recorded_at = latest_change()

    @property
    def compute_dtype(self) -> np.dtype[Any]:
        """The dtype that the first weights are computed with; float32 before there are any."""
        dtypes = (weight.dtype for weight in self.each_weight() if is_float(weight.dtype))
        return computing(next(dtypes, np.dtype("float32")))

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

    # ------------------------------------------------------------ layers

    @Overridable
    def layers(self) -> list[Layer]:
        """The layers among the attributes."""
        return [part for part in self.sublayers if isinstance(part, Layer)]

    @Overridable
    def links(self) -> list[tuple[Layer, Layer]] | None:
        """Which layer's outputs go into which; None where `call` decides it."""
        return None

    @Overridable
    def first_layers(self) -> list[list[Layer]]:
        """For each input the layers that read it; none where `call` decides it."""
        return []

    @Overridable
    def input_names(self) -> list[str]:
        """The names of the inputs in a dictionary of them; none where `call` decides it."""
        return []

    @property
    def prefix(self) -> Any:
        """The part of the model that runs on the host, before its steps; None without one."""
        return None

    def prepared(self, inputs: Any) -> Any:
        """The inputs of the compiled steps: those given, unless layers on the host prepare them."""
        return inputs

    # ------------------------------------------------------------ one batch, as operations

    def __call__(self, inputs: Any = MISSING, *args: Any, **kwargs: Any) -> Any:
        """The outputs for inputs; schedules inside use the steps of the model's optimizer."""
        with self.counted():
            return super().__call__(inputs, *args, **kwargs)

    def counted(self, training: bool = True) -> contextlib.AbstractContextManager[Any]:
        """A context in which schedules read the steps of the optimizer, unless one is active."""
        if self.optimizer is None or (training and current_clock() is not None):
            return contextlib.nullcontext()
        clock: Clock = self.optimizer.clock
        return clock if training else Testing(clock)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The loss of a batch: the weighted sum over the outputs, plus the layers' penalties.

        `training` changes nothing here; Keras passes it to overriding methods.
        """
        self.require_compiled("compute_loss")
        assert self.objectives is not None
        names = self._names_for(y_pred)
        with self.counted():
            total = self.objectives.loss(y, y_pred, sample_weight, names)
        if total is None and not any(part._added_losses for part in self.flatten_layers()):
            raise ArgumentError(
                "compile(loss=...) is missing: training needs a loss to minimize, named there or "
                "added by a layer with add_loss"
            )
        for penalty in self.losses:
            total = penalty if total is None else total + ops.cast(penalty, total.dtype)
        assert total is not None
        return total

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Updates the metrics by a batch; returns their values so far."""
        assert self.objectives is not None
        self.objectives.update(y, y_pred, sample_weight, self._names_for(y_pred))
        return self.get_metrics_result()

    def train_step(self, data: Any) -> dict[str, Any]:
        """What one batch does in training; override it for a user-defined step."""
        x, y, weights = steps.unpack(data)
        with GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self.compute_loss(x, y, predictions, weights)
        guard(composed.is_finite(loss))
        variables = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self._update_total_loss(loss, predictions)
        return self.compute_metrics(x, y, predictions, weights)

    def test_step(self, data: Any) -> dict[str, Any]:
        """What one batch does in evaluation."""
        x, y, weights = steps.unpack(data)
        predictions = self(x, training=False)
        self._update_total_loss(self.compute_loss(x, y, predictions, weights), predictions)
        return self.compute_metrics(x, y, predictions, weights)

    def _update_total_loss(self, loss: Tensor, predictions: Any) -> None:
        """Updates the mean of the loss, which weighs each batch by its rows."""
        assert self.objectives is not None
        rows = ops.shape(tree.leaves(predictions)[0])[0]
        self.objectives.total.update_state(loss, rows)

    def predict_step(self, data: Any) -> Any:
        """What one batch does in prediction."""
        return self(steps.unpack(data)[0], training=False)

    def has_own_step(self, kind: str) -> bool:
        """Whether a subclass overrides the step of a kind: "train", "epochs", "test", "predict"."""
        name = {"epochs": "train"}.get(kind, kind) + "_step"
        return getattr(type(self), name) is not getattr(Learner, name)

    @property
    def has_call(self) -> bool:
        """Whether the model computes outputs for inputs: a step of its own can do without."""
        return type(self).call is not Layer.call

    # ------------------------------------------------------------ one batch, by a program

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, without callbacks and display.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predict_on_batch([[1.0, 2.0]]).shape
        (1, 1)
        """
        self.forget_if_changed()
        if isinstance(x, np.ndarray) and (x.shape[1:], x.dtype) in self._predictors:
            return self._predictors[x.shape[1:], x.dtype](x)
        nest = (inputs_of(self, x),)
        step = self.step_for("predict", nest)
        if isinstance(x, np.ndarray) and not (self.run_eagerly or isinstance(nest[0], Prepared)):
            self._predictors[x.shape[1:], x.dtype] = Predictor(step)
        outputs = step.bound.call([column.take(slice(None)) for column in tree.leaves(nest)])
        return tree.transform(np.asarray, step.recording.rebuild(outputs))

    def predictor(self) -> Predictor:
        """A function from rows to outputs for serving: thread-safe, a few microseconds a call.

        >>> import numpy as np, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predictor()(np.zeros((3, 2), np.float32)).tolist()
        [[0.0], [0.0], [0.0]]
        """
        shape = self.input_shape
        known = isinstance(shape, tuple) and None not in shape[1:]
        if not known or self.prefix is not None:
            raise ArgumentError(
                f"{self.name}.predictor: serves models with one input of numbers whose shape is "
                "known; call the model on an example first, or use predict_on_batch"
            )
        if self.run_eagerly:
            raise ArgumentError(
                f"{self.name}.predictor: the model was compiled with run_eagerly=True; compile it "
                "without, or call the model itself"
            )
        example = np.zeros((1, *shape[1:]), self.compute_dtype)
        self.predict_on_batch(example)
        return self._predictors[example.shape[1:], example.dtype]

    # ------------------------------------------------------------ programs

    def trained(self) -> Trained:
        """The weights that training would change now, and the `trainable` flags."""
        return Trained(*self.trained_and_flags())

    def step_for(
        self, kind: str, nest: Any, prepare: Prepare | None = None, trained: Trained | None = None
    ) -> steps.Step:
        """The step of a kind ("train", "epochs", "test", "predict") for data of this form.

        `prepare` is what a Dataset does to each batch: it becomes part of the step. A caller that
        has `self.trained()` passes it as `trained`, as computing it walks over the model.
        """
        self.forget_if_changed()
        return self._steps.step(self, kind, nest, prepare, trained)

    def recorded_step(
        self, kind: str, nest: Any, prepare: Prepare | None = None, trained: Trained | None = None
    ) -> Recording:
        """The recording of a step of a kind, not bound to an engine."""
        self.forget_if_changed()
        return self._steps.recording(self, kind, nest, prepare, trained)

    @property
    def metric_values(self) -> MetricValues | EagerMetricValues:
        """Reads and resets all metrics at once; a step must have been recorded before."""
        if self.run_eagerly:
            return EagerMetricValues(self)
        if self._metric_values is None:
            self._metric_values = MetricValues(self)
        return self._metric_values

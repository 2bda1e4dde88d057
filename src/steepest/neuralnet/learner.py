"""Learner: a layer that can be compiled: its optimizer, loss and metrics, and the steps of a batch.

The steps are written as operations on tensors here; a StepCache records them, and the training
loop in `running` runs them. Depends on Layer and StepCache.
"""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import numpy as np

from steepest import optimizers
from steepest.arguments import suggests_arguments, whole
from steepest.changes import latest_change
from steepest.config import checked_engine
from steepest.core import ops, tree
from steepest.core.dtype import DTypeLike, computing, is_float
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, SteepestError
from steepest.functions import composed
from steepest.layers.inputs import Prepared
from steepest.layers.layer import MISSING, Layer
from steepest.layers.overridable import Overridable
from steepest.neuralnet import step as steps
from steepest.neuralnet.compile_config import compile_arguments, compile_config
from steepest.neuralnet.input.accept import inputs_of
from steepest.neuralnet.input.feeds import Prepare
from steepest.neuralnet.metric_values import EagerMetricValues, MetricUse, MetricValues
from steepest.neuralnet.objectives import Objectives
from steepest.neuralnet.predictor import Predictor
from steepest.neuralnet.step_cache import StepCache
from steepest.program.trace import Recording, guard
from steepest.schedules.clock import Clock, Testing, current_clock


class Trained(NamedTuple):
    """The weights that training changes, and the `trainable` flags that decide it."""

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

    loss: Any = None  # as it was given to compile
    column_names: list[tuple[str, ...]] | None = None  # of the tables that it was trained on

    def __init__(
        self, name: str | None = None, trainable: bool = True, dtype: DTypeLike = None
    ) -> None:
        super().__init__(name=name, trainable=trainable, dtype=dtype)
        self.optimizer: Any = None
        self.objectives: Objectives | None = None
        self.history: Any = None
        self.run_eagerly = False
        self.idle_settings: dict[str, Any] = {}  # of compile, that change nothing
        self.stop_training = self.stop_evaluating = self.stop_predicting = False
        self._engine: str | None = None
        self._threads: int | None = None
        self._steps = StepCache()
        self._predictors: dict[Any, Predictor] = {}
        self._metric_values: MetricValues | None = None
        self.metric_use: MetricUse | None = None
        self._recorded_at = latest_change()
        self.epoch_position = steps.EpochPosition()

    # ------------------------------------------------------------ compiling

    @suggests_arguments
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
        steps_per_execution: Any = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Sets the optimizer, the loss and the metrics of the training.

        Each can be a name or an object; with several outputs, losses and metrics can be lists or
        dictionaries by output. `engine` and `threads` overrule `st.config.engine` and
        `st.config.threads` for this model; `threads=1` computes all on one core, and no result
        depends on their number. With `run_eagerly=True` the steps run in Python, operation by
        operation, so that `print`, a debugger and NumPy work in them; that is slow. The last three
        are Keras's and change nothing: an engine call runs many compiled batches anyway; `fit` says
        so as advice.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        """
        self.run_eagerly = bool(run_eagerly)
        self.optimizer = optimizers.get(optimizer)
        self.objectives = Objectives(loss, metrics, weighted_metrics, loss_weights)
        self.loss = loss
        self.idle_settings = {
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
            "auto_scale_loss": auto_scale_loss,
        }
        self._engine = None if engine is None else checked_engine(engine)
        self._threads = None if threads is None else whole("compile: threads", threads, 1)
        self._forget_programs()

    @Overridable
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self.objectives is not None

    def get_compile_config(self) -> dict[str, Any] | None:
        """What `compile` was given, as JSON, for `compile_from_config`; None if it was not called.

        Override both where a subclass's `compile` takes arguments of its own.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> model.get_compile_config()["metrics"]
        ['mae']
        """
        if self.objectives is None or type(self).compile is not Learner.compile:
            return None
        return compile_config(self.optimizer, self.objectives, self._engine)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles the model by a configuration from `get_compile_config`.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile_from_config({"optimizer": "sgd", "loss": "mse"})
        >>> model.optimizer, model.compiled
        (SGD(), True)
        """
        self.compile(**compile_arguments(config))

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

    def require_compiled(self, what: str) -> None:
        """Raises unless `compile` was called."""
        if self.objectives is None:
            raise SteepestError(
                f"{self.name}.{what}: the model has no loss and optimizer yet; "
                "call model.compile(optimizer=..., loss=...) first"
            )

    @property
    def metrics(self) -> list[Any]:
        """The metrics that each batch updates: the loss first, then those of `compile`.

        Those that are attributes of the model and of its layers follow.
        """
        compiled = [] if self.objectives is None else self.objectives.metrics
        return [*compiled, *super().metrics]

    @property
    def metrics_names(self) -> list[str]:
        """The names of the metrics in logs."""
        return [] if self.objectives is None else self.objectives.names()

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

    @property
    def steps_per_execution(self) -> Any:
        """The argument of `compile`; an engine call runs many batches whatever it is."""
        return self.idle_settings.get("steps_per_execution", 1)

    @property
    def jit_compile(self) -> Any:
        """The argument of `compile`; steps are compiled whatever it is."""
        return self.idle_settings.get("jit_compile", "auto")

    def get_metrics_result(self) -> dict[str, Any]:
        """The metrics' values so far, by name."""
        return {metric.name: metric.result() for metric in self.metrics}

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
        return Trained(self.trainable_weights, self._trainable_flags())

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

    def reset_metrics(self) -> None:
        """Resets the metrics."""
        for metric in self.metrics:
            metric.reset_state()

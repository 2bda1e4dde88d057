"""Compilable: a layer that knows the optimizer, loss and metrics with which it is trained.

Depends on Layer, optimizers and Objectives.
"""

from __future__ import annotations

from typing import Any, Self

from steepest import optimizers
from steepest.arguments import suggests_arguments, whole
from steepest.config import checked_engine
from steepest.errors import SteepestError
from steepest.layers.layer import Layer
from steepest.layers.overridable import Overridable
from steepest.neuralnet.compile_config import compile_arguments, compile_config
from steepest.neuralnet.objectives import Objectives


class Compilable(Layer):
    """The base of Learner that has `compile`, and what it was given.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse", metrics=["mae"])
    >>> isinstance(model, Compilable), model.metrics_names
    (True, ['loss', 'mae'])
    """

    loss: Any = None  # as it was given to compile

    optimizer: Any
    objectives: Objectives | None
    run_eagerly: bool
    idle_settings: dict[str, Any]  # of compile, that change nothing
    _engine: str | None
    _threads: int | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Sets what a model has before any constructor runs: a user's may call no other."""
        model = super().__new__(cls, *args, **kwargs)
        model.optimizer = model.objectives = model._engine = model._threads = None
        model.run_eagerly = False
        model.idle_settings = {}
        return model

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
        if self.objectives is None or type(self).compile is not Compilable.compile:
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

    def _forget_programs(self) -> None:
        """Drops the steps that were recorded with another optimizer, loss or metrics."""

    @property
    def steps_per_execution(self) -> Any:
        """The argument of `compile`; an engine call runs many batches whatever it is."""
        return self.idle_settings.get("steps_per_execution", 1)

    @property
    def jit_compile(self) -> Any:
        """The argument of `compile`; steps are compiled whatever it is."""
        return self.idle_settings.get("jit_compile", "auto")

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

    def get_metrics_result(self) -> dict[str, Any]:
        """The metrics' values so far, by name."""
        return {metric.name: metric.result() for metric in self.metrics}

    def reset_metrics(self) -> None:
        """Resets the metrics."""
        for metric in self.metrics:
            metric.reset_state()

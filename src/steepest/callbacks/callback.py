"""The base of all callbacks, and the list that calls them. Depends on errors and protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest.errors import ArgumentError, nearest
from steepest.events import Event, Logs
from steepest.finding import Finding
from steepest.protocols import TrainedModel

_BATCH_HOOKS = (
    "on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end",
)  # fmt: skip
_TEST_HOOKS = ("on_test_batch_begin", "on_test_batch_end")
_PREDICT_HOOKS = ("on_predict_batch_begin", "on_predict_batch_end")


class Callback:
    """The base of callbacks: its hooks are called during a training; override those needed.

    `self.model` is the model and `self.params` a dictionary of the run's settings. A callback
    that overrides a batch hook makes each batch an engine call of its own; without one, an engine
    call runs batches for about 50 milliseconds.

    >>> import steepest as st
    >>> class Shout(st.callbacks.Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print("epoch", epoch, "done")
    >>> Shout().on_epoch_end(0)
    epoch 0 done
    """

    monitor: str | None = None
    joins_epochs = False
    """Whether `on_epoch_end` may be called late: for several epochs after one engine call.

    A subclass says so again: its own hooks may rely on being called after each epoch.
    """
    _model: TrainedModel | None = None

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    @property
    def model(self) -> TrainedModel:
        """The model of the run."""
        if self._model is None:
            raise ArgumentError(
                f"{type(self).__name__}: self.model is known once a run has begun: give the "
                "callback to fit, evaluate or predict, or call set_model"
            )
        return self._model

    @model.setter
    def model(self, model: TrainedModel | None) -> None:
        self._model = model

    def set_model(self, model: TrainedModel | None) -> None:
        """Sets `self.model`; called once, before training."""
        self._model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Sets `self.params`; called once, before training."""
        self.params = params

    def set_run(self, run: Any) -> None:
        """Called once with the run, before training; see `on_event` and `model.training`."""

    def on_event(self, event: Event) -> None:
        """Called with each event of a training, after the hooks that belong to it.

        Unlike a hook for batches it does not make each batch an engine call of its own.
        """

    def overrides(self, *hooks: str) -> bool:
        """Whether one of these hooks is overridden, in the class or by an assignment."""
        own = (getattr(getattr(self, hook), "__func__", None) for hook in hooks)
        return any(
            function is not getattr(Callback, hook)
            for hook, function in zip(hooks, own, strict=True)
        )

    @property
    def wants_batches(self) -> bool:
        """Whether a hook for each batch of training is overridden."""
        return self.overrides(*_BATCH_HOOKS)

    @property
    def wants_batches_done(self) -> bool:
        """Whether the hook for runs of batches is overridden."""
        return self.overrides("on_batches_done")

    def ends_calmly(self, finding: Finding) -> bool:
        """Returns whether a training that fails by `finding` ends with a warning, not an error."""
        return False

    def check_monitor(self, names: Sequence[str]) -> None:
        """Raises if the logs will not have the quantity to watch; called before training."""
        if self.monitor is None or same_monitor(self.monitor, names) is not None:
            return
        hint = (
            " (no validation data were given to fit)"
            if self.monitor.startswith("val_") and not any(n.startswith("val_") for n in names)
            else ""
        )
        raise ArgumentError(
            f"{type(self).__name__}(monitor={self.monitor!r}): {nearest(self.monitor, names)}{hint}"
        )

    def close(self) -> None:
        """Closes files and displays; called however the training ends."""

    # fmt: off
    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""
    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""
    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch, counted from 0."""
    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation."""
    def on_batches_done(self, done: int, total: int | None, logs: Logs | None = None) -> None:
        """After a run of batches, about every 50 milliseconds."""
    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of training, as `on_train_batch_begin`."""
    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of training, as `on_train_batch_end`."""
    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of training."""
        self.on_batch_begin(batch, logs)
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of training."""
        self.on_batch_end(batch, logs)
    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation."""
    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation."""
    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation, also of the validation in `fit`."""
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation, with the metrics so far."""
    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""
    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""
    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""
    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction, with its `outputs`."""
    # fmt: on


def same_monitor(name: str, names: Sequence[str]) -> str | None:
    """The name among `names` that equals a monitor, or does so with `acc` for `accuracy`.

    >>> same_monitor("val_acc", ["loss", "val_accuracy"])
    'val_accuracy'
    """
    if name in names:
        return name
    known = {_long(option): option for option in names}
    return known.get(_long(name))


def _long(name: str) -> str:
    return "_".join("accuracy" if part == "acc" else part for part in name.split("_"))


class CallbackList:
    """Several callbacks, whose hooks are called in order.

    >>> several = CallbackList([st.callbacks.TerminateOnNaN()], model=None, params={})
    >>> len(several.callbacks)
    1
    """

    def __init__(
        self, callbacks: Sequence[Callback], model: TrainedModel | None, params: dict[str, Any]
    ) -> None:
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise ArgumentError(
                    f"callbacks: {callback!r} is not a callback; subclass st.callbacks.Callback"
                    + (", or make an instance of the class" if isinstance(callback, type) else "")
                )
            callback.set_model(model)
            callback.set_params(params)

    @property
    def wants_batches(self) -> bool:
        """Whether one of them has a hook for each batch of training."""
        return any(callback.wants_batches for callback in self.callbacks)

    @property
    def wants_test_batches(self) -> bool:
        """Whether one of them has a hook for each batch of an evaluation."""
        return any(callback.overrides(*_TEST_HOOKS) for callback in self.callbacks)

    @property
    def wants_predict_batches(self) -> bool:
        """Whether one of them has a hook for each batch of a prediction."""
        return any(callback.overrides(*_PREDICT_HOOKS) for callback in self.callbacks)

    @property
    def wants_batches_done(self) -> bool:
        """Whether one of them has the hook for runs of batches."""
        return any(callback.wants_batches_done for callback in self.callbacks)

    def check_monitors(self, names: Sequence[str]) -> None:
        """Raises if one watches a quantity that the logs will not have."""
        for callback in self.callbacks:
            callback.check_monitor(names)

    def close(self) -> None:
        """Closes all of them, then raises the first error of one."""
        failure: BaseException | None = None
        for callback in self.callbacks:
            try:
                callback.close()
            except BaseException as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def __getattr__(self, hook: str) -> Any:
        if not hook.startswith("on_"):
            raise AttributeError(hook)

        def call(*arguments: Any) -> None:
            for callback in self.callbacks:
                getattr(callback, hook)(*arguments)

        return call

"""SingleRun: one training among several that advance side by side.

Depends on fit, which prepares the training and its listeners.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Literal

from steepest.callbacks.history import History
from steepest.callbacks.progress import shown
from steepest.engines.stopping import StopWord
from steepest.errors import ArgumentError
from steepest.evaluate.shared_columns import SharedColumns
from steepest.events import Event, Logs, Stopped
from steepest.functions import generators
from steepest.neuralnet.model import Model
from steepest.neuralnet.running.fit import fitting
from steepest.neuralnet.running.plan import Every, TrainingOptions, plan_of
from steepest.neuralnet.running.run import CTRL_C
from steepest.neuralnet.running.training_loop import Training

State = Literal["waiting", "running", "complete", "stopped", "failed"]
FAILED = "failed"
CUT_OFF = "the events were not read to their end"


class SingleRun:
    """One of the trainings of `st.together`: its model, seed, history, state and error.

    `model` is None until a function has made it. `seed` is that of the weights, if a function makes
    them, of the order of rows and of dropout. `reason` says why the run has ended: "complete",
    "failed" (see `error`), "diverged", "stop_training", "Ctrl-C" or what was given to `stop`.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> run = st.together([model], np.ones((4, 2)), np.ones((4, 1)), epochs=2, seed=1).fit(0)[0]
    >>> run.state, run.history.epoch, sorted(run.logs)
    ('complete', [0, 1], ['loss'])
    """

    def __init__(
        self,
        index: int,
        source: Any,
        x: Any,
        y: Any,
        options: TrainingOptions,
        callbacks: Any,
        engine: str | None = None,
    ) -> None:
        self.index, self.callbacks = index, callbacks
        self._engine = engine  # of a model that was compiled without one
        self.model: Any = source if isinstance(source, Model) else None
        self.history: History | None = None
        self.error: BaseException | None = None
        self.reason = ""
        self.is_over = False
        self.stop_word: StopWord | None = None  # which ends it in a long batch
        self._build = None if self.model is not None else source
        self._x, self._y, self._options = x, y, options
        self._training: Training | None = None
        self.seed = int(options["seed"] or 0)

    @property
    def state(self) -> State:
        """How far it is: "waiting", "running", "complete", "stopped" or "failed"."""
        if self.error is not None:
            return "failed"
        if not self.is_over:
            return "waiting" if self._training is None else "running"
        return "complete" if self.reason == "complete" else "stopped"

    @property
    def logs(self) -> Logs:
        """The metrics of the last complete epoch; empty before."""
        record = {} if self.history is None else self.history.history
        return {name: values[-1] for name, values in record.items()}

    def stop(self, reason: str) -> None:
        """Ends the run after the current batches; one that is waiting does not begin."""
        if not isinstance(reason, str) or not reason:
            raise ArgumentError(f"stop: a reason was expected, as in 'too slow', got {reason!r}")
        self.reason = self.reason or reason
        if self._training is not None:
            self._training.stop(reason)

    def advanced(
        self,
        owners: Owners,
        columns: SharedColumns,
        every: Every,
        kinds: tuple[type[Event], ...],
    ) -> Iterator[Event]:
        """Builds the model and trains it: the job of a worker, in a context of its own.

        Only events of some kinds are yielded, as each of them waits for who reads them.
        """
        if self.reason:
            yield Stopped(self.reason, {})
            return
        fit = self._fitting(owners, columns, every)
        self._training, self.history = fit.run, fit.history
        fit.run.stop_word = self.stop_word
        if self.reason:  # given while the training was prepared
            fit.run.stop(self.reason)
        with contextlib.closing(fit.advanced()) as events:
            for event in events:
                if isinstance(event, Stopped):
                    self.reason = event.reason
                    fit.history.interrupted = event.reason == CTRL_C
                if isinstance(event, kinds):
                    yield event

    def _fitting(self, owners: Owners, columns: SharedColumns, every: Every) -> Any:
        if self._build is not None:
            with generators.seeded(self.seed):
                self.model = self._build()
        model = self.model
        if not isinstance(model, Model):
            raise ArgumentError(
                f"together: the function returned {type(model).__name__}, where a compiled model "
                "was expected; does it end with `return model`?"
            )
        model._engine = model._engine or self._engine
        owners.claim(self.index, [model, *model.flatten_layers(), model.optimizer])
        options: Any = dict(self._options)
        dtype = model.compute_dtype
        x, y = columns.of(model, self._x, "x", dtype), columns.of(model, self._y, "y", dtype)
        if "validation_data" in options:
            options["validation_data"] = columns.validation(model, options["validation_data"])
        fit = fitting(model, x, y, plan_of(options), self.callbacks, 0, every)
        owners.claim(self.index, model.metrics)
        return fit

    def end(self, error: BaseException | None) -> None:
        """Notes that the run has ended, and frees all but its model and history."""
        self.error, self.is_over = error, True
        if error is not None:
            self.reason = FAILED
        self.reason = self.reason or CUT_OFF
        self._x = self._y = self._training = None
        self._options = {}

    def __repr__(self) -> str:
        epochs = 0 if self.history is None else len(self.history.epoch)
        parts = [f"run {self.index}: {self.reason or self.state}"]
        if epochs:
            parts += [f"{epochs} epoch{'s' * (epochs > 1)}", shown(self.logs)]
        if self.error is not None:
            parts.append(f"{type(self.error).__name__}: {self.error}")
        return ", ".join(parts)


class Owners:
    """Which run each model, layer, optimizer and metric belongs to: no two may share one."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Any]] = {}

    def claim(self, run: int, parts: list[Any]) -> None:
        """Raises if one of the parts belongs to another run."""
        for part in parts:
            owner, _ = self._known.setdefault(id(part), (run, part))
            if part is not None and owner != run:
                raise ArgumentError(
                    f"together: runs {owner} and {run} have the same "
                    f"{type(part).__name__} object, which both would change; make a new one for "
                    "each model, in the function that builds it"
                )

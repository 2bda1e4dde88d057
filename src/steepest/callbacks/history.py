"""History: the logs of each epoch of a training. Depends on Callback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from steepest.arguments import is_whole
from steepest.callbacks.callback import Callback
from steepest.finding import Finding, Severity
from steepest.upper_rooms import function_of

if TYPE_CHECKING:
    from steepest.doctor.report import Report


class History(Callback):
    """The logs of each epoch: `history["loss"]` and so on, with the epochs' numbers in `epoch`.

    `fit` returns one. `interrupted` is true if Ctrl-C ended the training. `findings` lists the
    findings before, during and after it (see `st.diagnosis`), and `advice` the sentences of those
    that are advice: on a learning rate that was too big or too small, on high bias or variance.

    >>> history = History()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.history, history.epoch
    ({'loss': [0.5]}, [0])
    """

    joins_epochs = True

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.interrupted = False
        self.findings: list[Finding] = []
        self.records: list[Any] = []  # what `st.doctor.Doctor` has recorded
        self.validation_freq: Any = 1

    @property
    def advice(self) -> list[str]:
        """The sentences of the findings that are advice."""
        return [str(found) for found in self.findings if found.severity is Severity.ADVICE]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Appends the logs of an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def extend(self, epochs: range, values: Mapping[str, Sequence[Any]]) -> None:
        """Appends the logs of several epochs: a list of values for each name.

        >>> history = History()
        >>> history.extend(range(2), {"loss": [0.5, 0.4]})
        >>> history.history, history.epoch
        ({'loss': [0.5, 0.4]}, [0, 1])
        """
        self.epoch.extend(epochs)
        for name, several in values.items():
            self.history.setdefault(name, []).extend(several)

    def epochs_of(self, name: str) -> list[int]:
        """The epochs of the values of a name, counted from 0; of validation they may be fewer.

        >>> history = History()
        >>> history.extend(range(4), {"loss": [4.0, 3.0, 2.0, 1.0]})
        >>> history.validation_freq, history.history["val_loss"] = 2, [5.0, 6.0]
        >>> history.epochs_of("val_loss")
        [1, 3]
        """
        count, freq = len(self.history[name]), self.validation_freq
        if count == len(self.epoch):
            return self.epoch
        validated = [
            epoch
            for epoch in self.epoch
            if ((epoch + 1) % freq == 0 if is_whole(freq) else epoch + 1 in freq)
        ]
        return validated if len(validated) == count else self.epoch[-count:]

    def plot(self, *names: str) -> Any:
        """Plots training and validation, one picture a metric; returns the figure.

        `st.plot.curves` draws on given axes, and several trainings in one picture.
        """
        return function_of("History.plot")(self, *names)

    def diagnose(
        self,
        model: Any = None,
        x: Any = None,
        y: Any = None,
        validation_data: Any = None,
        callbacks: Sequence[Callback] = (),
        budget: float | None = None,
        **fit: Any,
    ) -> Report:
        """What the doctor finds in this training (see `st.doctor`), as a report.

        By the history alone: losses, metrics, and what `st.doctor.Doctor` has recorded. With the
        training's `x` and `y`, and arguments of `fit`, it proves what it suspects, as
        `st.doctor.examine` does. `model` is by default the trained one.

        >>> import numpy as np, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(np.ones((8, 2)), np.ones(8), epochs=20, verbose=0)
        >>> print(history.diagnose())
        The doctor has found nothing.
        """
        diagnose = function_of("History.diagnose")
        found: Report = diagnose(self, model, x, y, validation_data, callbacks, budget, **fit)
        return found

    def __repr__(self) -> str:
        last = {name: values[-1] for name, values in self.history.items()}
        return f"<History of {len(self.epoch)} epochs, last: {last}>"

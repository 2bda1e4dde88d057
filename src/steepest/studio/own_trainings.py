"""OwnTrainings: trains the model that was opened on its rows, as it is and with changes.

Depends on the doctor, runs and view.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from steepest.doctor.setup import Setup
from steepest.errors import SteepestError, cautions_held_back
from steepest.events import Began, Event, Stopped
from steepest.studio.fields import FieldError
from steepest.studio.runs.format import HEAD
from steepest.studio.runs.watch import Watch
from steepest.studio.view import Opened

FORBIDDEN = set('/\\:<>"|?*\0')
"""Signs that names of folders do not have on some system."""
SECONDS_TO_BEGIN = 60.0
SECONDS_TO_END = 0.3


class OwnTrainings:
    """Trainings of the opened model, one at a time, each of which is a run of a folder.

    They begin from new weights of seed 0, so that the opened model stays as it is, and the doctor
    examines each. `folder` is the one that was opened, or one that `close` removes.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> own = OwnTrainings(Opened(model, np.eye(2), np.ones(2)))
    >>> own.train(epochs=3, batch_size=2)
    'as it is'
    >>> own.close()
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self._begun: dict[str, tuple[Setup, _Watched]] = {}
        self._watch: _Watched | None = None
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> str | None:
        """The run that is being trained, or examined after it."""
        if self._watch is None or self._thread is None or not self._thread.is_alive():
            return None
        return self._watch.run_name

    @property
    def can_train(self) -> bool:
        """Whether a model was opened with rows and targets."""
        one = self.opened
        return one.model is not None and one.x is not None and one.y is not None

    @cached_property
    def folder(self) -> Path:
        """Where the runs are written."""
        given = self.opened.folder
        if given is not None and not (Path(given) / HEAD).is_file():
            return Path(given)
        return Path(tempfile.mkdtemp(prefix="steepest-studio-"))

    @property
    def has_trained(self) -> bool:
        """Whether there is such a folder already."""
        return "folder" in vars(self)

    @property
    def changeable(self) -> list[str]:
        """The runs that were trained here, so that they can be trained with changes."""
        return list(self._begun)

    def train(self, epochs: int, batch_size: int) -> str:
        """Trains the opened model; gives the name of the run once it has begun."""
        if not self.can_train:
            raise SteepestError(
                "a training here needs a model with rows and targets: "
                "steepest studio MODEL DATA, or st.studio.serve(model, x, y)"
            )
        one = self.opened
        setup = Setup.of(
            one.model, one.x, one.y, one.validation, epochs=epochs, batch_size=batch_size
        )
        return self._start(setup, "as it is")

    def train_changed(self, run: str, verdicts: Sequence[int]) -> str:
        """Trains a run of this studio again, with the changes of some verdicts on it."""
        if run not in self._begun:
            raise FieldError("run", f"{run!r} was not trained here; change its script instead")
        setup, watch = self._begun[run]
        found = () if watch.report is None else watch.report.verdicts
        words = []
        for place, at in enumerate(verdicts):
            change = found[at].change if at < len(found) else None
            if change is None:
                raise FieldError(f"verdicts.{place}", f"verdict {at} of {run!r} has no change")
            setup = change.applied(setup)
            words.append(change.words)
        return self._start(setup, ", ".join(words))

    def stop(self) -> None:
        """Ends the training that goes on after its epoch."""
        if self._watch is not None:
            self._watch.is_stopped = True

    def close(self) -> None:
        """Ends the training that goes on, and removes the folder if it is not the user's."""
        if self._watch is not None and self._thread is not None:
            self._watch.is_closed = True
            self._thread.join(SECONDS_TO_END)
        if self.has_trained and str(self.folder) != self.opened.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, setup: Setup, words: str) -> str:
        if self.busy is not None:
            raise SteepestError(f"{self.busy!r} is being trained; stop it, or wait for its end")
        if setup.refusal is not None:
            raise setup.refusal
        cleaned = "".join("-" if one in FORBIDDEN else one for one in words)
        name = cleaned[:80].strip(" .")  # a folder's
        watch = self._watch = _Watched(self.folder, name)
        self._thread = threading.Thread(
            target=self._train, args=(setup, watch), name="studio training", daemon=True
        )
        self._thread.start()
        watch.begun.wait(SECONDS_TO_BEGIN)
        if watch.writer is None:
            raise SteepestError(f"the training did not begin: {watch.fault}")
        self._begun[watch.run_name] = setup, watch
        return watch.run_name

    def _train(self, setup: Setup, watch: _Watched) -> None:
        given = setup.fit_arguments()
        callbacks = [*given.pop("callbacks"), watch]
        try:
            with cautions_held_back():
                setup.seeded(0).fit(**given, callbacks=callbacks, seed=0, verbose=0)
        except Exception as error:  # the run says so too
            watch.fault = str(error)
        finally:
            watch.begun.set()


class _Watched(Watch):
    """Watches a training that another thread can stop after its epoch, or end at once."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name, examine=True)
        self.begun = threading.Event()
        self.is_stopped = self.is_closed = False
        self.fault = ""

    @property
    def run_name(self) -> str:
        """The name of its run, which is another one where its folder was there already."""
        return str(self.name) if self.writer is None else self.writer.path.name

    def on_event(self, event: Event) -> None:
        """Writes what has happened, and ends the training if that was asked for."""
        if self.is_closed and not isinstance(event, Stopped):
            raise SteepestError("the studio has ended")
        super().on_event(event)
        if isinstance(event, Began):
            self.begun.set()
        if self.is_stopped:
            model: Any = self.model
            model.stop_training = True

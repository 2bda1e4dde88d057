"""The view `training`: the curves, layers and findings of runs, saved or going on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.errors import DataError, SteepestError
from steepest.page.thinning import thin_line
from steepest.studio.fields import FieldError, State, list_of, text, whole
from steepest.studio.frame import Frame
from steepest.studio.own_trainings import OwnTrainings
from steepest.studio.runs.page import page_of_runs
from steepest.studio.runs.reader import RunReader, run_folders
from steepest.studio.view import View, answers

MOST_SHOWN = 8
MOST_EPOCHS_OF_LAYERS = 60
SECONDS = 0.25
"""Between two looks at the folders of the runs that are shown."""


class Training(View):
    """Shows runs of the folder that the studio was opened with.

    >>> from steepest.studio.session import Session
    >>> frame = Session().request({"view": "training", "do": "runs"})
    >>> frame.data["runs"]
    []
    """

    name = "training"

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self.own = OwnTrainings(self.opened)
        self._readers: dict[str, RunReader] = {}
        self._shown: list[str] = []
        self._ended = threading.Event()
        self._looking: threading.Thread | None = None
        self._lock = threading.Lock()

    @answers()
    def runs(self, state: State) -> Frame:
        """The runs of the folder, with the last values of each."""
        found = []
        for name in self._folders():
            try:
                with self._lock:
                    found.append(summary_of(name, self._reader(name)))
            except (SteepestError, OSError) as error:
                found.append({"name": name, "state": "unreadable", "message": str(error)})
        own = {
            "trains": self.own.can_train, "busy": self.own.busy, "changeable": self.own.changeable
        }  # fmt: skip
        return Frame("runs", {"runs": found, "folder": self.opened.folder, "own": own})

    @answers(runs=list_of(text(255), 0, MOST_SHOWN))
    def open(self, state: State) -> Frame:
        """Shows some runs from now on; the answer has their curves."""
        with self._lock:
            for at, name in enumerate(state["runs"]):
                self._known(f"runs.{at}", name)
            self._shown = list(state["runs"])
            frame = curves_frame(self._opened())
            self._push(self._shown)
        if self._looking is None:
            self._looking = threading.Thread(target=self._look, name="studio runs", daemon=True)
            self._looking.start()
        return frame

    @answers(run=text(255), epochs=whole(0))
    def layers(self, state: State) -> Frame:
        """The histograms of one run after so many epochs, or the nearest that were written."""
        with self._lock:
            reader = self._known("run", state["run"])
            if not reader.layer_files:
                raise FieldError("run", "it has no histograms")
            nearest = min(reader.layer_files, key=lambda at: abs(at - state["epochs"]))
            return layers_frame(state["run"], reader, [nearest])

    @answers(runs=list_of(text(255), 0, MOST_SHOWN))
    def report(self, state: State) -> Frame:
        """Some runs as one file of HTML, which opens without a network."""
        with self._lock:
            for at, name in enumerate(state["runs"]):
                self._known(f"runs.{at}", name).update()
            html = page_of_runs({name: self._readers[name] for name in state["runs"]}).html()
        return Frame("report", {"name": "steepest_runs.html", "html": html})

    @answers(epochs=whole(1, 100_000, 20), batch_size=whole(1, 1 << 20, 32))
    def train(self, state: State) -> Frame:
        """Trains the opened model on its rows, as a new run, which the doctor examines."""
        return Frame("began", {"run": self.own.train(state["epochs"], state["batch_size"])})

    @answers(run=text(255), verdicts=list_of(whole(0), 1, 100))
    def apply(self, state: State) -> Frame:
        """Trains a run that the studio has trained again, with the changes of some verdicts."""
        return Frame("began", {"run": self.own.train_changed(state["run"], state["verdicts"])})

    @answers()
    def stop(self, state: State) -> Frame:
        """Ends the training that the studio has begun."""
        self.own.stop()
        return Frame("stopping")

    def close(self) -> None:
        """Looks no more, and ends what it trains."""
        self.own.close()
        self._ended.set()
        if self._looking is not None and self._looking is not threading.current_thread():
            self._looking.join(timeout=2)

    # ------------------------------------------------------------ looking

    def _folders(self) -> dict[str, Any]:
        given = self.opened.folder
        folders = [] if given is None else [given]
        if self.own.has_trained and str(self.own.folder) != given:
            folders.append(str(self.own.folder))
        found: dict[str, Any] = {}
        for folder in folders:
            try:
                found |= run_folders(folder)
            except OSError as error:
                raise DataError(f"{folder}: {error.strerror}") from None
        return found

    def _known(self, field: str, name: str) -> RunReader:
        """The reader of a run that was asked for by its name in a field."""
        if name not in self._folders():
            raise FieldError(field, f"there is no run {name!r} in the folder")
        return self._reader(name)

    def _reader(self, name: str) -> RunReader:
        if name not in self._readers:
            self._readers[name] = RunReader(self._folders()[name])
            self._readers[name].update()
        return self._readers[name]

    def _opened(self) -> dict[str, RunReader]:
        return {name: self._readers[name] for name in self._shown}

    def _look(self) -> None:
        before: dict[str, str] = {}
        while not self._ended.wait(SECONDS):
            with self._lock:
                for name, reader in self._opened().items():
                    try:
                        is_new = reader.update()
                    except (SteepestError, OSError) as error:
                        is_new, reader.faults = reader.faults != [str(error)], [str(error)]
                    state = reader.state
                    if is_new or before.get(name) != state:
                        before[name] = state
                        with contextlib.suppress(SteepestError, OSError):  # a file has gone
                            self._push([name])

    def _push(self, changed: list[str]) -> None:
        """Pushes the curves of all runs that are shown, and layers and findings of the first."""
        shown = self._opened()
        self.push(curves_frame(shown))
        if shown and next(iter(shown)) in changed:
            name, reader = next(iter(shown.items()))
            epochs = sorted(reader.layer_files)
            places = np.linspace(0, len(epochs) - 1, min(len(epochs), MOST_EPOCHS_OF_LAYERS))
            self.push(layers_frame(name, reader, [epochs[at] for at in places.round().astype(int)]))
        self.push(Frame("finding", {"runs": [
            {"name": name, "findings": one.findings, "verdicts": one.verdicts,
             "proved": one.proved, "diff": one.diff, "program": one.program,
             "faults": one.faults}
            for name, one in shown.items()
        ]}))  # fmt: skip


def summary_of(name: str, reader: RunReader) -> dict[str, Any]:
    """What is known of a run, in short: its state, and the last values of its metrics."""
    reader.update()
    last = {metric: of[-1] for metric, of in reader.curves.items() if of}
    head = {each: reader.head.get(each) for each in ("started", "model", "optimizer", "fit")}
    return {
        "name": name, "state": reader.state, "epochs": len(reader.epochs), "step": reader.step,
        "planned": reader.planned, "last": last, "verdicts": len(reader.verdicts), **head,
    }  # fmt: skip


def curves_frame(shown: dict[str, RunReader]) -> Frame:
    """The curves of runs: for each, the arrays x (epochs done) and y of each metric, thinned.

    >>> curves_frame({}).data
    {'runs': [], 'curves': []}
    """
    curves: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for name, reader in shown.items():
        for metric, x, y in points_of(reader):
            at = len(curves)
            curves.append({"run": name, "metric": metric, "points": len(x)})
            shown_points = thinned(x, y)
            arrays[f"x_{at}"] = x[shown_points].astype(np.float32)
            arrays[f"y_{at}"] = y[shown_points].astype(np.float32)
    runs = [summary_of(name, reader) for name, reader in shown.items()]
    return Frame("curves", {"runs": runs, "curves": curves}, arrays)


def points_of(reader: RunReader) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """The points of each curve of a run; within long epochs "batch loss" and so on."""
    ends = np.array(reader.epochs, np.float64) + 1
    for name, values in reader.curves.items():
        known = np.array([value is not None for value in values], bool)
        yield name, ends[known], np.array([each for each in values if each is not None], float)
    for name in reader.batches[-1]["logs"] if reader.batches else ():
        found = [(one["at"], one["logs"].get(name)) for one in reader.batches]
        points = np.array([pair for pair in found if pair[1] is not None], float).reshape(-1, 2)
        yield f"batch {name}", points[:, 0], points[:, 1]


def thinned(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The indices of points that a line is drawn through, so that it looks the same.

    >>> thinned(np.arange(100_000.0), np.sin(np.arange(100_000.0))).size < 2000
    True
    """
    if len(x) < 2:
        return np.arange(len(x))
    width = float(np.ptp(x)) or 1.0
    return thin_line((x - x[0]) / width, y)


def layers_frame(name: str, reader: RunReader, epochs: list[int]) -> Frame:
    """Histograms of a run after each of some epochs: counts and edges by layer and epoch."""
    found = [reader.layers(each) for each in epochs]
    names = found[-1].names if found else []
    same = [one for one in found if one.names == names]
    arrays: dict[str, np.ndarray] = {
        "epochs": np.array([one.epochs for one in same], np.int32),
        "facts": np.array([one.facts for one in same], np.float32).reshape(
            len(same), len(names), 4
        ),
    }
    for at in range(len(names)):
        bins = max((one.counts[at].size for one in same), default=0)
        counts, edges = (np.zeros((len(same), size), kind) for size, kind in (
            (bins, np.int32), (bins + 1, np.float32)))  # fmt: skip
        for row, one in enumerate(same):
            size = one.counts[at].size
            counts[row, :size] = one.counts[at]
            edges[row] = one.edges[at][-1]
            edges[row, : size + 1] = one.edges[at]
        arrays |= {f"counts_{at}": counts, f"edges_{at}": edges}
    facts = ["mean", "deviation", "zeros", "not finite"]
    return Frame("layers", {"run": name, "names": names, "facts": facts}, arrays)

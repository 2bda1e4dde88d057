"""together: trains any mix of models side by side, each on a thread of its own, over shared data.

Depends on single_run and side_by_side.
"""

from __future__ import annotations

import copy
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, get_args

from steepest.config import checked_engine
from steepest.errors import ArgumentError, caution, nearest, unknown_name
from steepest.evaluate.shared_columns import SharedColumns, refuse_iterators
from steepest.evaluate.side_by_side import SideBySide
from steepest.evaluate.single_run import FAILED, Owners, SingleRun
from steepest.evaluate.together_display import displayed
from steepest.events import Event, Stopped
from steepest.functions import generators
from steepest.neuralnet.ensemble import Ensemble
from steepest.neuralnet.model import Model
from steepest.neuralnet.running.interrupt import watched
from steepest.neuralnet.running.plan import Every, TrainingOptions, plan_of
from steepest.neuralnet.running.run import CTRL_C, FREQUENCIES

MOST_LISTED = 30  # runs in the text of a `Together`
_OPTIONS = ("x", "y", "callbacks", *TrainingOptions.__annotations__)


def together(
    models: Any,
    x: Any = None,
    y: Any = None,
    *,
    each: Sequence[Mapping[str, Any]] | None = None,
    workers: int | None = None,
    every: Every = "epoch",
    engine: str | None = None,
    **options: Any,
) -> Together:
    """Prepares to train several models side by side; `fit` of the result does it.

    `models` holds compiled models, or functions that return one: such a function is called when
    the run begins, with all random numbers seeded by the run's seed. The options are those of
    `fit`, for all runs; `each` holds a dictionary of options for each run, which come first (`x`
    and `y` among them). One function with several dictionaries in `each` makes a model for each.

    Each run is the same, bit for bit, as that model trained alone with the run's seed; a seed that
    is not given is drawn. The data are shared, not copied. `callbacks` for all runs are copied for
    each. As many runs advance at once as there are cores, each on one thread; the last ones use
    the cores that are free. Of large networks fewer advance at once, with more threads: as many as
    have their weights in the processor's cache. `workers` sets another number: with 1 each run has
    all cores.

    `engine` is that of models which are compiled without one. On the engine "xla" all runs advance
    at once, and those of one shape on the same data run as one program: networks that differ in
    rates, penalties, seeds and other numbers. Their results are those of each alone up to rounding.

    >>> def build(units):
    ...     model = st.Sequential([st.layers.Dense(units, "tanh"), st.layers.Dense(1, "sigmoid")])
    ...     model.compile(st.optimizers.Adam(0.05), "binary_crossentropy", ["accuracy"])
    ...     return model
    >>> x, y = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]]), np.float32([0, 1, 1, 0])
    >>> builds = [lambda units=units: build(units) for units in (2, 8)]
    >>> runs = st.together(builds, x, y, epochs=200, each=[{"seed": 1}, {"seed": 2, "epochs": 300}])
    >>> runs.fit(verbose=0)[1].logs["accuracy"]
    1.0
    >>> [len(history.epoch) for history in runs.histories]
    [200, 300]
    """
    sources = [models] if callable(models) else list(models)
    each = [{}] * len(sources) if each is None else list(each)
    if len(sources) == 1 and not isinstance(sources[0], Model):
        sources *= len(each)
    _check(sources, each, every, engine, options)
    runs = []
    for index, (source, own) in enumerate(zip(sources, each, strict=True)):
        given: dict[str, Any] = {"x": x, "y": y, **options, **own}
        if "callbacks" not in own:
            given["callbacks"] = copy.deepcopy(given.get("callbacks"))
        if given.get("seed") is None:
            given["seed"] = generators.fresh_seed()
        runs.append(_run(index, source, len(sources), given, engine))
    named = {source._engine if isinstance(source, Model) else None for source in sources}
    return Together(runs, workers, every, engine or (named.pop() if len(named) == 1 else None))


def _run(
    index: int, source: Any, count: int, given: dict[str, Any], engine: str | None
) -> SingleRun:
    x, y, callbacks = (given.pop(name, None) for name in ("x", "y", "callbacks"))
    for name, data in (("x", x), ("validation_data", given.get("validation_data"))):
        refuse_iterators(name, data, count)
    training: Any = given
    plan_of(training)  # raises for a wrong one
    return SingleRun(index, source, x, y, training, callbacks, engine)


def _check(
    sources: list[Any],
    each: Sequence[Mapping[str, Any]],
    every: str,
    engine: str | None,
    options: dict[str, Any],
) -> None:
    if not sources:
        raise ArgumentError("together: no model was given; give a list of models or functions")
    if len(sources) != len(each):
        raise ArgumentError(
            f"together: each has options for {len(each)} runs, and there are {len(sources)} models"
        )
    for index, source in enumerate(sources):
        if not (isinstance(source, Model) or (callable(source) and not hasattr(source, "fit"))):
            raise ArgumentError(
                f"together: models[{index}]: a model or a function that returns one was expected, "
                f"got {source!r:.60}"
            )
    if engine is not None:
        checked_engine(engine)
    if every not in FREQUENCIES:
        raise unknown_name("frequency of events", every, FREQUENCIES)
    for name in {name for own in (options, *each) for name in own}:
        if name == "verbose":
            raise ArgumentError("together: verbose belongs to fit: st.together(...).fit(verbose=0)")
        if name not in _OPTIONS:
            raise ArgumentError(f"together: no argument {name!r}: {nearest(name, _OPTIONS)}")
    _check_callbacks([options.get("callbacks"), *(own.get("callbacks") for own in each)])


def _check_callbacks(given: list[Any]) -> None:
    """Raises where one callback would serve several runs."""
    lists = [one if isinstance(one, (list, tuple)) else [one] for one in given if one is not None]
    callbacks = [one for several in lists for one in several]
    for one, count in Counter(map(id, callbacks)).items():
        if count > 1:
            name = next(type(callback).__name__ for callback in callbacks if id(callback) == one)
            raise ArgumentError(
                f"together: {count} runs have the same {name} object, which stores the state of "
                "one; make one for each, or give it to all runs by callbacks=, where it is copied"
            )


class Together:
    """Trainings of several models side by side, made by `st.together`.

    A sequence of runs: `runs[3].model`, `.history`, `.state`, `.error`, `.seed`. `fit` trains
    them; `events` does too, and yields what happens, so that a program can stop runs meanwhile.

    >>> def build():
    ...     model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    ...     model.compile("sgd", "mse")
    ...     return model
    >>> x, y = np.ones((8, 2)), np.ones((8, 1))
    >>> runs = st.together(build, x, y, epochs=3, each=[{"seed": seed} for seed in range(2)])
    >>> for run, event in runs.events():
    ...     if run.index == 0 and isinstance(event, st.events.EpochDone) and event.epoch == 1:
    ...         run.stop("worse than the other")
    >>> [(run.reason, len(run.history.epoch)) for run in runs]
    [('worse than the other', 2), ('complete', 3)]
    """

    def __init__(
        self, runs: list[SingleRun], workers: int | None, every: Every, engine: str | None = None
    ) -> None:
        self.runs, self.every = runs, every
        self._pool = SideBySide(len(runs), workers, are_trainings=True, engine=engine)
        self._events: Generator[tuple[SingleRun, Event], None, None] | None = None

    def events(self) -> Iterator[tuple[SingleRun, Event]]:
        """The remaining events, each with its run; each call returns the same iterator.

        A run whose training raises an error ends with `Stopped("failed", ...)`.
        """
        if self._events is None:
            self._events = self._all(self.every, get_args(Event))
        return self._events

    def fit(self, verbose: Any = "auto", raise_errors: bool = False) -> Together:
        """Trains all models; returns this object.

        A run that fails does not end the others: its error is in `run.error`, and a warning names
        it. It is raised at the end if all fail, or with `raise_errors`. Ctrl-C ends all runs after
        their current batches; those that are complete stay so, and the others have a state of
        "stopped" or "waiting".
        """
        if self._events is not None:
            raise ArgumentError("together: the runs have begun; make new ones by st.together")
        self._events = self._all("call", (Stopped,))
        with watched(lambda: self.stop(reason=CTRL_C)) as interrupt:
            for run in self.runs:
                run.stop_word = interrupt.stop
            displayed(self._events, verbose, self.__str__, len(self.runs))
        if any(run.reason == CTRL_C for run in self.runs):
            complete = sum(run.state == "complete" for run in self.runs)
            print(
                f"\nstopped by Ctrl-C: {complete} of {len(self.runs)} runs are complete; the "
                "others have the weights and the history of their last batch, or have not begun",
                file=sys.stderr,
            )
        failed = [run for run in self.runs if run.error is not None]
        if failed and (raise_errors or len(failed) == len(self.runs)):
            assert failed[0].error is not None
            raise failed[0].error
        if failed:
            first = failed[0]
            caution(
                f"{len(failed)} of {len(self.runs)} runs failed, run {first.index} first "
                f"({type(first.error).__name__}: {first.error}); run.error has the error of each"
            )
        self._pool.warn()
        return self

    def stop(self, index: int | None = None, reason: str = "stopped") -> None:
        """Ends a run, or all runs, after their current batches; those that wait do not begin."""
        for run in self.runs if index is None else [self.runs[index]]:
            if not run.is_over:
                run.stop(reason)

    def _all(
        self, every: Every, kinds: tuple[type[Event], ...]
    ) -> Generator[tuple[SingleRun, Event], None, None]:
        owners, columns = Owners(), SharedColumns()
        jobs = [run.advanced(owners, columns, every, kinds) for run in self.runs]
        try:
            for piece in self._pool.pieces(jobs):
                run = self.runs[piece.job]
                if not piece.is_over:
                    yield run, piece.value
                    continue
                run.end(piece.error)
                if piece.error is not None:
                    yield run, Stopped(FAILED, run.logs)
        finally:
            for run in self.runs:
                if run.state == "running":
                    run.end(None)

    @property
    def models(self) -> list[Any]:
        """The model of each run; None where a function has not made it."""
        return [run.model for run in self.runs]

    def ensemble(self) -> Ensemble:
        """The mean of the models that were trained, without those of failed runs.

        >>> def build():
        ...     model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        ...     model.compile("sgd", "mse")
        ...     return model
        >>> runs = st.together([build, build], np.ones((4, 2)), np.ones((4, 1))).fit(verbose=0)
        >>> runs.ensemble().shares
        [0.5, 0.5]
        """
        return Ensemble([run.model for run in self.runs if run.history and run.error is None])

    @property
    def histories(self) -> list[Any]:
        """The history of each run; None where it has not begun."""
        return [run.history for run in self.runs]

    def __len__(self) -> int:
        return len(self.runs)

    def __getitem__(self, index: int) -> SingleRun:
        return self.runs[index]

    def __iter__(self) -> Iterator[SingleRun]:
        return iter(self.runs)

    def __str__(self) -> str:
        return f"{len(self.runs)} run{'s' * (len(self.runs) > 1)}, {self._pool}"

    def __repr__(self) -> str:
        states = Counter(run.state for run in self.runs)
        head = f"{self}: " + ", ".join(f"{count} {state}" for state, count in states.items())
        lines = list(map(repr, self.runs[:MOST_LISTED]))
        left = len(self.runs) - len(lines)
        return "\n".join([head, *lines, *([f"and {left} more"] if left else [])])

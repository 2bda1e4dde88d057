"""The view `playground`: a network that learns points in the plane while one changes it.

A thread of its own trains, makes the frames and carries out changes; requests wait for it.
"""

from __future__ import annotations

import atexit
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np

from steepest.errors import SteepestError
from steepest.studio.fields import (
    Field,
    FieldError,
    State,
    check,
    number,
    optional,
    whole,
)
from steepest.studio.frame import Frame
from steepest.studio.view import View, answers
from steepest.studio.views import playground_frames as frames
from steepest.studio.views import playground_python
from steepest.studio.views.playground_experiment import DIVERGED, Experiment
from steepest.studio.views.playground_network import NETWORK
from steepest.studio.views.playground_tables import tables_of

UNLIMITED = "unlimited"
FRAMES, FRAMES_UNLIMITED = 1 / 30, 0.1  # seconds between frames: at least, and on average
SHARE_OF_FRAMES = 0.04  # of the time, for training as fast as it can
LONGEST_PICTURE = 0.25  # of training; a picture of slow steps has fewer
LONGEST_WAIT = 60.0
LONGEST_CATCH = 2.0

Task = tuple[Callable[[], Any], "Future[Any]"]


def _read_speed(value: Any, where: str) -> int | None:
    if value == UNLIMITED:
        return None
    steps: int = whole(1, 10**6).read(value, where)
    return steps


class Playground(View):
    """Trains a network step by step or as fast as it can; settings change while it learns.

    It pushes frames of the kinds state, points, progress, map, units and finding.
    """

    name = "playground"

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._experiment = Experiment(check(NETWORK, {}), tables_of(host))
        self._speed: int | None = 1
        self._running = False
        self._measured = time.perf_counter(), 0
        self._thread = threading.Thread(target=self._work, name="playground", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # as Python must not end while the thread runs machine code

    # ------------------------------------------------------------ requests

    @answers()
    def show(self, state: State) -> Frame:
        """Pushes all frames, for a page that begins."""
        return self._do(self._show_all)

    @answers(changes=Field(lambda value, where: value, {}))
    def set(self, state: State) -> Frame:
        """Changes some fields of the state; what was learned stays."""
        changes = state["changes"]
        if not isinstance(changes, dict):
            raise FieldError("changes", "an object was expected")
        return self._do(lambda: self._set(changes))

    @answers(speed=Field(_read_speed, 1))
    def run(self, state: State) -> Frame:
        """Trains from now on: so many steps for each frame, or as many as it can."""
        return self._do(lambda: self._run(state["speed"]))

    @answers()
    def pause(self, state: State) -> Frame:
        """Stops the training until `run` or `step`."""
        return self._do(self._pause)

    @answers(steps=optional(whole(1, 10**6)))
    def step(self, state: State) -> Frame:
        """Trains so many steps, or to the end of the epoch."""
        return self._do(lambda: self._step(state["steps"]))

    @answers()
    def reset(self, state: State) -> Frame:
        """Begins again with the initial weights."""
        return self._do(self._reset)

    @answers()
    def undo(self, state: State) -> Frame:
        """Returns to the moment before the last change, or reset."""
        return self._do(lambda: self._return(self._experiment.undo))

    @answers(rate=optional(number(0, 1e6)))
    def back(self, state: State) -> Frame:
        """Returns to the last moment with finite numbers, with another rate if it is given."""
        return self._do(lambda: self._back(state["rate"]))

    @answers(
        layer=whole(0, 20), unit=whole(0, 100), row=optional(whole(0, 100)), value=number(-1e6, 1e6)
    )
    def edit(self, state: State) -> Frame:
        """Sets one weight, or a bias: `row` is the input, null for the bias."""
        given = state["layer"], state["unit"], state["row"], state["value"]
        return self._do(lambda: self._return(lambda: self._experiment.edit(*given)))

    @answers()
    def python(self, state: State) -> Frame:
        """The script that trains the same network and computes the same pictures."""
        return self._do(
            lambda: Frame("python", {"text": playground_python.script(self._experiment)})
        )

    def close(self) -> None:
        """Ends the thread."""
        atexit.unregister(self.close)
        self._tasks.put(None)
        self._thread.join(LONGEST_WAIT)

    # ------------------------------------------------------------ the thread

    def _do(self, task: Callable[[], Frame]) -> Frame:
        """The result of a task, which the thread carries out between two calls of the engine."""
        done: Future[Frame] = Future()
        self._tasks.put((task, done))
        return done.result(LONGEST_WAIT)

    def _work(self) -> None:
        shown = cost = 0.0  # when the last frames were made, and their time
        due = 0.0  # the next ones where training is as fast as it can be: by the clock, ...
        earned = 0.0  # ... and by the time of this thread, as others may have had the processor
        while True:
            left = shown + max(FRAMES, 2 * cost) - time.perf_counter()
            if not self._carry_out(left if self._speed is not None else 0.0):
                return
            if self._running:
                self._train()
                if self._speed is not None or (
                    time.perf_counter() >= due and time.thread_time() >= earned
                ):
                    shown, began = time.perf_counter(), time.thread_time()
                    self._show_training()
                    cost = time.thread_time() - began
                    due = _next(due, shown, FRAMES_UNLIMITED)
                    earned = _next(earned, began, cost / SHARE_OF_FRAMES)

    def _carry_out(self, wait: float) -> bool:
        """Carries out the tasks that wait, and waits for the next frame; False at the end."""
        until = time.perf_counter() + wait
        while True:
            try:
                if not self._running:
                    item = self._tasks.get()
                else:
                    left = until - time.perf_counter()
                    item = self._tasks.get(timeout=left) if left > 0 else self._tasks.get_nowait()
            except queue.Empty:
                return True
            if item is None:
                return False
            task, done = item
            try:
                done.set_result(task())
            except BaseException as error:
                done.set_exception(error)

    def _train(self) -> None:
        """Trains what belongs to a picture, or a part of 50 milliseconds.

        Of two experiments the one that is behind comes first. A finding follows the state, so that
        a page which shows why a training ended does not offer to pause it.
        """
        experiment = self._experiment
        findings = [run.finding for run in experiment.runs]
        try:
            for _ in experiment.runs:
                left = [run for run in experiment.runs if not run.ended]
                if left:
                    self._advance(min(left, key=lambda run: run.at))
        except (SteepestError, MemoryError) as error:
            self._running = False
            self._show_state()
            self.push(Frame("finding", {"message": str(error), "remedy": "", "can_return": True}))
            return
        if all(run.ended for run in experiment.runs):
            self._running = False
            self._show_training()
            self._show_state()
        if [run.finding for run in experiment.runs] != findings:
            self._push_finding()

    def _advance(self, run: Experiment) -> None:
        """Trains the steps of a picture, in parts that end with epochs, but not for long."""
        end, until = run.steps + (self._speed or 0), time.perf_counter() + LONGEST_PICTURE
        run.advance(self._speed)
        while run.steps < end and not run.ended and time.perf_counter() < until:
            run.advance(self._speed)

    # ------------------------------------------------------------ tasks

    def _set(self, changes: dict[str, Any]) -> Frame:
        experiment = self._experiment
        experiment.change(check(NETWORK, {**experiment.state, **changes}))
        return self._show_all()

    def _run(self, speed: int | None) -> Frame:
        if all(run.ended == DIVERGED for run in self._experiment.runs):
            raise FieldError("", "the numbers are no longer finite; go back, or reset")
        self._begin_again()
        self._speed, self._running = speed, True
        self._measured = time.perf_counter(), self._steps()
        return self._show_state()

    def _begin_again(self) -> None:
        for run in self._experiment.runs:
            run.ended = run.ended if run.ended == DIVERGED else ""

    def _pause(self) -> Frame:
        was_running, self._running = self._running, False
        if was_running:
            self._align()
        self._show_training()
        return self._show_state()

    def _align(self) -> None:
        """Trains the experiment that is behind for a while, so that both have as many epochs."""
        runs, until = self._experiment.runs, time.perf_counter() + LONGEST_CATCH
        epochs = max(run.epoch for run in runs)
        for run in runs:
            while run.epoch < epochs and not run.ended and time.perf_counter() < until:
                run.advance(None, epochs)
            run.ended = run.ended.removeprefix("complete")

    def _step(self, steps: int | None) -> Frame:
        self._running = False
        self._begin_again()
        for run in self._experiment.runs:
            left = steps or run.steps_per_epoch - run.step
            while left > 0 and not run.ended:
                before = run.steps
                run.advance(1)
                left -= max(1, run.steps - before)
        if any(run.finding is not None for run in self._experiment.runs):
            self._push_finding()
        self._show_training()
        return self._show_state()

    def _reset(self) -> Frame:
        self._experiment.remember()
        self._experiment.reset(self._experiment.state)
        self._push_finding()
        return self._show_all()

    def _return(self, act: Callable[[], None]) -> Frame:
        act()
        return self._show_all()

    def _back(self, rate: float | None) -> Frame:
        experiment = self._experiment
        if experiment.finite is None:
            raise FieldError("", "there is no earlier moment")
        experiment.restore(experiment.finite)
        if rate is not None:
            optimizer = dict(experiment.state["optimizer"])
            options = {**optimizer["options"], "learning_rate": rate}
            experiment.change(
                check(NETWORK, {**experiment.state, "optimizer": {**optimizer, "options": options}})
            )
        self._push_finding()
        return self._show_all()

    # ------------------------------------------------------------ frames

    def _steps(self) -> int:
        return sum(run.steps for run in self._experiment.runs)

    def _push_finding(self) -> None:
        self.push(frames.finding_frame(self._experiment))

    def _show_all(self) -> Frame:
        self.push(frames.points_frame(self._experiment))
        self._show_training()
        return self._show_state()

    def _show_state(self) -> Frame:
        frame = frames.state_frame(self._experiment, self._running)
        self.push(frame)
        return frame

    def _show_training(self) -> None:
        experiment = self._experiment
        began, first = self._measured
        passed = time.perf_counter() - began
        speed = (self._steps() - first) / passed if self._running and passed > 0 else None
        with np.errstate(all="ignore"):
            self.push(frames.progress_frame(experiment, speed))
            experiment.note_finite()
            self.push(frames.map_frame(experiment))
            self.push(frames.units_frame(experiment))


def _next(due: float, now: float, period: float) -> float:
    """The time after `due` in a row with this period, but for one that lies long behind `now`.

    The calls of the engine rarely end when it is due: this holds the average, not each distance.

    >>> _next(10.0, 14.0, 10.0), _next(10.0, 95.0, 10.0)
    (20.0, 95.0)
    """
    return max(due, now - period) + period

"""The experiment of the playground: a network, its points, and its training so far.

It belongs to one thread. Changes keep what was learned; each can be undone. A second experiment
with other settings may train beside it on the same points: the state's `other`.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.engines.bound import Bound
from steepest.errors import SteepestError
from steepest.events import BatchesDone, EpochDone, EpochsDone, Found, Stopped
from steepest.finding import Finding
from steepest.neuralnet.input.feeds import ArrayFeed
from steepest.neuralnet.running.run import Events
from steepest.studio.fields import FieldError, State
from steepest.studio.views.curve import Curve
from steepest.studio.views.playground_changes import MOST_MARKS, Mark, with_mark
from steepest.studio.views.playground_data import points_of
from steepest.studio.views.playground_network import (
    SETTINGS,
    accuracy,
    compiled_outputs,
    compiled_scores,
    dense_layers,
    features_of,
    keep_optimizer,
    keep_weights,
    new_model,
    set_options,
    targets,
)
from steepest.studio.views.playground_points import Points
from steepest.studio.views.playground_tables import Tables, no_tables

LAST_EPOCH = 10**6
MOST_UNDONE = 20
WORSE = 10.0  # times the lowest loss so far: a higher one has begun to diverge
DIVERGED = "diverged"


@dataclass(frozen=True)
class Moment:
    """All that an experiment returns to: its state, weights, optimizer and curves so far."""

    state: State
    points: Points
    weights: list[np.ndarray]
    slots: list[np.ndarray]
    epoch: int
    changed: bool
    marks: tuple[Mark, ...]
    other: tuple[Experiment, Moment] | None


class Experiment:
    """A network that learns the points of a state, as far as it was advanced.

    >>> from steepest.studio.fields import check
    >>> from steepest.studio.views.playground_network import NETWORK
    >>> experiment = Experiment(check(NETWORK, {"data": {"points": 40}}))
    >>> experiment.advance(steps=1)
    >>> experiment.epoch, experiment.step, experiment.steps_per_epoch
    (0, 1, 2)
    """

    def __init__(
        self, state: State, tables: Tables = no_tables, known: tuple[State, Points] | None = None
    ) -> None:
        self._known = known  # the last data, and its points: a table may be gone meanwhile
        self._moments: deque[Moment] = deque(maxlen=MOST_UNDONE)
        self._events: Events | None = None
        self._tables = tables
        self.finite: Moment | None = None
        self.other: Experiment | None = None
        self.reset(state)

    def reset(self, state: State) -> None:
        """Begins again: points, initial weights and empty curves."""
        points = self._points_of(state["data"])
        self._use(state, points, new_model(state, points))
        self.epoch = 0
        self.losses, self.tests = Curve(), Curve()  # by epochs: of the training, of the test
        self.changed = self._began = False
        self.marks: tuple[Mark, ...] = ()
        self.other = self._new_other() if state["other"] else None
        self.finite = self.moment()

    def _new_other(self) -> Experiment:
        return Experiment(_of_other(self.state), self._tables, self._known)

    def _points_of(self, data: State) -> Points:
        if self._known is None or self._known[0] != data:
            self._known = data, points_of(data, tables=self._tables)
        return self._known[1]

    def _use(self, state: State, points: Points, model: Any) -> None:
        """Trains another model, or on other points, from the next epoch on."""
        self._close()
        self.state, self.points, self.model = state, points, model
        self._known = state["data"], points
        self.inputs = features_of(state, points.x_train), features_of(state, points.x_test)
        self.targets = tuple(
            targets(state, y, points.classes) for y in (points.y_train, points.y_test)
        )
        self._programs: dict[bool, Bound] = {}
        self._scores: Bound | None = None

    def _close(self) -> None:
        if self._events is not None:
            self._events.close()
        self._events = None
        self._pace: tuple[int | None, int] = (None, LAST_EPOCH)
        self.step = 0
        self.ended = ""
        self.finding: Finding | None = None

    @property
    def runs(self) -> list[Experiment]:
        """This experiment, and the other one if there is one."""
        return [self, *([self.other] if self.other else [])]

    @property
    def at(self) -> float:
        """How many epochs are done, with the part of the present one."""
        return self.epoch + self.step / self.steps_per_epoch

    @property
    def steps(self) -> int:
        """How many steps are done."""
        return self.epoch * self.steps_per_epoch + self.step

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches of an epoch."""
        return -(-len(self.inputs[0]) // self.state["batch"])

    # ------------------------------------------------------------ training

    def advance(self, steps: int | None, last: int = LAST_EPOCH) -> None:
        """Trains at most so many steps, and not beyond the epoch; for None about 50 milliseconds.

        It does not train beyond the epoch `last`. `ended` is the reason, if the training is over,
        and `finding` what was found.
        """
        if self.ended == DIVERGED or self._reached_stop():
            return
        if self._events is None or (self._pace != (steps, last) and not self.step):
            self._open(steps, last)
        assert self._events is not None
        for event in self._events:
            match event:
                case BatchesDone():
                    self.step = event.done % self.steps_per_epoch
                case EpochDone(_, logs):
                    self._note([float(logs["loss"])])
                case EpochsDone(_, _, values):
                    self._note(values["loss"])
                case Found(finding):
                    self.finding = finding
                    continue  # the event that the training stopped comes after it
                case Stopped(reason):
                    self._events, self.ended = None, reason
            if isinstance(event, EpochDone | EpochsDone | Stopped) or self.step:
                break

    def _note(self, losses: Sequence[float]) -> None:
        """Adds the losses of complete epochs."""
        if len(losses) == 1:
            self.losses.add(self.epoch + 1, losses[0])
        else:
            self.losses.extend(self.epoch + 1, losses)
        self.epoch, self.step = self.epoch + len(losses), 0

    def _open(self, steps: int | None, last: int) -> None:
        self._close()
        seed = self.state["seed"]  # restarts the generators of dropout, so only for the first time
        try:
            run = self.model.training(
                self.inputs[0],
                self.targets[0],
                every="call" if steps is None else "epoch",
                epochs=min(self.state["stop"]["epochs"] or LAST_EPOCH, last),
                initial_epoch=self.epoch,
                batch_size=self.state["batch"],
                seed=None if self._began else seed,
                check=False,
            )
        except SteepestError as error:
            raise FieldError("layers", str(error)) from None
        if isinstance(run.feed, ArrayFeed):
            run.feed.seed = seed
        run.every_steps, self._began = steps, True
        self._events, self._pace = run.events(), (steps, last)

    def _reached_stop(self) -> bool:
        """Whether a condition to stop is met; `ended` says which."""
        stop, scores = self.state["stop"], {}
        if self.losses.last is not None:
            scores["train_loss"] = self.losses.last
        if self.tests.last is not None:
            scores["test_loss"] = self.tests.last
        for name, score in scores.items():
            if stop[name] is not None and score <= stop[name]:
                self.ended = f"{name} reached {stop[name]:g}"
        if stop["epochs"] and self.epoch >= stop["epochs"]:
            self.ended = f"{stop['epochs']} epochs are complete"
        least = stop["accuracy"] if self.points.classes else None
        if least is not None and accuracy(self.scores(1)[0], self.points.y_test) >= least:
            self.ended = f"accuracy reached {least:g}"
        return bool(self.ended) and self.ended != "complete"

    def outputs(self, rows: np.ndarray, hidden: bool = False) -> Any:
        """The output of the network for rows of features, or the outputs of all hidden layers."""
        if hidden not in self._programs:
            self._programs[hidden] = compiled_outputs(self.model, hidden)
        found = self._programs[hidden].call([rows])
        return found if hidden else found[0]

    def scores(self, part: int) -> tuple[np.ndarray, float]:
        """The outputs and the loss for the points of training (0) or of the test (1).

        The loss of the test is added to its curve.
        """
        if self._scores is None:
            self._scores = compiled_scores(self.model, self.targets[part])
        outputs, loss = self._scores.call([self.inputs[part], self.targets[part]])
        if part and len(outputs) and (self.tests.end is None or self.tests.end < self.at):
            self.tests.add(self.at, float(loss))
        return outputs, float(loss)

    # ------------------------------------------------------------ changes

    def change(self, state: State) -> None:
        """Applies another state to what was learned; another seed begins again.

        A state that is refused changes nothing.
        """
        self.remember()
        try:
            self._apply(state)
        except SteepestError:
            self.restore(self._moments.pop())
            raise

    def _apply(self, state: State) -> None:
        before = self.state
        different = {name for name in state if state[name] != before[name]}
        if "seed" in different:
            self.reset(state)
            return
        if self.epoch + self.step:
            self.changed = True
            self.marks = with_mark(self.marks, self.at, before, state)
        if not different - {"batch", "stop", "other"}:
            self._use(state, self.points, self.model)
        elif different == {"optimizer"} and set_options(self.model.optimizer, before, state):
            self.state, self.ended = state, ""
        else:
            self._rebuild(state)
        self._compare()

    def _compare(self) -> None:
        """Begins, changes or ends the other experiment, as the state has it.

        One with the same settings begins at this moment, another one at the start.
        """
        state = self.state
        if not state["other"]:
            self.other = None
            return
        wanted = _of_other(state)
        if self.other is None:
            self.other = self._new_other()
            if all(wanted[name] == state[name] for name in SETTINGS):
                self.other.losses, self.other.tests = map(copy.deepcopy, (self.losses, self.tests))
                self.other.restore(replace(self.moment(), state=wanted, other=None))
        elif self.other.state != wanted:
            self.other._apply(wanted)

    def _rebuild(self, state: State) -> None:
        """A new model for the state, with the weights and the optimizer's state of the old one."""
        points = self._points_of(state["data"])
        model = new_model(state, points)
        keep_weights(self.model, model)
        keep_optimizer(self.model, model)
        self._use(state, points, model)

    def edit(self, layer: int, unit: int, row: int | None, value: float) -> None:
        """Sets one weight of a layer, or the bias of a unit for no row."""
        layers = dense_layers(self.model)
        if not layer < len(layers) or not unit < layers[layer].units:
            raise FieldError("unit", "the network has no such unit")
        variable = layers[layer].bias if row is None else layers[layer].kernel
        if row is not None and not row < variable.shape[0]:
            raise FieldError("row", "the unit has no such input")
        self.remember()
        changed = variable.numpy().copy()
        place = unit if row is None else (row, unit)
        text = f"a weight {changed[place]:.3g} → {value:.3g}"
        changed[place] = value
        variable.assign(changed)
        self.changed = True
        if self.epoch + self.step:
            self.marks = (
                *self.marks,
                Mark(self.at, None, text),
            )[-MOST_MARKS:]

    # ------------------------------------------------------------ moments

    def moment(self) -> Moment:
        """The present moment."""
        optimizer = self.model.optimizer
        return Moment(
            self.state,
            self.points,
            self.model.get_weights(),
            [variable.numpy().copy() for variable in optimizer.variables]
            if optimizer.built
            else [],
            self.epoch,
            self.changed,
            self.marks,
            (self.other, self.other.moment()) if self.other else None,
        )

    def remember(self) -> None:
        """Makes the present moment the one to which `undo` returns."""
        self._moments.append(self.moment())

    @property
    def can_undo(self) -> bool:
        """Whether there is a moment to return to."""
        return bool(self._moments)

    def undo(self) -> None:
        """Returns to the moment before the last change."""
        if not self._moments:
            raise FieldError("", "there is nothing to undo")
        self.restore(self._moments.pop())

    def restore(self, moment: Moment) -> None:
        """Returns to a moment."""
        model = new_model(moment.state, moment.points)
        model.set_weights(moment.weights)
        if moment.slots:
            model.optimizer.build(model.trainable_weights)
            for variable, value in zip(model.optimizer.variables, moment.slots, strict=True):
                variable.assign(value)
        self._use(moment.state, moment.points, model)
        self.epoch, self.changed, self.marks = moment.epoch, moment.changed, moment.marks
        self.losses.cut(self.epoch)
        self.tests.cut(self.epoch)
        self.other = None
        if moment.other is not None:
            self.other, then = moment.other
            self.other.restore(then)

    def note_finite(self) -> None:
        """Notes the present moment for a return after a divergence, unless it has begun already.

        The scores of the test have just been computed.
        """
        curve = self.tests if len(self.tests) else self.losses
        last = curve.last or 0.0
        finite = all(np.isfinite(each).all() for each in self.model.get_weights())
        if finite and np.isfinite(last) and (not last or last <= WORSE * curve.least):
            self.finite = self.moment()


def _of_other(state: State) -> State:
    """The state of the other experiment: its settings, with the points of this one."""
    return {**state, **state["other"], "other": None}
